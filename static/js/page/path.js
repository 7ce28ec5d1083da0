import { isScalar, scalarOf, summary } from '../stage/numbers.js';
import { label } from '../state/labels.js';
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

/**
 * The ways on which gradient came from the root to a tensor in its last backward call, one for each contribution, root first.
 * @param {TensorState} tensor @param {State} state @returns {Link[][]}
 */
export function pathsTo(tensor, state) {
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
      here = { tensor: above, from: above.contributions[0], gradient: applied.reached?.gradients[0] ?? null };
    }
    return links;
  });
}

/** @param {TensorState} tensor @param {import('./inspector.js').Subject} subject */
export function pathSection(tensor, { state, onSelect }) {
  const paths = pathsTo(tensor, state).filter((links) => links.length > 2);
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
