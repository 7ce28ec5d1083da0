// Numbers and arrays as words and sentences show them.

/** @typedef {import('./types.js').Value} Value */
/** @typedef {number|boolean|'nan'|'inf'|'-inf'|string|null} Scalar */

const MINUS = '−';

/** @param {string} text */
const signed = (text) => text.replaceAll('-', MINUS);

/** @param {string} dtype */
export const isFloat = (dtype) => dtype.includes('float');

/**
 * A number of an array in four significant digits: floats show that they are floats (2.0), integers stay whole. What is only rounded to a whole number
 * never looks like one: 1.0001 is 1.000, 1234.6 is 1235.
 * @param {Scalar} value
 * @param {string} [dtype]
 * @param {number} [digits]
 * @returns {string}
 */
export function number(value, dtype = 'float32', digits = 4) {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'number') return signed(String(value));
  if (!isFloat(dtype)) return signed(String(value));
  const size = Math.abs(value);
  if (size >= 1e6 || (size !== 0 && size < 1e-4)) {
    const text = value.toExponential(digits - 1);
    const exact = Number(text) === value || !Number.isInteger(Number.parseFloat(text.split('e')[0]));
    return signed((exact ? trimmed(text) : text).replace('e+', 'e'));
  }
  if (Number.isInteger(value)) return signed(`${value}.0`);
  const text = value.toPrecision(digits);
  const short = Number(text);
  if (!Number.isInteger(short) || text.includes('e')) return signed(String(short));
  return signed(text.endsWith('.0') && !text.endsWith('00') ? `${text}0` : text);
}

/** @param {string} text  such as 1.500e-7 */
function trimmed(text) {
  return text.replace(/\.?0+e/, 'e');
}

/**
 * A number in all the digits that the trace gives, which round-trip in its dtype.
 * @param {Scalar} value
 * @param {string} [dtype]
 * @returns {string}
 */
export function full(value, dtype = 'float32') {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'number') return signed(String(value));
  const text = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  return signed(isFloat(dtype) && Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text);
}

/** A shape as it is read: 2×3; the empty text for one number. @param {number[]} shape @returns {string} */
export function shape(shape) {
  return shape.join('×');
}

/** The number a value of exactly one element holds, else undefined. @param {Value} value @returns {Scalar|undefined} */
export function only(value) {
  if (value.shape.some((size) => size !== 1)) return undefined;
  let data = value.data;
  while (Array.isArray(data)) data = data[0];
  return data;
}

/** Every number that the trace gives of a value, in order. @param {Value} value @returns {Scalar[]} */
export function numbers(value) {
  const data = value.data ?? value.sample ?? [];
  return Array.isArray(data) ? data.flat(Infinity) : [data];
}

/**
 * The Euclidean norm; "nan" or "inf" where an element is not finite.
 * @param {Value} value
 * @returns {Scalar}
 */
export function norm(value) {
  if (!('data' in value)) return value.nonfinite ? 'nan' : value.norm ?? 'nan';
  const all = numbers(value);
  if (all.includes('nan')) return 'nan';
  if (all.some((item) => typeof item === 'string')) return 'inf';
  const largest = all.reduce((/** @type {number} */ most, item) => Math.max(most, Math.abs(Number(item))), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(all.reduce((/** @type {number} */ total, item) => total + (Number(item) / largest) ** 2, 0));
}
