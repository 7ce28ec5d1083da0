import assert from 'node:assert/strict';
import { test } from 'node:test';

import { changed, changesOf, mendingOf } from '../../static/js/page/mending.js';
import { Trace } from '../../static/js/state/trace.js';

/** @param {number[]} place @param {string} text */
const edit = ([line, column, end_line, end_column], text) => ({ line, column, end_line, end_column, text });

const EDITS = [
  ['a += 1', [edit([1, 0, 1, 6], 'a = a + 1')], 'a = a + 1'],
  ['x\ny.backward()\nz', [edit([2, 11, 2, 11], 'retain_graph=True')], 'x\ny.backward(retain_graph=True)\nz'],
  ['x = torch.ones（2）', [edit([1, 14, 1, 15], '('), edit([1, 16, 1, 17], ')')], 'x = torch.ones(2)'],
  ['s = "😀"；t = 1', [edit([1, 7, 1, 8], ';')], 's = "😀";t = 1'],
  ['\ufeffx（1)', [edit([1, 1, 1, 2], '(')], '\ufeffx(1)'],
  ['  a\n  b', [edit([2, 0, 2, 2], ''), edit([1, 0, 1, 2], '')], 'a\nb'],
  ['f(\n  1)\nz', [edit([1, 0, 2, 4], 'g()')], 'g()\nz'],
  ['ab', [edit([1, 0, 1, 2], 'x'), edit([1, 1, 1, 2], 'y')], 'x'],
  ['ab', [edit([3, 0, 3, 1], 'x')], 'ab'],
];

test('the edits of an error change the text at the places they name', () => {
  for (const [source, edits, wanted] of EDITS) assert.equal(changed(source, changesOf(source, edits)), wanted, source);
});

const FAILED = { kind: 'run-failed', seq: 0, line: 1, column: 0, end_column: 1, error: 'RuntimeError', message: 'm', hint: null, code: 'c', status: 'failed' };
const refusal = (column, end_column, replacement) => ({ line: 1, column, end_column, error: 'SyntaxError', message: 'm', hint: null, code: 'c', replacement });

const MENDINGS = [
  ['y.backward()', { fix: edit([1, 11, 1, 11], 'retain_graph=True') }, 1, 'y.backward(retain_graph=True)'],
  ['y.backward()  # try: "True"', { fix: edit([1, 11, 1, 11], 'retain_graph=True') }, 1, 'y.backward(retain_graph=True)'],
  ['print(y, "# 1")', { fix: edit([1, 6, 1, 7], 'x') }, 1, 'print(x, "# 1")'],
  ['if a:\n    w -= 1', { fix: edit([2, 4, 2, 10], 'with torch.no_grad():\n        w -= 1') }, 1, 'with torch.no_grad():\n    w -= 1'],
  ['x = torch.ones(1)', { fix: edit([1, 0, 1, 0], 'import torch\n') }, 1, 'import torch'],
  ['f（）', { refusals: [refusal(1, 2, '('), refusal(2, 3, ')')] }, 2, null],
  ['f（ $', { refusals: [refusal(1, 2, '('), refusal(3, 4, null)] }, 1, 'f( $'],
];

test('an error that can be mended says with how many edits, and what the line then reads', () => {
  for (const [source, more, count, preview] of MENDINGS) {
    const mending = mendingOf(new Trace([{ ...FAILED, ...more }]), source);
    assert.deepEqual([mending?.count, mending?.preview], [count, preview], source);
  }
  assert.equal(mendingOf(new Trace([FAILED]), 'x'), null);
  assert.equal(mendingOf(new Trace([{ ...FAILED, refusals: [refusal(0, 1, null)] }]), 'x'), null);
  assert.equal(mendingOf(new Trace([]), ''), null);
});
