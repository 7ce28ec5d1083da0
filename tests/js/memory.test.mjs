import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bytesText } from '../../static/js/page/memory.js';
import { bytesOf, memoryAfter, peakOf, stepsLookedAt } from '../../static/js/state/memory.js';
import { Script } from './stage-events.mjs';

const array = (...shape) => ({ shape, dtype: 'float32', data: [] });
const inputs = (op) => ({ mul: ['self', 'other'] })[op] ?? ['self'];

const memoryOf = (trace, given) => memoryAfter(trace, stepsLookedAt(trace), given);

/** What is held after the step that holds an event, as `[values, saved, gradients]` in bytes. */
function held(trace, seq) {
  const { values, saved, gradients } = memoryOf(trace, inputs)[trace.stepAt(seq)];
  return [values, saved, gradients];
}

test('an array takes as many bytes as its numbers of its dtype', () => {
  for (const [shape, dtype, bytes] of [[[2, 3], 'float32', 24], [[], 'float64', 8], [[5], 'bool', 5], [[0, 4], 'int64', 0], [[2], 'bfloat16', 4]]) assert.equal(bytesOf({ shape, dtype, data: [] }), bytes);
});

/** `w` of 4 numbers; `loss = exp(w).sum()`; backward; `loss = 0`. */
function program() {
  const script = new Script();
  const at = {};
  const mark = (name) => (at[name] = script.events.length - 1);
  const w = script.leaf('w', array(4));
  mark('leaf');
  script.line();
  const e = script.op('exp', [w], array(4), { saved: ['result'], next: [['accumulate', w]] });
  mark('exp');
  const loss = script.op('sum', [e.tensor], 1, { next: [['function', e.fn, 0]] });
  script.name('loss', loss.tensor);
  mark('loss');
  script.line();
  const call = { call: 0 };
  script.add('backward-started', { ...call, via: 'backward', roots: [loss.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false });
  mark('seed');
  script.add('function-reached', { ...call, function: loss.fn, gradients: [{ shape: [], dtype: 'float32', data: 1 }] });
  script.add('gradient-sent', { ...call, function: loss.fn, input: 0, tensor: e.tensor, to: ['function', e.fn, 0], value: array(4), summed_axes: [] });
  script.add('buffers-freed', { ...call, functions: [loss.fn] });
  mark('sum');
  script.add('function-reached', { ...call, function: e.fn, gradients: [array(4)] });
  script.add('gradient-sent', { ...call, function: e.fn, input: 0, tensor: w, to: ['accumulate', w], value: array(4), summed_axes: [] });
  script.add('buffers-freed', { ...call, functions: [e.fn] });
  mark('node');
  script.add('gradient-accumulated', { ...call, tensor: w, before: null, added: array(4), after: array(4), retained: false });
  mark('write');
  script.add('backward-finished', call);
  script.line();
  script.add('name-bound', { name: 'w', tensor: null, value: 0 });
  script.add('name-bound', { name: 'loss', tensor: null, value: 0 });
  mark('gone');
  return { trace: script.trace(), at };
}

test('a saved result stays until its buffers are freed, a gradient from its arrival on', () => {
  const { trace, at } = program();
  assert.deepEqual(held(trace, at.leaf), [16, 0, 0]);
  assert.deepEqual(held(trace, at.loss), [16 + 4, 16, 0]);
  assert.deepEqual(held(trace, at.seed), [16 + 4, 16, 4]);
  assert.deepEqual(held(trace, at.node).slice(1), [0, 16 + 16]); // what arrived, and what is handed on
  assert.equal(held(trace, at.write)[2], 16);
});

test('what no name and no graph holds is gone, and the cursor is where it was', () => {
  const { trace, at } = program();
  trace.at(at.leaf);
  assert.deepEqual(held(trace, at.gone), [0, 0, 0]);
  assert.equal(trace.cursor, at.leaf);
});

test('the peak is the first step at which most is held', () => {
  const { trace } = program();
  const moments = memoryOf(trace, inputs);
  const peak = peakOf(moments);
  assert.equal(peak.total, Math.max(...moments.map((one) => one.total)));
  assert.ok(moments.filter((one) => one.step < peak.step).every((one) => one.total < peak.total));
  assert.equal(peakOf([]), null);
});

test('tensors that share memory are counted once', () => {
  const script = new Script();
  const x = script.leaf('x', array(6), { requires_grad: false });
  script.line();
  script.op('view', [x], array(2, 3), { name: 'v', base: x, recorded: false });
  const trace = script.trace();
  assert.deepEqual(held(trace, trace.last), [24, 0, 0]);
});

test('variables of a function are held while it runs', () => {
  const script = new Script();
  script.add('name-bound', { name: 'f', tensor: null, value: { type: 'function', text: 'f' } });
  const x = script.leaf('x', array(1), { requires_grad: false });
  script.add('scope-entered', { scope: 'function', label: 'f' });
  script.op('exp', [x], array(8), { name: 'f.h', recorded: false });
  script.line();
  script.add('printed', { text: 'in' });
  const inside = script.events.length - 1;
  script.line();
  script.add('scope-left', { scope: 'function', label: 'f' });
  script.line();
  script.add('printed', { text: 'out' });
  const trace = script.trace();
  assert.equal(held(trace, inside)[0], 4 + 32);
  assert.equal(held(trace, trace.last)[0], 4);
});

test('bytes are told in the unit that fits', () => {
  assert.deepEqual([0, 999, 1000, 1234, 5_600_000, 2e9].map(bytesText), ['0 B', '999 B', '1 kB', '1.23 kB', '5.6 MB', '2 GB']);
});

test('steps that are looked at part by part, the last first, tell the same', () => {
  const { trace } = program();
  const steps = stepsLookedAt(trace);
  const parts = [];
  for (let end = steps.length; end > 0; end -= 2) parts.unshift(memoryAfter(trace, steps.slice(Math.max(0, end - 2), end), inputs));
  assert.deepEqual(parts.flat(), memoryOf(trace, inputs));
});
