/**
 * The numbers written in a program: where they stand and how they turn. Offsets count UTF-16 units, as editors do.
 * @typedef {{from: number, to: number, text: string, value: number, whole: boolean, places: number, power: number}} Numeral
 *   `from` takes in a minus sign of its own; `places` are the digits after the point, `power` the exponent of ten it is written with
 */

const TOKEN = /"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|#[^\n]*|[\p{L}_][\p{L}\p{N}_]*|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[jJ]?|0[xXoObB]\w+/gu;
const UNARY_AFTER = /(?:^|[([{,=:*/+\-%<>&|^~@]|\b(?:return|in|and|or|not|if|else|lambda|yield))[ \t]*$/;
const MOST_PLACES = 9;

/** Every number of a program, in order; those in texts, comments and names are none. @param {string} source @returns {Numeral[]} */
export function numeralsIn(source) {
  /** @type {Numeral[]} */
  const found = [];
  for (const match of source.matchAll(TOKEN)) {
    const [text] = match;
    if (!/^[\d.]/.test(text) || /^0[xXoObB]/.test(text) || /[jJ]$/.test(text) || /^[\w.]/.test(source[match.index + text.length] ?? '')) continue;
    const minus = source[match.index - 1] === '-' && UNARY_AFTER.test(source.slice(Math.max(0, match.index - 40), match.index - 1).replace(/[^]*\n/, ''));
    found.push(numeral(minus ? `-${text}` : text, match.index - (minus ? 1 : 0)));
  }
  return found;
}

/** @param {string} text @param {number} from @returns {Numeral} */
function numeral(text, from) {
  const [mantissa, exponent] = text.replaceAll('_', '').toLowerCase().split('e');
  const whole = !mantissa.includes('.') && exponent === undefined;
  return { from, to: from + text.length, text, value: Number(text.replaceAll('_', '')), whole, places: mantissa.split('.')[1]?.length ?? 0, power: Number(exponent ?? 0) };
}

/** The number that an offset touches. @param {Numeral[]} numerals @param {number} offset */
export function numeralAt(numerals, offset) {
  return numerals.find((one) => one.from <= offset && offset <= one.to) ?? null;
}

/** What one step of a number is: its last digit, but of floats at least a tenth. @param {Numeral} numeral */
export function stepOf({ whole, places, power }) {
  return whole ? 1 : 10 ** (power - Math.max(places, 1));
}

/** A number as it would be written after so many steps, in its own style. @param {Numeral} numeral @param {number} steps */
export function turned(numeral, steps) {
  return written(numeral, numeral.value + steps * stepOf(numeral));
}

/**
 * A value in the style of the number that it replaces, with as many digits as that has; with more where `places` asks.
 * @param {Numeral} numeral @param {number} value @param {number} [places] digits after the point
 */
export function written({ whole, places: own, power, text }, value, places = Math.max(own, 1)) {
  if (whole && Number.isInteger(value)) return String(value);
  const digits = Math.min(places, MOST_PLACES);
  if (!/e/i.test(text)) return plus(value.toFixed(digits));
  return `${plus((value / 10 ** power).toFixed(digits)).replace(/\.0$/, own === 0 ? '' : '.0')}e${power}`;
}

/** Zero has no sign. @param {string} text */
function plus(text) {
  return Number(text) === 0 ? text.replace('-', '') : text;
}
