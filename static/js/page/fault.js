import { html } from './dom.js';
import { icon } from './icons.js';
import { codeIn } from './inline-code.js';
import { t, translator } from './language.js';

/**
 * @typedef {import('../state/types.js').Failure} Failure
 * @typedef {Record<string, unknown>} Arguments
 * @typedef {{code: string, message: string, hint: string | null}} Told
 * @typedef {import('./mending.js').Mending} Mending
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
  const variants = ['reason', 'suggestion', 'inner', 'dimension', 'replacement'].filter((name) => given[name] !== undefined && String(given[name]).trim() !== '').map((name) => `.${name === 'reason' ? given[name] : name}`);
  const hints = [...variants.map((variant) => `error.${code}${variant}`), `error.${code}`];
  if (translator.language === 'en') return { message, hint: hint ?? text(hints, given) };
  const said = [...variants.map((variant) => `said.${code}${variant}`), `said.${code}`];
  return { message: text(said, given) ?? message, hint: text(hints, given) ?? hint };
}

/** The terminal event's arguments. @param {import('../state/trace.js').Trace} trace @returns {Arguments} */
export function argumentsOf(trace) {
  const end = trace.events.last;
  return end?.kind === 'run-failed' ? { ...end.arguments, ...(end.refusals?.[0] && { replacement: end.refusals[0].replacement }) } : {};
}

/** What to try, the code in it written as code, which may go over to the next line behind its signs. @param {string} hint */
function hintView(hint) {
  const code = (/** @type {string} */ text) => html('code', {}, ...text.split(/(?<=[(.,=])(?!\))/).flatMap((part) => [part, html('wbr')]));
  return html('p', { class: 'fault-hint' }, ...codeIn(hint).map((part, index) => (index % 2 === 1 ? code(part) : part)));
}

/** The button that mends the program, and what the line then reads. @param {Mending} mending @param {() => unknown} onMend */
function mendView({ count, preview }, onMend) {
  return html('div', { class: 'fault-mend', 'data-mend': true },
    preview === null ? null : html('pre', { class: 'fault-preview' }, html('code', {}, preview)),
    html('button', { type: 'button', class: 'button', onclick: () => void onMend() }, icon('check'), t(count === 1 ? 'fault.mend' : 'fault.mendAll', { count })));
}

/**
 * What was noticed of a run that did not fail; the first that can be mended has the button.
 * @param {import('../state/types.js').Notice} notice
 * @param {{mending: Mending | null, onMend: () => unknown, onPlace: (line: number, column: number) => void}} can
 */
export function noticeView(notice, { mending, onMend, onPlace }) {
  const [line, column] = notice.span;
  const { message, hint } = wordsOf(notice, notice.arguments);
  return html('div', { class: 'fault', 'data-tone': 'notice', 'data-notice': notice.code },
    html('p', { class: 'fault-place' }, html('button', { type: 'button', onclick: () => onPlace(line, column) }, t('notice.place', { line }))),
    html('p', { class: 'fault-message' }, message),
    hint ? hintView(hint) : null,
    mending ? mendView(mending, onMend) : null);
}

/**
 * @param {Failure} error @param {Arguments} given
 * @param {{mending: Mending | null, onMend: () => unknown, onPlace: (line: number, column: number) => void}} can
 */
export function faultView(error, given, { mending, onMend, onPlace }) {
  const { line, column } = error;
  const { message, hint } = wordsOf(error, given);
  const first = message.length > SHORT ? FIRST.exec(message)?.[0] ?? message : message;
  const rest = message.slice(first.length).trim();
  const more = Number(given.places ?? error.refusals.length) - 1;
  return html('div', { class: 'fault', role: 'alert', 'data-error': error.code },
    html('p', { class: 'fault-place' }, line === null ? error.error
      : html('button', { type: 'button', onclick: () => onPlace(line, column ?? 0) }, t('error.place', { error: error.error, line, column: (column ?? 0) + 1 }))),
    html('p', { class: 'fault-message' }, first),
    hint ? hintView(hint) : null,
    mending ? mendView(mending, onMend) : null,
    rest === '' ? null : html('details', { class: 'fault-more' }, html('summary', {}, t('fault.more')), html('p', { class: 'fault-message' }, rest)),
    more > 0 ? html('p', { class: 'fault-count' }, t('fault.others', { count: more })) : null);
}
