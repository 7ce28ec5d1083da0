/**
 * How an array is drawn in a card: digits where each fits its cell, else a heat map of small even cells.
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {import('./text.js').Measure} Measure
 * @typedef {{rows: number, columns: number, cell: number, height: number, digits: number, pointed: boolean}} Grid `digits`: significant digits in a cell, 0 for a heat map
 * @typedef {import('./numbers.js').Scalar} Scalar
 */
import { isWhole, shortNumber, tableOf } from './numbers.js';

const DIGIT_CELLS = { rows: 4, columns: 4, height: 19, least: 28, gap: 7 };
/** Where room is short a whole float ends in its point, as PyTorch writes arrays, and then there are fewer digits. */
const DIGITS = [{ digits: 3, pointed: false }, { digits: 3, pointed: true }, { digits: 2, pointed: true }];
/** A passing gradient of more rows takes too much room for digits that soon go. */
const MOST_PASSING_ROWS = 2;
export const HEAT = { widest: 40 };
const HEAT_CELLS = { least: 6.5, largest: 13, gradient: 9, tallest: 64 };

/**
 * Grids for a value and, below it, for its gradient.
 * @param {Value[]} values what the value is over the scene; the first gives the shape
 * @param {Value[] | null} gradients what its gradient is over the scene; null where it has none
 * @param {boolean} kept the gradient stays
 * @param {number} room how wide a grid may be
 * @param {Measure} measure
 * @param {number} [heat] how wide and high a heat map may be
 * @returns {{grid: Grid | null, gradientGrid: Grid | null}} without a grid for the gradient, a heat map shows the one or the other
 */
export function gridsOf(values, gradients, kept, room, measure, heat = 104) {
  const table = tableOf(values[0]);
  if (!table) return { grid: null, gradientGrid: null };
  const grid = digitGrid(table, values, room, measure) ?? heatGrid(table, HEAT_CELLS.largest, heat);
  if (gradients === null) return { grid, gradientGrid: null };
  const short = kept || table.rows <= MOST_PASSING_ROWS;
  const gradientGrid = (short ? digitGrid(table, gradients, room, measure) : null) ?? heatGrid(table, table.rows <= MOST_PASSING_ROWS ? HEAT_CELLS.largest : HEAT_CELLS.gradient, heat);
  return { grid, gradientGrid: gradientGrid.height > HEAT_CELLS.tallest && gradientGrid.digits === 0 ? null : gradientGrid };
}

/** A number as its cell shows it; all digits before the point stand, and one that is only rounded to a whole has no point. @param {Scalar} number @param {{digits: number, pointed: boolean}} grid @param {boolean} whole */
export function cellText(number, { digits, pointed }, whole) {
  if (typeof number === 'number' && !Number.isInteger(number)) {
    const before = Math.floor(Math.log10(Math.abs(number))) + 1;
    return shortNumber(number, Math.max(digits, before), whole).replace(/\.0+$/, '');
  }
  const text = shortNumber(number, digits, whole);
  return pointed ? text.replace(/\.0$/, '.') : text;
}

/** @param {import('./numbers.js').Table} table @param {Value[]} values @param {number} room @param {Measure} measure @returns {Grid | null} */
function digitGrid(table, values, room, measure) {
  const { rows, columns } = table;
  if (rows > DIGIT_CELLS.rows || columns > DIGIT_CELLS.columns || table.sampled) return null;
  const cells = values.flatMap((value) => (tableOf(value)?.cells ?? []).flat().map((number) => ({ number, whole: isWhole(value) })));
  for (const { digits, pointed } of DIGITS) {
    const cell = Math.ceil(cells.reduce((most, { number, whole }) => Math.max(most, measure(cellText(number, { digits, pointed }, whole), 'cell') + DIGIT_CELLS.gap), DIGIT_CELLS.least));
    if (cell * columns <= room) return { rows, columns, cell, height: rows * DIGIT_CELLS.height, digits, pointed };
  }
  return null;
}

/** @param {import('./numbers.js').Table} table @param {number} largest @param {number} most @returns {Grid} */
function heatGrid({ rows, columns }, largest, most) {
  const cell = Math.max(HEAT_CELLS.least, Math.min(largest, Math.floor(most / Math.max(columns, rows))));
  return { rows, columns, cell, height: rows * cell, digits: 0, pointed: false };
}
