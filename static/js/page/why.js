import { writerOf } from '../state/causes.js';
import { label, opName } from '../state/labels.js';
import { needOf } from '../state/needs.js';
import { join } from '../state/phrases.js';
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

/**
 * Why a tensor needs a gradient or needs none: a button, and the reason that it shows while light goes from the leaves to the tensor.
 * @param {import('../state/types.js').TensorState} tensor @param {import('./inspector.js').Subject} subject
 */
export function needWays(tensor, { state, onNeed }) {
  const name = label(state, tensor.tensor);
  const told = html('p', { class: 'flag-why', id: 'flag-why', hidden: true });
  const button = html('button', { type: 'button', class: 'why', 'data-why': 'need', 'aria-expanded': 'false', 'aria-controls': 'flag-why', 'aria-label': t('why.need', { name }), title: t('why.need', { name }), onclick() {
    const { why, tensors, block, waves } = needOf(state, tensor);
    const opens = told.hidden;
    const made = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
    told.textContent = opens ? t(`need.${why}`, { names: join(tensors.map((id) => label(state, id)), t), block, op: opName(made?.op ?? '') }) : '';
    told.hidden = !opens;
    button.setAttribute('aria-expanded', String(opens));
    onNeed(opens ? waves : null, tensors);
  } }, t('why.ask'));
  return { button, told };
}
