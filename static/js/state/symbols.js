// How an op is written where there is little room, on badges, chips and in expressions: by the symbol of its row in the engine.

import { BEARERS } from './op-symbols.js';

/** @type {Map<string, string>} */
const SYMBOLS = new Map(Object.entries(BEARERS).flatMap(([symbol, ops]) => ops.split(' ').map((op) => [op, symbol])));

const INFIX = new Set(['add', 'sub', 'rsub', 'mul', 'div', 'mm', 'mv', 'bmm', 'pow']);
const VARIANT = /^linalg_|(?<=[a-z])_(?:number|tensor|base|scaled|dim|(?:dim_)?as)$|(?<=^gelu)_tanh$/g;
const LONGEST = 9;

/**
 * The name a person calls an op by: the table tells apart `pow` and `pow_base`, a program does not, and `torch.linalg` is where an op lives.
 * @param {string} op
 */
export function opName(op) {
  return op.replace(VARIANT, '');
}

/**
 * An op in at most nine letters, never empty: ×, Σ, tanh, MSE, tanh′.
 * @param {string} op
 * @returns {string}
 */
export function opSymbol(op) {
  const letters = [...(SYMBOLS.get(op) ?? (opName(op) || '?'))];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join('')}…` : letters.join('');
}

/** The sign that stands between the operands, for the ops that are written so. @param {string} op @returns {string | undefined} */
export function infixSign(op) {
  const name = opName(op);
  return INFIX.has(name) ? SYMBOLS.get(name) : undefined;
}

/** A whole number raised: ² ; undefined for anything else. @param {string} text */
export function superscript(text) {
  if (!/^[−]?\d+$/.test(text)) return undefined;
  return [...text].map((digit) => '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'['−0123456789'.indexOf(digit)]).join('');
}
