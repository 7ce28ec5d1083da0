import assert from 'node:assert/strict';
import test from 'node:test';
import { causeBefore, nextStepOf, writerOf } from '../../static/js/state/causes.js';
import { lessonOf } from '../../static/js/page/lessons.js';
import { fanIn, Script } from './stage-events.mjs';

const kindAt = (trace, seq) => (seq === null ? null : trace.events.kindAt(seq));

test('a number leads to the event that wrote it', () => {
  const { trace } = fanIn();
  const [x, y] = trace.peek(trace.last, ({ names }) => [names.get('x').tensor, names.get('y').tensor]);
  trace.peek(trace.last, ({ tensors }) => {
    assert.equal(kindAt(trace, writerOf(tensors.get(x), 'value')), 'tensor-created');
    assert.equal(kindAt(trace, writerOf(tensors.get(x), 'grad')), 'gradient-accumulated');
    assert.equal(kindAt(trace, writerOf(tensors.get(x), 'flow')), 'gradient-summed');
    assert.equal(kindAt(trace, writerOf(tensors.get(y), 'value')), 'function-applied');
    assert.equal(writerOf(tensors.get(y), 'grad'), null);
  });
});

test('asked again and again, .grad leads back through its sum to each contribution', () => {
  const { trace } = fanIn();
  trace.peek(trace.last, ({ names, tensors }) => {
    const x = tensors.get(names.get('x').tensor);
    const kinds = [];
    for (let seq = writerOf(x, 'grad'); seq !== null; seq = causeBefore(x, seq)) kinds.push(kindAt(trace, seq));
    assert.deepEqual(kinds, ['gradient-accumulated', 'gradient-summed', 'gradient-sent', 'gradient-summed', 'gradient-sent', 'gradient-sent']);
  });
});

test('a value that was changed in place leads to the change, and from there to no gradient', () => {
  const script = new Script();
  const w = script.leaf('w', 1);
  const scalar = (data) => ({ shape: [], dtype: 'float32', data });
  script.line().add('tensor-modified', { tensor: w, op: 'sub_', version: 1, before: scalar(1), after: scalar(0.5), also: [] });
  const trace = script.trace();
  trace.peek(trace.last, ({ tensors }) => {
    const seq = writerOf(tensors.get(w), 'value');
    assert.equal(kindAt(trace, seq), 'tensor-modified');
    assert.equal(causeBefore(tensors.get(w), seq), null);
  });
});

test('running to a node goes through every step that it has a part in, and begins again', () => {
  const { trace } = fanIn();
  const y = trace.peek(trace.last, ({ names }) => names.get('y').tensor);
  const kinds = [];
  let at = 0;
  for (let turn = 0; turn < 5; turn += 1) {
    at = nextStepOf(trace, y, at);
    kinds.push(trace.steps[at].kind);
  }
  assert.deepEqual(kinds, ['op', 'op', 'node', 'node', 'op']);
  assert.equal(nextStepOf(trace, 99, 0), null);
});

test('a lesson is still itself while a third of its lines are left, and again once its program is back', () => {
  const lesson = { id: 'one', program: 'import torch\nx = 1\ny = 2\nz = 3\n' };
  const other = { id: 'two', program: 'import torch\nq = 1\n' };
  const page = { lesson, lessons: [lesson, other] };
  for (const [source, wanted] of [['x = 1\ny = 5\nz = 6', lesson], ['import torch\na = 1\n', null], ['', null], ['import torch\nq = 1', other]]) assert.equal(lessonOf(source, page), wanted, source);
  assert.equal(lessonOf('import torch\na = 1', { ...page, lesson: null }), null);
  assert.equal(lessonOf(lesson.program, { ...page, lesson: null }), lesson);
});
