/**
 * Finite differences: what backward() says, held against two runs of the program with one of its numbers a little larger and a little smaller.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./literals.js').Literal} Literal
 * @typedef {(source: string) => Promise<Trace>} Run
 */
import { numbers } from '../state/format.js';
import { numeralsIn } from './numerals.js';

/**
 * What the first backward call differentiates: its root, its elements weighted by the gradient that was given. Null where there is none.
 * @param {Trace} trace @returns {number | null}
 */
export function objectiveOf(trace) {
  const started = trace.events.first('backward-started');
  if (!started) return null;
  return trace.peek(started.seq, (state) => started.roots.reduce((/** @type {number | null} */ sum, root, at) => {
    const value = state.tensors.get(root)?.value;
    if (sum === null || !value || !('data' in value)) return null;
    const seed = started.gradients[at];
    const weights = seed && 'data' in seed ? numbers(seed).map(Number) : null;
    return sum + numbers(value).reduce((/** @type {number} */ total, one, index) => total + Number(one) * (weights?.[index] ?? 1), 0);
  }, 0));
}

/** The program with one of its numbers written anew. @param {string} source @param {number} index @param {string} text */
export function withNumber(source, index, text) {
  const numeral = numeralsIn(source)[index];
  return source.slice(0, numeral.from) + text + source.slice(numeral.to);
}

/**
 * (f(x + h) − f(x − h)) / 2h, where f is the program. Null where it does not run to its first backward call.
 * @param {string} source @param {Literal} literal @param {number} h @param {Run} run
 */
export async function centralDifference(source, literal, h, run) {
  const sides = [];
  for (const x of [literal.value + h, literal.value - h]) sides.push({ x: Math.fround(x), f: objectiveOf(await run(withNumber(source, literal.index, plain(x)))) });
  const [above, below] = sides;
  return above.f === null || below.f === null ? null : (above.f - below.f) / (above.x - below.x);
}

/** A number as a program writes a float. @param {number} value */
export function plain(value) {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
