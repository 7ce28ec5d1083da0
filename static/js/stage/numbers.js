/**
 * Numbers and arrays as a card shows them.
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {number | boolean | 'nan' | 'inf' | '-inf'} Scalar
 * @typedef {{rows: number, columns: number, cells: Scalar[][], sampled: boolean}} Table
 */
import { norm, number, numbers, only } from '../state/format.js';

const MOST_CELLS = 16;
/** Significant digits on a card that has room for them. */
const DIGITS = 4;
/** What stands before the size of an array. */
export const NORM = 'norm ';

/**
 * A number in few digits, with a true minus sign; the words nan and inf; True and False.
 * @param {Scalar} value
 * @param {number} [digits] significant digits
 * @param {boolean} [whole] the dtype holds integers
 */
export function shortNumber(value, digits = 4, whole = false) {
  return number(value, whole ? 'int64' : 'float32', digits);
}

/** A number on its way up from nothing, in as many digits; words stay. @param {string} text @param {number} share */
export function counting(text, share) {
  if (share >= 1 || !/^−?\d+(\.\d+)?$/.test(text)) return text;
  const digits = text.split('.')[1]?.length ?? 0;
  return (Number(text.replace('−', '-')) * share).toFixed(digits).replace('-', '−');
}

/** @param {Value} value */
export function isWhole(value) {
  return /^(u?int|bool)/.test(value.dtype);
}

/** @param {Value} value */
export function isScalar(value) {
  return value.shape.length === 0;
}

/** The number of a 0-d value. @param {Value} value @returns {Scalar} */
export function scalarOf(value) {
  return /** @type {any} */ (value).data;
}

/** "2×3"; "[]" for a 0-d value. @param {Value} value */
export function shapeText(value) {
  return value.shape.length === 0 ? '[]' : value.shape.length === 1 ? `[${value.shape[0]}]` : value.shape.join('×');
}

/** All numbers that were sent, in order. @param {Value} value @returns {Scalar[]} */
export function numbersOf(value) {
  return /** @type {Scalar[]} */ (numbers(value));
}

/** The Euclidean norm: the event's own, else that of the numbers; NaN or Infinity where an element is not finite. @param {Value} value @returns {number} */
export function normOf(value) {
  const size = norm(value);
  return typeof size === 'number' ? size : size === 'nan' ? NaN : Infinity;
}

/** The word that says a value is not finite, or null. @param {Value} value @returns {'nan' | 'inf' | null} */
export function brokenWord(value) {
  const words = new Set(numbersOf(value).filter((number) => typeof number === 'string'));
  if (words.has('nan')) return 'nan';
  if (words.size > 0) return 'inf';
  const counted = /** @type {any} */ (value).nonfinite;
  return counted > 0 ? 'nan' : null;
}

/**
 * Rows and columns of a value of one or two real dimensions, at most 16 x 16; null for the others.
 * @param {Value} value
 * @returns {Table | null}
 */
export function tableOf(value) {
  const sampled = !('data' in value);
  let cells = /** @type {any} */ (value).data ?? /** @type {any} */ (value).sample;
  if (!Array.isArray(cells) || value.shape.includes(0)) return null;
  if (!Array.isArray(cells[0])) cells = [cells];
  while (Array.isArray(cells[0][0]) && cells.length === 1) cells = cells[0];
  if (Array.isArray(cells[0][0]) || cells.length > MOST_CELLS || cells[0].length > MOST_CELLS) return null;
  return { rows: cells.length, columns: cells[0].length, cells, sampled };
}

/** One line for a value: its only number, or its norm. @param {Value} value @param {number} [digits] significant digits */
export function summary(value, digits) {
  return only(value) === undefined ? `${NORM}${sizeText(value, false, digits)}` : sizeText(value, false, digits);
}

/** The same without its word, or with the signs of a norm instead. @param {Value} value @param {boolean} [barred] @param {number} [digits] */
export function sizeText(value, barred = false, digits = DIGITS) {
  const single = /** @type {Scalar | undefined} */ (only(value));
  if (single !== undefined) return shortNumber(single, least(single, digits), isWhole(value));
  const norm = normOf(value);
  const size = brokenWord(value) ?? shortNumber(norm, least(norm, digits));
  return barred ? `‖${size}‖` : size;
}

/** Where there is room for fewer digits, those before the point stand. @param {Scalar} number @param {number} digits */
function least(number, digits) {
  return digits >= DIGITS || typeof number !== 'number' || Math.abs(number) < 1 ? digits : Math.max(digits, Math.min(DIGITS, Math.floor(Math.log10(Math.abs(number))) + 1));
}
