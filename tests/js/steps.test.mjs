import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Trace } from '../../static/js/state/trace.js';
import { apply, bind, create, finish, free, leaf, reach, run, send, square, start, trace, write } from './events.mjs';

const kinds = (told) => new Trace(trace(told)).steps.map((step) => step.kind);
const module = (name) => ({ kind: 'name-bound', line: 1, name, tensor: null, value: { type: 'module', text: '' } });
const clear = (tensor, line = 7) => ({ kind: 'gradient-cleared', line, tensor, to: 'zero' });
const modify = (tensor, facts = {}) => ({
  kind: 'tensor-modified', line: 7, tensor, op: 'sub_', version: 1, before: create(0, 1).value, after: create(0, 2).value, also: [], ...facts,
});
const iterate = (n) => ({ kind: 'scope-entered', line: 3, scope: 'loop', label: `for i = ${n}` });
const leave = (n) => ({ kind: 'scope-left', line: 3, scope: 'loop', label: `for i = ${n}` });

const programs = [
  ['a leaf, an op, a backward pass', square(), ['start', 'create', 'op', 'backward', 'node', 'write', 'done']],
  ['two ops in one statement are two steps', [reach(1), leaf(0, 1), reach(2), apply(0, 'exp', [0], [1, 2], []), apply(1, 'sin', [1], [2, 2], []), bind('y', 2)], ['start', 'create', 'op', 'op']],
  ['a constant made for an op belongs to it', [reach(1), create(0, 1), apply(0, 'exp', [0], [1, 2], []), bind('y', 1)], ['start', 'op']],
  ['many tensors in one statement are one step', [reach(1), leaf(0, 1), leaf(1, 2), bind('w', 0)], ['start', 'create']],
  ['imports belong to the start', [reach(1), module('torch'), reach(2), module('F'), module('math'), reach(3), leaf(0, 1), bind('w', 0)], ['start', 'create']],
  ['an import in the middle of a program is a statement', [reach(1), leaf(0, 1), reach(2), module('math')], ['start', 'create', 'statement']],
  ['a number that is named first is a step', [reach(1), { kind: 'name-bound', line: 1, name: 'n', tensor: null, value: 3 }], ['start', 'statement']],
  ['a statement without an op is a step', [reach(1), bind('n', 0), reach(2), reach(3), { kind: 'printed', line: 3, text: 'a' }, { kind: 'printed', line: 3, text: 'b' }], ['start', 'statement', 'statement', 'print']],
  ['loop iterations open with their statement', [reach(1), leaf(0, 1), reach(2), iterate(0), bind('i', 0), reach(3), apply(0, 'exp', [0], [1, 1], []), leave(0), iterate(1), reach(3), apply(1, 'exp', [1], [2, 1], []), leave(1)], ['start', 'create', 'statement', 'op', 'op']],
  ['clearing through .grad is one step', [...square(), reach(5), create(2, 6, { grad_of: 0 }), modify(2), clear(0)], ['start', 'create', 'op', 'backward', 'node', 'write', 'done', 'clear']],
  ['the clear may come before the change', [...square(), reach(5), create(2, 6, { grad_of: 0 }), clear(0), modify(2)], ['start', 'create', 'op', 'backward', 'node', 'write', 'done', 'clear']],
  ['one statement that clears many is one step', [reach(1), leaf(0, 1), leaf(1, 1), reach(2), clear(0), clear(1), reach(3), modify(0), modify(1)], ['start', 'create', 'clear', 'modify']],
  ['an in-place op that is recorded is one step', [reach(1), leaf(0, 1), apply(0, 'mul', [0], [1, 2], [['accumulate', 0]]), reach(2), modify(1), apply(1, 'mul', [1], [1, 6], [['function', 0, 0]])], ['start', 'op', 'op']],
  ['an error takes the statement it stopped', [reach(1), leaf(0, 1), reach(2), { kind: 'run-failed', line: 2, error: 'TypeError', message: '', hint: null, code: 'x', status: 'failed', column: 0, end_column: 1 }], ['start', 'create', 'error']],
  ['under create_graph the ops of a node belong to it', [leaf(0, 1), apply(0, 'mul', [0, 0], [1, 1], [['accumulate', 0], ['accumulate', 0]]), start(0, 1, { create_graph: true }), run(0, 0, 1), apply(1, 'mul', [0, 0], [2, 1], []), send(0, 0, 0, 0, ['accumulate', 0], 1), write(0, 0, null, 1), finish(0)], ['start', 'op', 'backward', 'node', 'write', 'done']],
  ['a hook with lines of its own is a step before its node', [leaf(0, 1), apply(0, 'mul', [0], [1, 1], [['accumulate', 0]]), start(0, 1), run(0, 0, 1), send(0, 0, 0, 0, ['accumulate', 0], 1), free(0, 0), reach(2), apply(1, 'mul', [2], [3, 1], [], { name: null }), { kind: 'hook-ran', line: 2, tensor: 0, function: null, before: null, after: null }, write(0, 0, null, 1), finish(0)], ['start', 'op', 'backward', 'node', 'hook', 'write', 'done']],
];

for (const [promise, told, expected] of programs) {
  test(promise, () => assert.deepEqual(kinds(told), expected));
}

test('steps cover every event once and know where an event belongs', () => {
  for (const [, told] of programs) {
    const known = new Trace(trace(told));
    let next = 0;
    for (const step of known.steps) {
      assert.equal(step.from, next);
      for (let seq = step.from; seq <= step.to; seq += 1) assert.equal(known.stepAt(seq), step.index);
      next = step.to + 1;
    }
    assert.equal(next, known.events.length);
  }
});

test('a step carries its phase, call, line and subjects', () => {
  const known = new Trace(trace(square()));
  const by = Object.fromEntries(known.steps.map((step) => [step.kind, step]));
  assert.deepEqual([by.op.phase, by.op.function, by.op.tensor, by.op.line, by.op.call], ['forward', 0, 1, 2, null]);
  assert.deepEqual([by.node.phase, by.node.function, by.node.tensor, by.node.call], ['backward', 0, 1, 0]);
  assert.deepEqual([by.write.phase, by.write.tensor], ['backward', 0]);
});

test('a new scene begins with the lines and leaves before the next recorded function', () => {
  const second = [reach(5), clear(0), reach(6), leaf(2, 5), bind('z', 2), reach(7), apply(1, 'exp', [2], [3, 1], [['accumulate', 2]])];
  const known = new Trace(trace([...square(), ...second]));
  assert.equal(known.scenes.length, 2);
  assert.equal(known.events.at(known.scenes[1].from).line, 6);
  assert.equal(known.scenes[0].to, known.scenes[1].from - 1);
  const state = known.at(known.last);
  assert.deepEqual([0, 1, 2, 3].map((id) => state.tensors.get(id).scene), [0, 0, 1, 1]);
  assert.equal(state.functions.get(1).scene, 1);
  assert.equal(state.scene, 1);
  assert.deepEqual(known.steps.map((step) => step.scene), known.steps.map((step) => (step.to >= known.scenes[1].from ? 1 : 0)));
});

test('work on an intermediate result, or with a .grad, stays in its scene', () => {
  const cases = [
    [apply(1, 'exp', [1], [2, 1], [['function', 0, 0]])],
    [create(2, 6, { grad_of: 0 }), apply(1, 'clone', [2], [3, 6], [null], { name: null })],
    [create(2, 6, { grad_of: 0 }), apply(1, 'sub', [0, 2], [3, 6], [['accumulate', 0], null])],
    [start(1, 1), finish(1)],
  ];
  for (const told of cases) assert.equal(new Trace(trace([...square(), reach(8), ...told])).scenes.length, 1);
});
