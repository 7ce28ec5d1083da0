import assert from 'node:assert/strict';
import { test } from 'node:test';

import { rangeOf } from '../../static/js/page/chart.js';
import { gradientSeries, scalarSeries } from '../../static/js/state/series.js';
import { fanIn, Script } from './stage-events.mjs';

test('a variable bound to floats again and again is a series; counters and single bindings are none', () => {
  const script = new Script();
  const x = script.leaf('x', 3);
  for (const [step, y] of [[0, 9], [1, 4], [2, 'nan']]) {
    script.add('name-bound', { name: 'step', tensor: null, value: step });
    script.op('mul', [x, x], y, { name: 'loss' });
    script.add('name-bound', { name: 'rate', tensor: null, value: step + 0.5 });
  }
  const found = scalarSeries(script.trace());
  assert.deepEqual(found.map((one) => [one.name, one.points.map((point) => point.y)]), [['loss', [9, 4, NaN]], ['rate', [0.5, 1.5, 2.5]]]);
  for (const { points } of found) assert.deepEqual([...points].sort((a, b) => a.seq - b.seq), points);
});

test('each write of a leaf gradient is a point of its size', () => {
  assert.deepEqual(gradientSeries(fanIn().trace).map((one) => [one.name, one.points.map((point) => point.y)]), [['x', [7]]]);
  assert.deepEqual(gradientSeries(new Script().trace()), []);
});

test('a range leaves out what is not finite', () => {
  const series = [{ name: 'a', points: [{ seq: 0, y: 1 }, { seq: 1, y: NaN }, { seq: 2, y: 100 }] }];
  assert.deepEqual(rangeOf(series, (y) => y), [1, 100]);
  assert.deepEqual(rangeOf(series, Math.log10), [0, 2]);
  assert.deepEqual(rangeOf([], (y) => y), [0, 1]);
});
