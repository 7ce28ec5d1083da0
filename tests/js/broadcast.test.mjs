import assert from 'node:assert/strict';
import { test } from 'node:test';

import { broadcastsAt, repeatedAxes } from '../../static/js/state/broadcast.js';
import { Script } from './stage-events.mjs';

const array = (data) => ({ shape: shapeOf(data), dtype: 'float32', data });
const shapeOf = (data) => (Array.isArray(data) ? [data.length, ...(data.length > 0 ? shapeOf(data[0]) : [])] : []);

/** `y = x op z`, and a backward pass in which g arrived and `sent` was handed back. */
function program(op, x, z, y, g, sent, summed = []) {
  const script = new Script();
  const [a, b] = [script.leaf('x', array(x)), script.leaf('z', array(z))];
  const made = script.op(op, [a, b], array(y), { name: 'y', next: [['accumulate', a], ['accumulate', b]] });
  script.line();
  script.add('backward-started', { call: 0, via: 'backward', roots: [made.tensor], gradients: [array(g)], retain_graph: false, create_graph: false });
  script.add('function-reached', { call: 0, function: made.fn, gradients: [array(g)] });
  sent.forEach((value, input) => script.add('gradient-sent', { call: 0, function: made.fn, input, tensor: [a, b][input], to: ['accumulate', [a, b][input]], value: array(value), summed_axes: summed[input] ?? [] }));
  const trace = script.trace();
  return { state: trace.at(trace.last), a, b, y: made.tensor };
}

test('axes along which an input is repeated', () => {
  for (const [from, to, axes] of [[[3], [2, 3], [0]], [[2, 1], [2, 3], [1]], [[], [2, 3], [0, 1]], [[1, 1], [2, 3], [0, 1]], [[2, 3], [2, 3], []], [[1], [1], []], [[2], [2, 3], null], [[2, 3], [3], null]]) assert.deepEqual(repeatedAxes(from, to), axes, `${from} ${to}`);
});

test('a row is repeated down, and the gradients of its copies are summed down', () => {
  const { state, b, y } = program('mul', [[1, 2, 3], [4, 5, 6]], [10, 20, 30], [[10, 40, 90], [40, 100, 180]], [[1, 1, 1], [2, 2, 2]], [[[10, 20, 30], [20, 40, 60]], [9, 12, 15]], [[], [0]]);
  const [found] = broadcastsAt(state, b);
  assert.deepEqual([found.axes, found.copies], [[0], 2]);
  assert.deepEqual(found.spread.cells, [[10, 20, 30], [10, 20, 30]]);
  assert.deepEqual(found.spread.own, [[true, true, true], [false, false, false]]);
  assert.deepEqual(found.fold, { cells: [[1, 2, 3], [8, 10, 12]], sums: [[9, 12, 15]] });
  assert.deepEqual(broadcastsAt(state, y), [found]);
});

test('a column is repeated across, a single number both ways', () => {
  const column = program('div', [[6, 6]], [[2], [3]], [[3, 3], [2, 2]], [[1, 1], [1, 1]], [[[5 / 6, 5 / 6]], [[-3], [-4 / 3]]], [[0], [1]]);
  const [row, col] = broadcastsAt(column.state, column.y);
  assert.deepEqual([row.axes, col.axes], [[0], [1]]);
  assert.deepEqual(col.spread.own, [[true, false], [true, false]]);
  assert.deepEqual(col.fold.sums.flat().map((one) => one.toFixed(4)), ['-3.0000', '-1.3333']);
  const one = program('sub', [[1, 2], [3, 4]], 5, [[-4, -3], [-2, -1]], [[1, 2], [3, 4]], [[[1, 2], [3, 4]], -10], [[], [0, 1]]);
  const [single] = broadcastsAt(one.state, one.b);
  assert.deepEqual([single.copies, single.spread.own], [4, [[true, false], [false, false]]]);
  assert.deepEqual(single.fold, { cells: [[-1, -2], [-3, -4]], sums: [[-10]] });
});

test('gradients are shown one by one only where they sum to what was recorded', () => {
  const { state, b } = program('add', [[1, 2], [3, 4]], [5, 6], [[6, 8], [8, 10]], [[1, 1], [1, 1]], [[[1, 1], [1, 1]], [7, 7]], [[], [0]]);
  assert.equal(broadcastsAt(state, b)[0].fold, null);
  const other = program('hypot', [[3, 3], [4, 4]], [4, 3], [[5, 3], [5, 5]], [[1, 1], [1, 1]], [[[1, 1], [1, 1]], [1, 1]], [[], [0]]);
  assert.equal(broadcastsAt(other.state, other.b)[0].fold, null);
  assert.ok(broadcastsAt(other.state, other.b)[0].spread);
});

test('nothing is a broadcast that repeats nothing', () => {
  const { state, a, b, y } = program('add', [1, 2], [3, 4], [4, 6], [1, 1], [[1, 1], [1, 1]]);
  for (const tensor of [a, b, y]) assert.deepEqual(broadcastsAt(state, tensor), []);
});

test('an op that joins, picks or multiplies matrices repeats nothing, whatever the shapes; one that adds to a product repeats that alone', () => {
  for (const [op, x, z, y] of [['stack', [1, 2], [3, 4], [[1, 2], [3, 4]]], ['cat', [1], [2], [1, 2]], ['mm', [[1], [2]], [[3, 4]], [[3, 4], [6, 8]]], ['gather', [[1, 2]], [[0, 0], [0, 0]], [[1, 1], [1, 1]]]]) {
    const { state, a, b, y: made } = program(op, x, z, y, y, []);
    for (const tensor of [a, b, made]) assert.deepEqual(broadcastsAt(state, tensor), [], op);
  }
  const { state, a, b } = program('addmm', [1, 2], [[3, 4], [5, 6]], [[4, 6], [6, 8]], [[1, 1], [1, 1]], [[2, 2], [[1, 1], [1, 1]]], [[0], []]);
  assert.deepEqual(broadcastsAt(state, a).map((one) => one.axes), [[0]]);
  assert.deepEqual(broadcastsAt(state, b), []);
});
