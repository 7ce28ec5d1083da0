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
/** Of more tensors at which a path may begin the list is made when it is asked for. */
const MOST_BEGINNINGS = 20;
const KEPT_ENDS = { first: 4, last: 7 };
/** Tensors whose paths were all asked for. @type {Set<number>} */
const unfolded = new Set();
/** Where the paths to a tensor begin, if not at the root. @type {Map<number, number>} */
const begins = new Map();

/**
 * The ways on which gradient came from the root to a tensor in its last backward call, one for each contribution, root first.
 * @param {TensorState} tensor @param {State} state @returns {Link[][]}
 */
function contributionsTo(tensor, state) {
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
  const whole = pathsTo(tensor, subject.state);
  return whole && whole.paths.some((path) => path.length > 1) ? productSection(tensor, whole, subject) : arraySection(tensor, subject);
}

/**
 * Every path with the product along it; their sum is the gradient, or from a tensor on the way its derivative.
 * @param {TensorState} tensor @param {import('../state/paths.js').Paths} whole from the root
 * @param {Pick<import('./inspector.js').Subject, 'state' | 'onSelect' | 'onPath'>} subject
 */
function productSection(tensor, whole, subject) {
  const { state, onSelect, onPath } = subject;
  const [root] = whole.starts;
  const from = whole.starts.find((id) => id === begins.get(tensor.tensor)) ?? root;
  const { paths, count, sum, edges } = (from === root ? null : pathsTo(tensor, state, from)) ?? whole;
  const shown = unfolded.has(tensor.tensor) ? paths : paths.slice(0, MOST_PATHS);
  const rest = sum - shown.reduce((total, path) => total + path.product, 0);
  const again = (/** @type {Event} */ event) => {
    const old = /** @type {Element} */ (event.target).closest('.inspector-section');
    const next = productSection(tensor, whole, subject);
    old?.replaceWith(next);
    /** @type {HTMLElement | null} */ (next.querySelector('select'))?.focus();
  };
  const name = (/** @type {number} */ id) => label(state, id);
  const option = (/** @type {number} */ id) => html('option', { value: String(id), selected: id === from }, name(id));
  const beginning = whole.starts.length === 1 ? null : html('select', {
    class: 'path-from', 'aria-label': t('paths.from'), onchange: (/** @type {Event} */ event) => {
      begins.set(tensor.tensor, Number(/** @type {HTMLSelectElement} */ (event.target).value));
      again(event);
    },
  }, ...(whole.starts.length > MOST_BEGINNINGS ? [from] : whole.starts).map(option));
  for (const asked of ['pointerdown', 'focus']) beginning?.addEventListener(asked, () => beginning.options.length === 1 && beginning.replaceChildren(...whole.starts.map(option)));
  return section(t(beginning ? 'paths.begin' : 'inspector.paths'), beginning,
    html('ol', { class: 'products' }, ...shown.map(({ root: start, seed, product, links }) => {
      const light = () => onPath(links.map((link) => ({ function: link.function, input: link.input })));
      const factors = [...(from === root ? [seed] : []), ...links.map((link) => link.factor)];
      return html('li', { class: 'product', tabindex: 0, onpointerenter: light, onpointerleave: () => onPath(null), onfocus: light, onblur: () => onPath(null) },
        html('p', { class: 'product-way' }, ...shortened([start, ...links.map((link) => link.tensor)]).flatMap((stop, at) => [at === 0 ? null : html('span', { class: 'path-factor' }, '→'),
          typeof stop === 'string' ? html('span', { class: 'path-factor' }, stop) : html('button', { type: 'button', class: 'product-stop', onclick: () => onSelect(stop) }, name(stop))])),
        html('p', { class: 'product-sum' }, shortened(factors).map((factor) => (typeof factor === 'string' ? factor : bracketed(rounded(factor)))).join(' × '), ' = ', html('b', {}, rounded(product))));
    })),
    shown.length < count ? html('p', { class: 'derivation-note' }, html('button', { type: 'button', class: 'ledger-more', disabled: shown.length === paths.length, onclick: (/** @type {Event} */ event) => {
      unfolded.add(tensor.tensor);
      again(event);
    } }, t('paths.more', { count: count - shown.length, sum: rounded(rest) }))) : null,
    from !== root ? html('p', { class: 'derivation-note' }, t('paths.between', { from: name(from), to: name(tensor.tensor), sum: rounded(sum), count, edges }))
      : count > 1 ? html('p', { class: 'derivation-note' }, t('paths.sum', { sum: rounded(sum), count, edges })) : null);
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
