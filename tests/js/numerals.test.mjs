import assert from 'node:assert/strict';
import { test } from 'node:test';

import { numeralAt, numeralsIn, stepOf, turned, written } from '../../static/js/page/numerals.js';

test('every number of a program is found with its own minus, and none in names, texts or comments', () => {
  const cases = [
    ['x = torch.tensor(-3.0, requires_grad=True)', ['-3.0']], ['x1 = w2 * 0.01', ['0.01']], ['a - 3.0', ['3.0']], ['a * -3', ['-3']], ['y = -2 ** 2', ['-2', '2']],
    ['# 5 apples\nz = 1e-3', ['1e-3']], ["print('7', f'{x:.4f}', 8)", ['8']], ['torch.tensor([[1., 2], [-.5, 4]])', ['1.', '2', '-.5', '4']], ['"""\n9\n"""\n1_000', ['1_000']],
    ['return -1', ['-1']], ['x[-1]', ['-1']], ['a.b2.c', []], ['0xff + 3j + 2', ['2']], ['1-2', ['1', '2']], ['"open 5', []], ['x\n-4', ['-4']], ['范围 = 3', ['3']],
  ];
  for (const [source, expected] of cases) {
    const found = numeralsIn(source);
    assert.deepEqual(found.map((one) => one.text), expected, source);
    for (const one of found) assert.equal(source.slice(one.from, one.to), one.text);
  }
});

test('a number turns by its last digit and keeps its style', () => {
  const cases = [
    ['2.0', 1, '2.1'], ['6.88', -3, '6.85'], ['3', 2, '5'], ['0', -1, '-1'], ['-1.0', 10, '0.0'], ['-0.1', 1, '0.0'], ['0.01', 5, '0.06'], ['1e-3', 1, '1.1e-3'], ['1.', 1, '1.1'],
    ['2.5e3', -1, '2.4e3'], ['1_000', 1, '1001'], ['1e-3', 0, '1e-3'],
  ];
  for (const [text, steps, expected] of cases) assert.equal(turned(numeralsIn(`x = ${text}`)[0], steps), expected, text);
});

test('a value is written with as many digits as are asked for', () => {
  const [number] = numeralsIn('2.0');
  assert.equal(written(number, 1.23456, 4), '1.2346');
  assert.equal(written(number, -0.00001, 4), '0.0000');
  assert.equal(written(numeralsIn('3')[0], 2.5, 2), '2.50');
  assert.equal(stepOf(number), 0.1);
});

test('an offset at either end of a number touches it', () => {
  const numerals = numeralsIn('x = -3.0');
  for (const offset of [4, 6, 8]) assert.equal(numeralAt(numerals, offset)?.text, '-3.0');
  assert.equal(numeralAt(numerals, 3), null);
});
