import assert from 'node:assert/strict';
import test from 'node:test';
import { stepsNamed, worksheetOf } from '../../static/js/state/worksheet.js';
import { Trace } from '../../static/js/state/trace.js';
import { fanIn, Script } from './stage-events.mjs';

test('a sheet asks for each node of the first call and for every leaf', () => {
  const { trace } = fanIn();
  const sheet = worksheetOf(trace);
  assert.deepEqual(sheet.rows.map((row) => [row.node, row.of, row.receives.data, row.sends.map((sent) => [sent.to, sent.value.data])]), [
    ['AddBackward0', 'z', 1, [['y', 1], ['x', 1]]],
    ['MulBackward0', 'y', 1, [['x', 3], ['x', 3]]],
  ]);
  assert.deepEqual(sheet.leaves.map((leaf) => [leaf.name, leaf.after.map((value) => value?.data ?? null)]), [['x', [7]]]);
  assert.equal(trace.steps[sheet.forward].phase, 'forward');
  assert.equal(trace.steps[sheet.forward + 1].kind, 'backward');
});

test('its pictures are those that a teacher would show', () => {
  const { trace } = fanIn();
  const { forward, frames, meetings } = worksheetOf(trace);
  assert.deepEqual(frames.map(({ kind }) => kind), ['meet', 'after']);
  assert.ok(forward < frames[0].step && frames[0].step < frames[1].step);
  const { to } = trace.steps[frames[0].step];
  assert.ok(trace.events.first('gradient-summed', (event) => event.part === event.of && event.seq <= to));
  assert.deepEqual(meetings.map(({ name, parts, sum }) => [name, parts.map(({ data }) => data), sum.data]), [['x', [1, 3, 3], 7]]);
});

test('the picture that a sheet begins with holds no gradient', () => {
  const { trace } = fanIn();
  const { forward } = worksheetOf(trace);
  const grads = trace.peek(trace.steps[forward].to, (state) => [...state.tensors.values()].map((tensor) => tensor.grad ?? tensor.flow));
  assert.ok(grads.every((value) => value === null));
});

test('a program without a backward call has a sheet without questions', () => {
  const script = new Script();
  script.leaf('x', 2);
  const sheet = worksheetOf(script.trace());
  assert.deepEqual([sheet.rows, sheet.leaves, sheet.calls], [[], [], 0]);
  assert.deepEqual(sheet.frames, []);
  assert.deepEqual(worksheetOf(new Trace()).rows, []);
});

test('steps are named by numbers and ranges, in any order and punctuation', () => {
  const cases = [['', []], ['7', [7]], ['9, 5-7', [5, 6, 7, 9]], ['5，6、5', [5, 6]], ['3～4 12', [3, 4]], ['8-3', []], ['0-10000000', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]], ['99', []]];
  for (const [text, steps] of cases) assert.deepEqual(stepsNamed(text, 10), steps, text);
});
