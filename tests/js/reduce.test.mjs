import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Trace } from '../../static/js/state/trace.js';
import { apply, bind, create, finish, leaf, reach, run, scalar, send, square, start, trace, write } from './events.mjs';

/** The seq of the n-th event of a kind. */
const seqOf = (known, kind, n = 0) => [...known.events.of([kind])][n].seq;

test('a value used twice receives both gradients, then one write', () => {
  const known = new Trace(trace(square()));
  const at = (kind, n) => known.at(seqOf(known, kind, n)).tensors.get(0);
  assert.equal(at('backward-started').expected, 2);
  assert.equal(at('backward-started').contributions.length, 0);
  assert.deepEqual(at('gradient-sent', 0).flow, scalar(3));
  assert.equal(at('gradient-sent', 0).contributions.length, 1);
  assert.equal(at('gradient-sent', 1).contributions.length, 2);
  assert.deepEqual(at('gradient-sent', 1).flow, scalar(3), 'waiting, not summed yet');
  assert.deepEqual(at('gradient-summed').flow, scalar(6));
  assert.equal(at('gradient-summed').grad, null, 'the buffer is not .grad');
  assert.deepEqual(at('gradient-accumulated').grad, scalar(6));
  assert.equal(at('gradient-accumulated').flow, null);
  assert.deepEqual(at('run-finished').ledger.map((row) => row.kind), ['contribution', 'contribution', 'sum', 'accumulate']);
});

test('the gradient of a non-leaf passes through and goes', () => {
  const known = new Trace(trace(square()));
  const flow = (kind) => known.at(seqOf(known, kind)).tensors.get(1).flow;
  assert.deepEqual(flow('backward-started'), scalar(1));
  assert.deepEqual(flow('gradient-sent'), scalar(1));
  assert.deepEqual(flow('buffers-freed'), scalar(1));
  assert.equal(flow('gradient-accumulated'), null);
  assert.equal(known.at(known.last).tensors.get(1).grad, null);
});

test('freed buffers, phases, names and calls follow the events', () => {
  const known = new Trace(trace(square()));
  const free = seqOf(known, 'buffers-freed');
  assert.equal(known.at(free - 1).functions.get(0).freed, false);
  assert.equal(known.at(free).functions.get(0).freed, true);
  assert.equal(known.at(-1).phase, 'idle');
  assert.equal(known.at(4).phase, 'forward');
  assert.equal(known.at(free).phase, 'backward');
  assert.equal(known.at(free).running, 0);
  assert.equal(known.at(known.last).phase, 'finished');
  assert.equal(known.at(known.last).running, null);
  assert.equal(known.at(known.last).tensors.get(1).name, 'y');
  assert.deepEqual(known.at(known.last).names.get('x'), { tensor: 0, value: null });
  assert.deepEqual(known.at(known.last).calls[0].reached, [0]);
});

test('a second call adds to .grad, a cleared .grad starts again', () => {
  const again = [start(1, 1), run(1, 0, 1), send(1, 0, 0, 0, ['accumulate', 0], 6), write(1, 0, 6, 6), finish(1)];
  const clear = [{ kind: 'gradient-cleared', line: 5, tensor: 0, to: 'zero' }, { kind: 'gradient-cleared', line: 6, tensor: 0, to: 'none' }];
  const known = new Trace(trace([...square(), ...again, ...clear]));
  assert.deepEqual(known.at(seqOf(known, 'gradient-accumulated', 1)).tensors.get(0).grad, scalar(12));
  assert.deepEqual(known.at(seqOf(known, 'gradient-cleared', 0)).tensors.get(0).grad, scalar(0));
  assert.equal(known.at(seqOf(known, 'gradient-cleared', 1)).tensors.get(0).grad, null);
  const rows = known.at(known.last).tensors.get(0).ledger.filter((row) => row.kind === 'accumulate');
  assert.deepEqual(rows.map((row) => [row.before?.data, row.added?.data, row.after?.data]), [[undefined, 6, 6], [6, 6, 12]]);
});

test('a kept .grad of a non-leaf stays when its gradient has passed', () => {
  const kept = square().flatMap((event) => event.kind === 'function-reached' ? [write(0, 1, null, 1, true), event] : [event]);
  const known = new Trace(trace(kept));
  assert.deepEqual(known.at(seqOf(known, 'function-reached')).tensors.get(1).flow, scalar(1));
  assert.deepEqual(known.at(known.last).tensors.get(1).grad, scalar(1));
  assert.equal(known.at(known.last).tensors.get(1).flow, null);
});

test('only what the roots reach and what was asked for is expected', () => {
  const forward = [
    leaf(0, 2), leaf(1, 3),
    apply(0, 'mul', [0, 1], [2, 6], [['accumulate', 0], ['accumulate', 1]]),
    apply(1, 'mul', [2, 2], [3, 36], [['function', 0, 0], ['function', 0, 0]]),
    apply(2, 'add', [0, 0], [4, 4], [['accumulate', 0], ['accumulate', 0]]),
  ];
  const expected = (facts) => {
    const known = new Trace(trace([...forward, start(0, 3, facts)]));
    const state = known.at(seqOf(known, 'backward-started'));
    return [0, 1, 2, 3, 4].map((id) => state.tensors.get(id).expected);
  };
  assert.deepEqual(expected({}), [1, 1, 2, 1, 0]);
  assert.deepEqual(expected({ via: 'grad', inputs: [1] }), [0, 1, 2, 1, 0]);
  assert.deepEqual(expected({ via: 'grad', inputs: [2] }), [0, 0, 2, 1, 0]);
});

test('the outermost name of a tensor is its name, and of these the first', () => {
  const known = new Trace(trace([leaf(0, 1), bind('f.a', 0), bind('f.b', 0), bind('x', 0), bind('t', 0)]));
  assert.equal(known.at(3).tensors.get(0).name, 'f.a');
  assert.equal(known.at(known.last).tensors.get(0).name, 'x');
  assert.deepEqual(known.at(known.last).tensors.get(0).names, ['f.a', 'f.b', 'x', 't']);
});

test('tensors held in a list are named by their place', () => {
  const held = { kind: 'name-bound', line: 1, name: 'w', tensor: null, value: { type: 'list', text: '[..]', tensors: [0, 1] } };
  const known = new Trace(trace([leaf(0, 1), leaf(1, 2), held]));
  assert.equal(known.at(known.last).tensors.get(1).name, 'w[1]');
});

test('what is made from a .grad is bookkeeping, until it needs a gradient', () => {
  const told = [
    ...square(), create(2, 6, { grad_of: 0 }), apply(1, 'mul', [2], [3, 0.6], [null], { name: null }),
    apply(2, 'sub', [0, 3], [4, 2.4], [['accumulate', 0], null]), create(5, 2.4, { base: 4 }),
    { kind: 'flag-changed', line: 1, tensor: 5, flag: 'requires_grad', value: true },
  ];
  const { tensors, functions } = new Trace(trace(told)).at(told.length);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((id) => tensors.get(id).aside), [false, false, true, true, true, false]);
  assert.deepEqual([0, 1, 2].map((id) => functions.get(id).aside), [false, true, true]);
});

test('a failed run says where and keeps what was', () => {
  const failed = { kind: 'run-failed', line: 4, column: 2, end_column: 9, error: 'RuntimeError', message: 'no', hint: null, code: 'freed', status: 'failed' };
  const known = new Trace(trace([...square(), failed]));
  const state = known.at(known.last);
  assert.equal(state.phase, 'failed');
  assert.equal(state.error.message, 'no');
  assert.deepEqual(state.tensors.get(0).grad, scalar(6));
  assert.equal(known.complete, true);
});

test('events must come in order', () => {
  assert.throws(() => new Trace([{ seq: 1, kind: 'run-started', line: null, schema: 1, seed: 0 }]), /expected event 0, got 1/);
});

test('a later schema is refused, not guessed', () => {
  assert.throws(() => new Trace([{ seq: 0, kind: 'graph-melted', line: null }]), /graph-melted/);
});
