import assert from 'node:assert/strict';
import { test } from 'node:test';

import { full, norm, number, only, shape } from '../../static/js/state/format.js';

test('numbers keep four digits, a true minus and the look of their dtype', () => {
  const cases = [
    [2, 'float32', '2.0'], [-0.587174, 'float32', '−0.5872'], [12345.678, 'float64', '12350'], [12345, 'float32', '12345.0'], [1e6, 'float32', '1e6'],
    [-1.5e-7, 'float32', '−1.5e−7'], [0, 'float32', '0.0'], [-0, 'float32', '0.0'], [999.96, 'float32', '1000'], [3, 'int64', '3'],
    [-123456789, 'int64', '−123456789'], [true, 'bool', 'True'], ['nan', 'float32', 'nan'], ['-inf', 'float32', '−inf'], [0.5, 'float64', '0.5'],
  ];
  for (const [value, dtype, expected] of cases) assert.equal(number(value, dtype), expected);
});

test('a number that is only rounded to a whole one never looks whole', () => {
  const cases = [[1.0001, '1.000'], [-1.00004, '−1.000'], [0.99999, '1.000'], [10.0002, '10.00'], [100.001, '100.00'], [1234.6, '1235'], [1.00001e-5, '1.000e−5'], [1e-5, '1e−5']];
  for (const [value, expected] of cases) {
    assert.equal(number(value), expected);
    assert.notEqual(number(value), number(Math.round(value)));
  }
});

test('the full form gives every digit of the trace', () => {
  const cases = [[0.1, 'float64', '0.1'], [6.8813734, 'float32', '6.8813734'], [2, 'float32', '2.0'], [-0, 'float32', '−0.0'], [1e21, 'float64', '1e21'], [7, 'int64', '7']];
  for (const [value, dtype, expected] of cases) assert.equal(full(value, dtype), expected);
});

test('a value of one element gives its number, whatever its shape', () => {
  assert.equal(only({ shape: [1, 1], dtype: 'float32', data: [[4]] }), 4);
  assert.equal(only({ shape: [2], dtype: 'float32', data: [4, 5] }), undefined);
  assert.equal(only({ shape: [0], dtype: 'float32', data: [] }), undefined);
  assert.equal(shape([2, 3]), '2×3');
});

test('the norm neither overflows nor hides what is not finite', () => {
  const vector = (...data) => ({ shape: [data.length], dtype: 'float32', data });
  assert.equal(norm(vector(3, 4)), 5);
  assert.equal(norm(vector(3e300, 4e300)), 5e300);
  assert.equal(norm(vector()), 0);
  assert.equal(norm(vector(1, 'nan')), 'nan');
  assert.equal(norm(vector(1, '-inf')), 'inf');
  assert.equal(norm({ shape: [100], dtype: 'float32', norm: 2.5, nonfinite: 0 }), 2.5);
});
