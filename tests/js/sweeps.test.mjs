import assert from 'node:assert/strict';
import { test } from 'node:test';

import { costOf, sweepsOf } from '../../static/js/state/sweeps.js';
import { Script } from './stage-events.mjs';

const array = (...shape) => ({ shape, dtype: 'float32', min: 0, max: 0, mean: 0, norm: 0, nonfinite: 0, sample: [] });

/** What the edge of one input of an op costs. */
function cost(op, inputs, output, slot = 0, settings = {}) {
  const script = new Script();
  const ids = inputs.map((shape) => (shape === null ? null : script.leaf(null, array(...shape))));
  const { fn } = script.op(op, ids, array(...output), { settings });
  const trace = script.trace();
  const state = trace.at(trace.last);
  return costOf(state.functions.get(fn), slot, state);
}

test('an edge costs one multiply-add for each number of its local derivative that need not be 0', () => {
  // Of a vector of n by a vector of n each output depends on one input; of a matrix product m×k by k×n each of the m·n outputs on k numbers of either factor; of a sum on all.
  const known = [
    ['tanh', [[7]], [7], 0, 7], ['mul', [[4, 5], [5]], [4, 5], 1, 20], ['add', [[4, 1], [1, 5]], [4, 5], 0, 20],
    ['mm', [[4, 3], [3, 5]], [4, 5], 0, 60], ['mm', [[4, 3], [3, 5]], [4, 5], 1, 60], ['mv', [[4, 3], [3]], [4], 1, 12], ['dot', [[6], [6]], [], 0, 6],
    ['bmm', [[2, 4, 3], [2, 3, 5]], [2, 4, 5], 1, 120], ['addmm', [[5], [4, 3], [3, 5]], [4, 5], 0, 20], ['addmm', [[5], [4, 3], [3, 5]], [4, 5], 2, 60],
    ['sum', [[4, 5]], [], 0, 20], ['mean_dim', [[4, 5]], [4], 0, 20], ['sum_dim', [[4, 5]], [5], 0, 20], ['sum_dim', [[4, 5]], [4, 1], 0, 20], ['mse_loss', [[8], [8]], [], 1, 8],
    ['view', [[4, 5]], [20], 0, 0], ['t', [[4, 5]], [5, 4], 0, 0], ['expand', [[1]], [9], 0, 0],
    ['softmax', [[4, 5]], [4, 5], 0, 60], ['pow', [[]], [], 0, 1],
  ];
  for (const [op, inputs, output, slot, wanted] of known) assert.equal(cost(op, inputs, output, slot), wanted, `${op} ${slot}`);
  // A convolution 1×2×5×5 by 3×2×3×3 makes 1×3×3×3 numbers, each of 2·3·3 products.
  for (const slot of [0, 1]) assert.equal(cost('convolution', [[1, 2, 5, 5], [3, 2, 3, 3], [3]], [1, 3, 3, 3], slot), 27 * 18);
  assert.equal(cost('convolution', [[1, 2, 5, 5], [3, 2, 3, 3], [3]], [1, 3, 3, 3], 2), 27);
  assert.equal(cost('avg_pool2d', [[1, 3, 3, 3]], [1, 3, 1, 1], 0, { kernel_size: [3, 3] }), 27);
});

test('what shapes do not tell is not counted', () => {
  assert.equal(cost('linalg_inv', [[3, 2]], [2, 3]), null);
});

/** `h = w @ x; loss = h.sum(); loss.backward()` with w of 4×3 and x of 3: 12 + 3 numbers in, one out. */
function product(wanted) {
  const script = new Script();
  const w = script.leaf('w', array(4, 3));
  const x = script.leaf('x', array(3));
  const h = script.op('mv', [w, x], array(4), { name: 'h', next: [['accumulate', w], ['accumulate', x]] });
  const loss = script.op('sum', [h.tensor], 1, { name: 'loss', next: [['function', h.fn, 0]] });
  script.op('exp', [h.tensor], array(4), { name: 'aside', next: [['function', h.fn, 0]] });
  script.add('backward-started', { call: 0, via: 'backward', roots: [loss.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false, inputs: wanted ? [x] : null });
  return { trace: script.trace(), w, x };
}

test('reverse mode takes a sweep for each number of the result, forward mode one for each that it depends on', () => {
  const { trace, w, x } = product();
  const found = sweepsOf(trace, 0);
  assert.deepEqual(found.reverse, { sweeps: 1, sweep: 12 + 12 + 4, total: 28 });
  assert.deepEqual(found.inputs, [{ tensor: w, name: 'w', numbers: 12, sweep: 16 }, { tensor: x, name: 'x', numbers: 3, sweep: 16 }]);
  assert.deepEqual(found.forward, { sweeps: 15, total: 15 * 16 });
  assert.deepEqual(found.ops, [{ op: 'mv', edges: 2, cost: 24 }, { op: 'sum', edges: 1, cost: 4 }]);
  assert.deepEqual(found.unknown, []);
});

test('only what is asked for is swept', () => {
  const { trace, x } = product(true);
  const found = sweepsOf(trace, 0);
  assert.deepEqual(found.inputs.map((input) => input.tensor), [x]);
  assert.equal(found.reverse.sweep, 16);
  assert.equal(found.forward.total, 3 * 16);
});

test('with more results than inputs forward mode is the cheaper one', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  const y = script.op('mul', [x, script.leaf(null, array(50), { requires_grad: false })], array(50), { next: [['accumulate', x], null] });
  script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [array(50)], retain_graph: false, create_graph: false });
  const { reverse, forward } = sweepsOf(script.trace(), 0);
  assert.deepEqual([reverse.total, forward.total], [50 * 50, 50]);
});

test('a run without a backward call has nothing to count', () => {
  assert.equal(sweepsOf(new Script().trace(), 0), null);
});
