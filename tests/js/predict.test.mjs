import assert from 'node:assert/strict';
import test from 'node:test';
import { judged, questionAt, readNumber } from '../../static/js/state/predict.js';
import { fanIn, Script } from './stage-events.mjs';

const scalar = (data) => ({ shape: [], dtype: 'float32', data });

/** `y = x * w` at x = 3, w = -2 with 0.5 arriving, then `x.grad` of 4 gets -1 more. */
function product() {
  const script = new Script();
  const x = script.leaf('x', 3);
  const w = script.leaf('w', -2);
  const y = script.op('mul', [x, w], -6, { name: 'y', next: [['accumulate', x], ['accumulate', w]] });
  const call = { call: 0 };
  script.add('backward-started', { ...call, via: 'backward', roots: [y.tensor], gradients: [scalar(0.5)], retain_graph: false, create_graph: false });
  script.add('function-reached', { ...call, function: y.fn, gradients: [scalar(0.5)] });
  script.add('gradient-sent', { ...call, function: y.fn, input: 0, tensor: x, to: ['accumulate', x], value: scalar(-1), summed_axes: [], arithmetic: '0.5 × (−2)', local: -2 });
  script.add('gradient-sent', { ...call, function: y.fn, input: 1, tensor: w, to: ['accumulate', w], value: scalar(1.5), summed_axes: [], arithmetic: '0.5 × 3', local: 3 });
  script.add('gradient-accumulated', { ...call, tensor: x, before: scalar(4), added: scalar(-1), after: scalar(3), retained: false });
  return script.trace();
}

const questions = (trace) => trace.steps.map((_, index) => questionAt(trace, index)).filter((one) => one !== null);

test('a node is asked for what it sends, a leaf for what its .grad becomes', () => {
  assert.deepEqual(questions(product()).map(({ kind, node, name, given, answer }) => [kind, node, name, given, answer]), [
    ['send', 'MulBackward0', 'x', 0.5, -1],
    ['write', '', 'x', 4, 3],
  ]);
});

test('nothing is asked in the forward pass, nor about arrays', () => {
  const script = new Script();
  const x = script.leaf('x', { shape: [2], dtype: 'float32', data: [1, 2] });
  const y = script.op('sum', [x], 3, { name: 'y', next: [['accumulate', x]] });
  script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [scalar(1)], retain_graph: false, create_graph: false });
  script.add('function-reached', { call: 0, function: y.fn, gradients: [scalar(1)] });
  script.add('gradient-sent', { call: 0, function: y.fn, input: 0, tensor: x, to: ['accumulate', x], value: { shape: [2], dtype: 'float32', data: [1, 1] }, summed_axes: [], arithmetic: null });
  assert.deepEqual(questions(script.trace()), []);
});

const ANSWERS = [
  [0, '-1', 'right', null], [0, '−1.0', 'right', null], [0, '－１', 'right', null], [0, '-2/2', 'right', null], [0, '-0.995', 'right', null],
  [0, '1', 'wrong', 'sign'], [0, '0.5', 'wrong', 'local'], [0, '-2', 'wrong', 'upstream'], [0, '1.5', 'wrong', 'swapped'], [0, '7', 'wrong', null],
  [0, '', 'unreadable', null], [0, 'x', 'unreadable', null], [0, '1/0', 'unreadable', null],
  [1, '3', 'right', null], [1, '-1', 'wrong', 'overwrote'], [1, '4', 'wrong', 'forgot'], [1, '-3', 'wrong', 'sign'],
];

test('an answer is right, or wrong by a slip that has a name', () => {
  const asked = questions(product());
  for (const [which, text, verdict, slip] of ANSWERS) assert.deepEqual(judged(asked[which], text), { verdict, slip }, `${which}: ${text}`);
});

test('a slip that would give the right number is no slip', () => {
  const [add] = questions(fanIn().trace);
  assert.equal(add.answer, 1);
  assert.ok(!add.slips.some(({ value }) => value === 1));
  assert.deepEqual(judged(add, '1'), { verdict: 'right', slip: null });
});

test('a rounded answer is near enough, a guess of zero is not', () => {
  const asked = { kind: 'send', step: 1, node: 'TanhBackward0', name: 'a', given: -0.587, answer: -0.2942, slips: [] };
  assert.equal(judged(asked, '-0.29').verdict, 'right');
  assert.equal(judged(asked, '-0.3').verdict, 'right');
  assert.equal(judged(asked, '0').verdict, 'wrong');
  assert.deepEqual(readNumber(' 2e-3 '), { value: 0.002, step: 0 });
});
