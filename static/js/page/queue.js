import { queueAt, signOf } from '../state/ready.js';
import { fill, html, need } from './dom.js';
import { onLanguage, t } from './language.js';

/** @typedef {import('../state/ready.js').Queued} Queued */

const MOST_SHOWN = 8;

/**
 * The engine's queue over the picture while a backward call runs: what runs, what is ready in its order, what waits.
 * @param {{page: import('./session.js').PageStore, select: (tensor: number | null) => void}} parts
 */
export function createQueue({ page, select }) {
  const element = html('section', { class: 'queue', hidden: true });
  const region = need('.stage-region');
  region.append(element);

  function show() {
    const { queued, trace, cursor, view, predicting } = page.value;
    const queue = queued && !predicting && view !== 'table' && trace.last >= 0 ? queueAt(trace, cursor) : null;
    element.hidden = !queued || view === 'table' || predicting;
    region.toggleAttribute('data-queue', !element.hidden);
    element.setAttribute('aria-label', t('action.queue'));
    if (!queue) {
      fill(element, [html('p', { class: 'queue-none' }, t('queue.none'))]);
      return;
    }
    const state = trace.at(cursor);
    /** @param {Queued} one */
    const chip = (one) => html('li', {}, html('button', { type: 'button', class: 'queue-node', 'data-leaf': one.function === null, title: one.name, onclick: () => select(one.tensor) },
      html('span', { class: 'queue-sign' }, signOf(state, one)), html('span', { class: 'queue-name' }, one.result), one.arrived < one.expected ? html('span', { class: 'queue-share' }, `${one.arrived}/${one.expected}`) : null,
      html('span', { class: 'visually-hidden' }, ` ${t('queue.node', { name: one.name, result: one.result })}`)));
    /** @param {'running' | 'ready' | 'waiting'} name @param {Queued[]} those */
    const row = (name, those) => html('div', { class: 'queue-row', 'data-row': name }, html('span', { class: 'queue-title' }, t(`queue.${name}`)),
      those.length === 0 ? html('span', { class: 'queue-none' }, t('queue.nobody')) : html('ol', { class: 'queue-list', 'aria-label': t(`queue.${name}`) }, ...those.slice(0, MOST_SHOWN).map(chip), those.length > MOST_SHOWN ? html('li', { class: 'queue-none' }, `+${those.length - MOST_SHOWN}`) : null));
    fill(element, [row('running', queue.running ? [queue.running] : []), row('ready', queue.ready), row('waiting', queue.waiting), html('p', { class: 'queue-count' }, t('queue.count', { done: queue.done, all: queue.all }))]);
  }

  page.subscribe((_, changed) => {
    if (/** @type {const} */ (['queued', 'trace', 'cursor', 'view', 'predicting']).some((name) => changed.has(name))) show();
  });
  onLanguage(show);
  show();
}
