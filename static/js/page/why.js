import { writerOf } from '../state/causes.js';
import { label } from '../state/labels.js';
import { html } from './dom.js';
import { t } from './language.js';

/**
 * What stands beside a number: a way to the event that wrote it, or that this is it; null where nothing did.
 * @param {import('../state/types.js').TensorState} tensor @param {import('../state/causes.js').What} what @param {import('./inspector.js').Subject} subject
 */
export function whyOf(tensor, what, { state, onSeek }) {
  const seq = writerOf(tensor, what);
  if (seq === null) return null;
  if (seq === state.cursor) return html('span', { class: 'why-here' }, t('why.here'));
  const name = label(state, tensor.tensor);
  return html('button', { type: 'button', class: 'why', 'data-why': what, 'aria-label': t(`why.${what}`, { name }), title: t(`why.${what}`, { name }), onclick: () => onSeek(seq) }, t('why.ask'));
}
