/**
 * What a badge says: the op's sign, with a plain number written into its slot.
 * @typedef {{op: string, inputs: (number | null)[], settings: Record<string, unknown> | null}} Applied
 */
import { operands } from './labels.js';
import { infixSign, opName, opSymbol, superscript } from './symbols.js';

/** Ops whose argument order matters, so that their slots are told apart. */
const ORDERED = new Set(['sub', 'rsub', 'div', 'mm', 'mv', 'bmm', 'pow', 'where', 'addmm']);
/** Ops that a plain number may stand on either side of, with the same result. */
const EITHER_SIDE = new Set(['add', 'mul']);

/** @param {string} op */
export function isOrdered(op) {
  return ORDERED.has(opName(op));
}

/**
 * The text inside a badge, such as "×", "×0.01", "x²", "1−", "tanh"; never empty.
 * @param {Applied} fn
 */
export function badgeText(fn) {
  const name = opName(fn.op);
  const sign = infixSign(name);
  if (sign === undefined) return opSymbol(fn.op);
  const [first, second] = operands(/** @type {any} */ ({ ...fn, settings: fn.settings ?? {} }), () => '');
  if (name === 'pow') return powerText(first, second);
  const plain = first || second;
  if (!plain) return sign;
  if (first && !EITHER_SIDE.has(name)) return `${plain}${sign}`;
  return plain.startsWith('−') ? `${sign}(${plain})` : `${sign}${plain}`;
}

/** @param {string | undefined} base @param {string | undefined} exponent the empty text for a tensor */
function powerText(base, exponent) {
  if (exponent) return superscript(exponent) === undefined ? `x^${exponent}` : `x${superscript(exponent)}`;
  return base ? `${base}ⁿ` : 'xⁿ';
}
