import { isScalar, scalarOf, summary } from '../stage/numbers.js';
import { label } from '../state/labels.js';
import { arrivalsAt, pathsTo } from '../state/paths.js';
import { html } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';
import { rounded } from './values.js';

/**
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {{tensor: number, gradient: import('../state/types.js').Value | null, factor: number | null, more: number}} Link  `factor` is the local derivative that
 *   led here, `more` how many other contributions its gradient has
 */

const MOST_PATHS = 3;
const MOST_LINKS = 12;
const KEPT_ENDS = { first: 4, last: 7 };
/** Tensors whose paths were all asked for. @type {Set<number>} */
const unfolded = new Set();

/**
 * The ways on which gradient came from the root to a tensor in its last backward call, one for each contribution, root first.
 * @param {TensorState} tensor @param {State} state @returns {Link[][]}
 */
export function contributionsTo(tensor, state) {
  return tensor.contributions.filter((contribution) => contribution.function !== null).map((contribution) => {
    /** @type {Link[]} */
    const links = [];
    /** @type {{tensor: TensorState, from: typeof contribution | undefined, gradient: import('../state/types.js').Value | null}} */
    let here = { tensor, from: contribution, gradient: contribution.value };
    while (links.length < MOST_LINKS) {
      const applied = here.from?.function === null || here.from === undefined ? undefined : state.functions.get(here.from.function);
      const sent = applied?.sent.find((one) => one.input === here.from?.input);
      links.unshift({ tensor: here.tensor.tensor, gradient: here.gradient, factor: typeof sent?.local === 'number' ? sent.local : null, more: here.tensor === tensor ? 0 : here.tensor.contributions.length - 1 });
      const above = applied && applied.reached?.call === tensor.call ? state.tensors.get(applied.outputs[0]) : undefined;
      if (!applied || !above) break;
      here = { tensor: above, from: arrivalsAt(above, applied.function, state)[0], gradient: applied.reached?.gradients[0] ?? null };
    }
    return links;
  });
}

/** @param {TensorState} tensor @param {import('./inspector.js').Subject} subject */
export function pathSection(tensor, subject) {
  const found = pathsTo(tensor, subject.state);
  return found && found.paths.some((path) => path.length > 1) ? productSection(tensor, found, subject) : arraySection(tensor, subject);
}

/**
 * Every path with the product along it; their sum is the gradient.
 * @param {TensorState} tensor @param {import('../state/paths.js').Paths} found
 * @param {Pick<import('./inspector.js').Subject, 'state' | 'onSelect' | 'onPath'>} subject
 */
function productSection(tensor, { paths, count, sum, edges }, { state, onSelect, onPath }) {
  const shown = unfolded.has(tensor.tensor) ? paths : paths.slice(0, MOST_PATHS);
  const rest = sum - shown.reduce((total, path) => total + path.product, 0);
  return section(t('inspector.paths'), count > 1 ? t('paths.count', { count }) : null,
    html('ol', { class: 'products' }, ...shown.map(({ root, seed, product, links }) => {
      const light = () => onPath(links.map((link) => ({ function: link.function, input: link.input })));
      return html('li', { class: 'product', tabindex: 0, onpointerenter: light, onpointerleave: () => onPath(null), onfocus: light, onblur: () => onPath(null) },
        html('p', { class: 'product-way' }, ...shortened([root, ...links.map((link) => link.tensor)]).flatMap((stop, at) => [at === 0 ? null : html('span', { class: 'path-factor' }, '→'),
          typeof stop === 'string' ? html('span', { class: 'path-factor' }, stop) : html('button', { type: 'button', class: 'product-stop', onclick: () => onSelect(stop) }, label(state, stop))])),
        html('p', { class: 'product-sum' }, shortened([seed, ...links.map((link) => link.factor)]).map((factor) => (typeof factor === 'string' ? factor : bracketed(rounded(factor)))).join(' × '), ' = ', html('b', {}, rounded(product))));
    })),
    shown.length < count ? html('p', { class: 'derivation-note' }, html('button', { type: 'button', class: 'ledger-more', disabled: shown.length === paths.length, onclick: (/** @type {Event} */ event) => {
      unfolded.add(tensor.tensor);
      const old = /** @type {Element} */ (event.target).closest('.inspector-section');
      old?.replaceWith(productSection(tensor, { paths, count, sum, edges }, { state, onSelect, onPath }));
    } }, t('paths.more', { count: count - shown.length, sum: rounded(rest) }))) : null,
    count > 1 ? html('p', { class: 'derivation-note' }, t('paths.sum', { sum: rounded(sum), count, edges })) : null);
}

/** A long way keeps its beginning and its end, and between them how many are left out. @param {number[]} stops @returns {(number | string)[]} */
export function shortened(stops) {
  const out = stops.length - KEPT_ENDS.first - KEPT_ENDS.last;
  return out < 2 ? stops : [...stops.slice(0, KEPT_ENDS.first), `⋯ ${out} ⋯`, ...stops.slice(-KEPT_ENDS.last)];
}

/** @param {string} text */
const bracketed = (text) => (text.startsWith('−') ? `(${text})` : text);

/** @param {TensorState} tensor @param {import('./inspector.js').Subject} subject */
function arraySection(tensor, { state, onSelect }) {
  const paths = contributionsTo(tensor, state).filter((links) => links.length > 2);
  if (paths.length === 0) return null;
  return section(t('inspector.path'), null, ...paths.slice(0, MOST_PATHS).map((links) => html('ol', { class: 'path' }, ...links.map((link, index) => {
    const name = label(state, link.tensor);
    return html('li', { class: 'path-link' },
      index === 0 ? null : html('span', { class: 'path-factor' }, link.factor === null ? '→' : `× ${rounded(link.factor)}`),
      html('button', { type: 'button', class: 'path-stop', 'data-here': link.tensor === tensor.tensor, onclick: () => onSelect(link.tensor) },
        html('span', { class: 'path-name' }, name),
        html('span', { class: 'path-gradient' }, link.gradient === null ? '' : isScalar(link.gradient) ? rounded(scalarOf(link.gradient)) : summary(link.gradient)),
        link.more > 0 ? html('span', { class: 'path-more', title: t('path.more', { count: link.more }) }, `+${link.more}`) : null));
  }))));
}
