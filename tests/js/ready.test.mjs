import assert from 'node:assert/strict';
import test from 'node:test';
import { queueAt } from '../../static/js/state/ready.js';
import { fanIn } from './stage-events.mjs';

const named = (queued) => queued.map(({ name, result, arrived, expected }) => `${name} ${result} ${arrived}/${expected}`);

test('outside a backward call there is no queue', () => {
  const { trace } = fanIn();
  assert.equal(queueAt(trace, 3), null);
  assert.equal(queueAt(trace, trace.last), null);
});

test('the root is ready first, then what it sends to, and a leaf only once all contributions are in', () => {
  const { trace } = fanIn();
  const steps = trace.steps.filter(({ kind }) => kind === 'backward' || kind === 'node');
  const told = steps.map(({ to }) => queueAt(trace, to));
  assert.deepEqual(told.map(({ ready }) => named(ready)), [['AddBackward0 z 0/0'], ['MulBackward0 y 1/1'], ['AccumulateGrad x 3/3']]);
  assert.deepEqual(told.map(({ waiting }) => named(waiting)), [[], ['AccumulateGrad x 1/3'], []]);
  assert.deepEqual(told.map(({ running }) => running && running.name), [null, 'AddBackward0', 'MulBackward0']);
  assert.deepEqual(told.map(({ done, all }) => [done, all]), [[0, 2], [1, 2], [2, 2]]);
});
