import { evaluate, operations } from '../state/algebra.js';
import { shortNumber } from '../stage/numbers.js';
import { problemOf } from '../state/symbolic.js';
import { html } from './dom.js';
import { t } from './language.js';
import { build, math, partial } from './mathml.js';
import { symbol } from './symbols.js';
import { written } from './written.js';

/**
 * The symbolic derivative of what the first backward call starts from, by each leaf: its formula and its value at the point.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./witnesses.js').Symbolic} Symbolic
 * @typedef {{nodes: number, of: (tensor: number) => Symbolic | null}} Derivatives
 */

const LONGEST = 160;
const MOST_MEANINGS = 6;
/** Formulas as they stand: while only numbers change they stay, and with them their elements. @type {Map<string, Node>} */
const views = new Map();
const REMEMBERED = 60;

/** @param {Trace} trace @returns {Derivatives | import('../state/symbolic.js').Refusal} */
export function symbolicOf(trace) {
  const problem = problemOf(trace);
  if ('code' in problem) return problem;
  const { algebra, whole, leaves, numbers, names, loss, nodes } = problem;
  const taken = [...names.values(), ...[...numbers.keys()].map((one) => (one.sort === 'symbol' ? one.name : ''))];
  return {
    nodes,
    of(tensor) {
      const leaf = leaves.get(tensor);
      if (leaf?.sort !== 'symbol') return null;
      try {
        const slope = algebra.derivative(whole, leaf);
        const value = evaluate(slope, numbers);
        const text = written(slope, names, taken);
        const key = JSON.stringify([tensor, loss, leaf.name, text, document.documentElement.lang]);
        const view = views.get(key) ?? viewOf(loss, leaf.name, text);
        views.set(key, view);
        if (views.size > REMEMBERED) views.delete(/** @type {string} */ (views.keys().next().value));
        return { value, view, operations: operations(slope) };
      } catch (error) {
        if (error instanceof RangeError) return null;
        throw error;
      }
    },
  };
}

/** Why there is no symbolic derivative; or how much there is to write, and how little to run. @param {Derivatives | import('../state/symbolic.js').Refusal} found @param {(Symbolic | null)[]} derivatives */
export function summaryOf(found, derivatives) {
  if ('code' in found) return t(`symbolic.${found.code}`, { op: found.op ?? '' });
  const count = derivatives.reduce((sum, one) => sum + (one?.operations ?? 0), 0);
  return count === 0 ? '' : t('symbolic.swell', { count: shortNumber(count, 3, count < 1e6), nodes: found.nodes });
}

/** @param {string} loss @param {string} leaf @param {import('./written.js').Written} text */
function viewOf(loss, leaf, { terms, where, size }) {
  if (size > LONGEST) return html('p', { class: 'panel-note' }, t('symbolic.long'));
  const part = (/** @type {(Node | string)[]} */ ...parts) => math('math', { class: 'formula-inline', displaystyle: 'true' }, math('mrow', {}, ...parts));
  return html('div', {},
    html('p', { class: 'witness-lines', 'data-scroll': true }, part(partial(symbol(loss), symbol(leaf), 'result'), math('mo', {}, '=')), ' ', ...terms.flatMap((term) => [part(build(term)), ' '])),
    where.length === 0 ? null : html('p', { class: 'witness-lines witness-where' }, t('symbolic.where'), ' ', ...where.slice(0, MOST_MEANINGS).flatMap(({ name, meaning }) => [part(build(name), math('mo', {}, '='), build(meaning)), ' '])));
}
