import { html } from './dom.js';
import { t, translator } from './language.js';

/**
 * @typedef {import('../state/types.js').Failure} Failure
 * @typedef {Record<string, unknown>} Arguments
 * @typedef {{code: string, message: string, hint: string | null}} Told
 */

const SHORT = 150;
const FIRST = /^[\s\S]*?[.!?](?=\s+[A-Z\p{Script=Han}])/u;

/** The first of these texts that exists with all its places filled. @param {string[]} keys @param {Arguments} given */
function text(keys, given) {
  const shown = Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'number' || typeof value === 'string')
    .map(([name, value]) => [name, /^\d{4,}$/.test(String(value)) ? Number(value).toLocaleString('en-US') : String(value)]));
  for (const key of keys) {
    const found = t(key, shown);
    if (found !== key && !/\{(?:limit|wanted|suggestion|replacement|inner|outer|rows|columns|a|b|dimension)\}/.test(found)) return found;
  }
  return null;
}

/**
 * What to say of an error: PyTorch's words as they are, our own in the person's language, and what to try.
 * @param {Told} told @param {Arguments} given the event's `arguments`, or a refusal's `replacement`
 * @returns {{message: string, hint: string | null}}
 */
export function wordsOf({ code, message, hint }, given) {
  const variants = ['suggestion', 'inner', 'dimension', 'replacement'].filter((name) => given[name] !== undefined && String(given[name]).trim() !== '').map((name) => `.${name}`);
  const hints = [...variants.map((variant) => `error.${code}${variant}`), `error.${code}`];
  if (translator.language === 'en') return { message, hint: hint ?? text(hints, given) };
  const said = [...variants.map((variant) => `said.${code}${variant}`), `said.${code}`];
  return { message: text(said, given) ?? message, hint: text(hints, given) ?? hint };
}

/** The terminal event's arguments. @param {import('../state/trace.js').Trace} trace @returns {Arguments} */
export function argumentsOf(trace) {
  const end = trace.events.at(-1);
  return end?.kind === 'run-failed' ? { ...end.arguments, ...(end.refusals?.[0] && { replacement: end.refusals[0].replacement }) } : {};
}

/** @param {Failure} error @param {Arguments} given @param {(line: number, column: number) => void} onPlace */
export function faultView(error, given, onPlace) {
  const { line, column } = error;
  const { message, hint } = wordsOf(error, given);
  const first = message.length > SHORT ? FIRST.exec(message)?.[0] ?? message : message;
  const rest = message.slice(first.length).trim();
  const more = error.refusals.length - 1;
  return html('div', { class: 'fault', role: 'alert', 'data-error': error.code },
    html('p', { class: 'fault-place' }, line === null ? error.error
      : html('button', { type: 'button', onclick: () => onPlace(line, column ?? 0) }, t('error.place', { error: error.error, line, column: (column ?? 0) + 1 }))),
    html('p', { class: 'fault-message' }, first),
    hint ? html('p', { class: 'fault-hint' }, hint) : null,
    rest === '' ? null : html('details', { class: 'fault-more' }, html('summary', {}, t('fault.more')), html('p', { class: 'fault-message' }, rest)),
    more > 0 ? html('p', { class: 'fault-count' }, t('fault.others', { count: more })) : null);
}
