import assert from 'node:assert/strict';
import { test } from 'node:test';

import { label, opName, operands } from '../../static/js/state/labels.js';
import { Trace } from '../../static/js/state/trace.js';
import { apply, bind, create, leaf, trace } from './events.mjs';

/** The label of tensor 9, made by one op from x (0) and an unnamed sum (2). */
function labelled(op, inputs, settings = {}) {
  const told = [leaf(0, 2), bind('x', 0), apply(0, 'add', [0], [2, 5], [], { settings: { other: 3 } }), apply(1, op, inputs, [9, 1], [], { settings })];
  const known = new Trace(trace(told));
  return label(known.at(known.last), 9);
}

test('an unnamed result is told by the expression that made it', () => {
  const cases = [
    ['mul', [0, 0], {}, 'x × x'],
    ['mul', [2, 0], {}, '(x + 3) × x'],
    ['sub', [0, null], { other: 1 }, 'x − 1'],
    ['sub', [null, 0], { self: 5 }, '5 − x'],
    ['rsub_number', [0, null], { other: 1 }, '1 − x'],
    ['pow', [0], { exponent: 2 }, 'x²'],
    ['pow', [2], { exponent: -1 }, '(x + 3)⁻¹'],
    ['pow', [0], { exponent: 0.5 }, 'x ^ 0.5'],
    ['pow_base', [null, 0], { self: 2 }, '2 ^ x'],
    ['tanh', [2], {}, 'tanh(x + 3)'],
    ['mean_dim', [0], { dim: [1] }, 'mean(x)'],
    ['where', [0, 2, 0], {}, 'where(x, x + 3, x)'],
    ['binary_cross_entropy', [0, 2], {}, 'binary_cross_entropy(…)'],
  ];
  for (const [op, inputs, settings, expected] of cases) assert.equal(labelled(op, inputs, settings), expected);
});

test('a deep expression is cut, a constant is its number, a gradient is its owner\'s', () => {
  const told = [leaf(0, 2), bind('x', 0), create(1, 7), create(2, 6, { grad_of: 0 })];
  for (let n = 3; n < 8; n += 1) told.push(apply(n, 'exp', [n === 3 ? 0 : n - 1], [n, 1], []));
  const state = new Trace(trace(told)).at(told.length);
  assert.equal(label(state, 1), '7.0');
  assert.equal(label(state, 2), 'x.grad');
  assert.equal(label(state, 7), 'exp(exp(…))');
  assert.equal(label(state, 99), '?');
});

test('variants of an op share the name a person uses', () => {
  const cases = [['rsub_number', 'rsub'], ['pow_base', 'pow'], ['add_scaled', 'add'], ['max_dim', 'max'], ['gelu_tanh', 'gelu'], ['tanh', 'tanh'], ['split_with_sizes', 'split_with_sizes'], ['mse_loss', 'mse_loss']];
  for (const [op, expected] of cases) assert.equal(opName(op), expected);
});

test('plain numbers stand among the operands where they were written', () => {
  const known = new Trace(trace([leaf(0, 2), apply(0, 'where', [0, 0, null], [1, 1], [], { settings: { other: -2.5 } })]));
  const applied = known.at(known.last).functions.get(0);
  assert.deepEqual(operands(applied, (id) => `t${id}`), ['t0', 't0', '−2.5']);
});
