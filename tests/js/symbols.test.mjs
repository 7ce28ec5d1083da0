import assert from 'node:assert/strict';
import test from 'node:test';
import { opName, opSymbol } from '../../static/js/state/symbols.js';

const CASES = [['add', '+'], ['add_scaled', '+'], ['sum_dim', 'Σ'], ['log_softmax', 'logsmax'], ['nll_loss', 'NLL'], ['tanh', 'tanh'], ['maximum', 'max'], ['tanh_backward', 'tanh′'], ['leaky_relu_backward', 'LReLU′'], ['threshold_backward', 'gate'], ['some_very_new_op', 'some_ver…'], ['', '?']];
for (const [op, expected] of CASES) {
  test(`the symbol of ${op || 'nothing'} is ${expected}`, () => assert.equal(opSymbol(op), expected));
}

test('a name stays a name, without where it lives', () => assert.deepEqual(['pow_base', 'log_softmax', 'split_with_sizes', 'linalg_matrix_exp'].map(opName), ['pow', 'log_softmax', 'split_with_sizes', 'matrix_exp']));
