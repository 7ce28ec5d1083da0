import assert from 'node:assert/strict';
import test from 'node:test';
import { completions, namesOf } from '../../static/js/page/completion.js';

const NAMES = namesOf([{ spellings: ['torch.tanh', 'Tensor.tanh', 'F.relu'] }]);

/** What is offered behind a text, as CodeMirror asks for it. @param {string} text @param {boolean} [explicit] */
function offered(text, explicit = false) {
  const line = text.split('\n').at(-1) ?? '';
  const before = /[A-Za-z_]\w*$/.exec(text);
  const context = {
    explicit, pos: text.length,
    matchBefore: () => before && { from: before.index, to: text.length, text: before[0] },
    state: { doc: { toString: () => text, lineAt: () => ({ from: text.length - line.length, text: line }) } },
  };
  return completions(/** @type {any} */ (context), NAMES)?.options.map(({ label }) => label) ?? null;
}

for (const [text, some] of /** @type {const} */ ([['tor', 'import torch'], ['y = torch.ta', 'tanh'], ['y = x.', 'tanh()'], ['loss = 1\ny = lo', 'loss'], ['x = torch.tensor(1., requ', 'requires_grad=True']])) {
  test(`${JSON.stringify(text)} offers ${some}`, () => assert.ok(offered(text)?.includes(some)));
}

for (const text of ['x = 1\ny = x2\nz = x2', 'for i in range']) {
  test(`nothing is offered behind ${JSON.stringify(text)}, whose last word is whole`, () => assert.equal(offered(text), null));
}

test('within a line no statement is offered', () => {
  assert.ok(!offered('import torch')?.some((label) => label.includes(' ')));
  assert.ok(!offered('x = wi', true)?.some((label) => label.includes(' ')));
});
