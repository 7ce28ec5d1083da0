// The comment by which a program asks for an engine that is broken on purpose: engine/overwriting.py reads the same.

import { numbers, only } from './format.js';

const DIRECTIVE = /^[ \t]*#[ \t]*gradlight:[ \t]*overwrite[ \t]*$/m;
const LINE = '# gradlight: overwrite\n';

/** Whether a program asks for the broken engine. @param {string} source */
export const isBroken = (source) => DIRECTIVE.test(source);

/** The edit that breaks the engine, or mends it where it is broken. @param {string} source @returns {{from: number, to: number, insert: string}} */
export function breakage(source) {
  const found = DIRECTIVE.exec(source);
  if (!found) return { from: 0, to: 0, insert: LINE };
  const end = found.index + found[0].length;
  return { from: found.index, to: source[end] === '\n' ? end + 1 : end, insert: '' };
}

/** @typedef {import('./types.js').Value} Value */
/** @typedef {{before: Value|null, added: Value|null, after: Value|null}} Addition */

/** What no dtype's rounding explains, as a share of the larger term. */
const NOTABLE = 0.02;

/** Whether the second term alone was kept where both were to be added. @param {Addition} addition */
export function overwrote({ before, added, after }) {
  if (!before || !added || !after) return false;
  const [old, fresh, left] = [before, added, after].map((value) => numbers(value).map(Number));
  const lost = (/** @type {number} */ at) => Math.abs(old[at]) > NOTABLE * Math.abs(fresh[at]);
  return left.every((one, at) => one === fresh[at]) && left.some((one, at) => Number.isFinite(one) && lost(at));
}

/** What both numbers make, as they should. @param {Value} before @param {Value} added @returns {Value} */
export function sumOf(before, added) {
  return { ...before, data: Math.fround(Number(only(before)) + Number(only(added))) };
}
