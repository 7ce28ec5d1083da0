import assert from 'node:assert/strict';
import test from 'node:test';
import { cellText, gridsOf } from '../../static/js/stage/grids.js';
import { estimate } from '../../static/js/stage/text.js';

const ROOM = 114;
const vector = (...data) => ({ shape: [data.length], dtype: 'float32', data });
const matrix = (rows, columns, number) => ({ shape: [rows, columns], dtype: 'float32', data: Array.from({ length: rows }, () => Array(columns).fill(number)) });

const CASES = [
  ['short numbers', vector(2.04, 4.09), true],
  ['numbers that are long in every cell', vector(-0.0324, 0.00316, 0.0261), false],
  ['five columns', vector(1, 2, 3, 4, 5), false],
  ['five rows', matrix(5, 2, 1), false],
  ['large numbers', vector(12345.6, 23456.7, 34567.8), false],
];
for (const [words, value, expected] of CASES) {
  test(`${words}: ${expected ? 'digits' : 'a heat map'}`, () => {
    const { grid } = gridsOf([value], null, true, ROOM, estimate);
    assert.equal(grid.digits > 0, expected);
  });
}

test('every digit stands in its cell with a gap, over the whole scene', () => {
  const values = [vector(1, 2), vector(-1.25, 0.125), vector(-9.5, 8.25)];
  const { grid } = gridsOf(values, null, true, ROOM, estimate);
  assert.ok(grid.digits > 0);
  for (const number of values.flatMap((value) => value.data)) assert.ok(estimate(cellText(number, grid, false), 'cell') + 6 <= grid.cell);
});

test('where room is short a whole float ends in its point', () => {
  const { grid } = gridsOf([vector(1, 10, 100)], null, true, 119, estimate);
  assert.deepEqual([1, 10, 100, 99.99, 0.5].map((number) => cellText(number, grid, false)), ['1.', '10.', '100.', '100', '0.5']);
});

test('fewer digits never hide a digit before the point', () => {
  const cases = [[1234.5, '1235'], [-123.4, '−123'], [12345.6, '12346'], [12.34, '12'], [0.1234, '0.12'], [-1.26, '−1.3'], ['nan', 'nan'], [1300, '1300.']];
  for (const [number, expected] of cases) assert.equal(cellText(number, { digits: 2, pointed: true }, false), expected);
});

test('no grid is wider than its room', () => {
  for (const value of [vector(0.1, 0.2, 0.3), matrix(4, 4, -1.5), matrix(16, 16, 1), matrix(3, 16, 1), matrix(1, 12, 0.5)]) {
    const { grid, gradientGrid } = gridsOf([value], [value], true, ROOM, estimate);
    for (const item of [grid, gradientGrid]) if (item) assert.ok(item.cell * item.columns <= ROOM, JSON.stringify(item));
  }
});

test('a passing gradient of many rows is a small heat map; of very many it shares the place of the value', () => {
  const tall = gridsOf([matrix(4, 2, 1)], [matrix(4, 2, 1)], false, ROOM, estimate);
  assert.equal(tall.gradientGrid.digits, 0);
  assert.ok(tall.gradientGrid.height < tall.grid.height);
  assert.equal(gridsOf([matrix(12, 2, 1)], [], false, ROOM, estimate).gradientGrid, null);
});
