import assert from 'node:assert/strict';
import { test } from 'node:test';

import { codeIn } from '../../static/js/page/inline-code.js';

const CASES = [
  ['Write y.sum().backward(), or give the weights: y.backward(gradient=torch.ones_like(y)).', ['y.sum().backward()', 'y.backward(gradient=torch.ones_like(y))']],
  ['Make a leaf with requires_grad=True, and compute outside torch.no_grad().', ['requires_grad=True', 'torch.no_grad()']],
  ['第一次写成 backward(retain_graph=True)，或者重新计算一遍损失。', ['backward(retain_graph=True)']],
  ['Write floats: torch.tensor([1., 2.], requires_grad=True).', ['torch.tensor([1., 2.], requires_grad=True)']],
  ['Write .reshape(...), or .contiguous().view(...).', ['.reshape(...)', '.contiguous().view(...)']],
  ['这里给一个张量（例如 torch.tensor(2.0)）。', ['torch.tensor(2.0)']],
  ['Change it in a with torch.no_grad(): block, or write w = w + ... for a new tensor.', ['with torch.no_grad():', 'w = w + ...']],
  ['把修改写进 with torch.no_grad(): 的代码块，或者写 x = x + 1.5。', ['with torch.no_grad():', 'x = x + 1.5']],
  ['Write y = y.detach() for a copy; line 3 writes = where it must write +=.', ['y = y.detach()']],
  ['Close this bracket.', []],
  ['The inner sizes 4 and 3 differ (in PyTorch 2.13 too).', []],
  [`${'a_'.repeat(2000)}(`, ['a_'.repeat(2000)]],
];

test('what is code in a sentence is told from its words', () => {
  for (const [text, code] of CASES) {
    const parts = codeIn(text);
    assert.equal(parts.join(''), text);
    assert.deepEqual(parts.filter((_, index) => index % 2 === 1), code);
  }
});
