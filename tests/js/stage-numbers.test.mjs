import assert from 'node:assert/strict';
import test from 'node:test';
import { brokenWord, counting, normOf, shapeText, shortNumber, summary, tableOf } from '../../static/js/stage/numbers.js';

const NUMBERS = [
  [0, '0.0'], [2, '2.0'], [-3, '−3.0'], [0.70641, '0.7064'], [-0.29359, '−0.2936'], [0.01, '0.01'], [6.88, '6.88'], [12345, '12345.0'], [1e-7, '1e−7'], [-2.5e9, '−2.5e9'], [1234.56, '1235'],
  ['nan', 'nan'], ['-inf', '−inf'], [true, 'True'],
];
for (const [value, expected] of NUMBERS) {
  test(`${value} is written ${expected}`, () => assert.equal(shortNumber(value), expected));
}

test('a number counts in from nothing in its own digits, and what is no number stays', () => {
  const cases = [['−6.0', 0, '0.0'], ['−6.0', 0.5, '−3.0'], ['0.7064', 0.25, '0.1766'], ['12', 0.5, '6'], ['12', 1, '12'], ['3×4', 0.5, '3×4'], ['nan', 0.5, 'nan'], ['1e−7', 0.5, '1e−7']];
  for (const [text, share, expected] of cases) assert.equal(counting(text, share), expected, `${text} at ${share}`);
});

test('whole numbers keep no point', () => assert.deepEqual([0, 7, -12].map((value) => shortNumber(value, 4, true)), ['0', '7', '−12']));

const array = (shape, data) => ({ shape, dtype: 'float32', data });

test('vectors and matrices are tables, others are not', () => {
  assert.deepEqual(tableOf(array([2], [1, 2])).cells, [[1, 2]]);
  assert.equal(tableOf(array([2, 1], [[1], [2]])).rows, 2);
  assert.equal(tableOf(array([2, 1, 1], [[[1]], [[2]]])), null);
  assert.equal(tableOf(array([0], [])), null);
  assert.equal(tableOf(array([17], Array(17).fill(0))), null);
});

test('norms come from the event or from the numbers', () => {
  assert.equal(normOf(array([2], [3, -4])), 5);
  assert.equal(normOf({ shape: [100], dtype: 'float32', norm: 12.5, nonfinite: 0, sample: [] }), 12.5);
  assert.equal(summary(array([2], [3, 4])), 'norm 5.0');
});

test('what is not finite is said', () => {
  assert.equal(brokenWord(array([2], [1, 'nan'])), 'nan');
  assert.equal(brokenWord(array([2], [1, '-inf'])), 'inf');
  assert.equal(brokenWord(array([2], [1, 2])), null);
});

test('shapes', () => assert.deepEqual([[], [3], [2, 3]].map((shape) => shapeText({ shape })), ['[]', '[3]', '2×3']));
