import { isScalar, scalarOf, shortNumber } from '../stage/numbers.js';
import { label } from '../state/labels.js';
import { html } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';
import { displayed, identifier, math, number, partial } from './mathml.js';

import { lineText } from './values.js';

/**
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('../state/types.js').Sent} Sent
 * @typedef {import('./inspector.js').Subject} Subject
 */

const LONGEST_NAME = 12;

/** @param {string} name */
function shortName(name) {
  return [...name].length > LONGEST_NAME ? `${[...name].slice(0, LONGEST_NAME - 1).join('')}…` : name;
}

/** @param {string} name */
function bracketed(name) {
  return name.includes(' ') ? `(${name})` : name;
}

/** The op's own formula for each input that needs a gradient. @param {FunctionState} applied @param {Subject} subject */
export function derivative(applied, { state, ops, language }) {
  const op = ops.get(applied.op);
  if (!op || applied.name === null) return null;
  const loss = lossName(applied, state);
  const shown = new Set();
  const formulas = applied.inputs.flatMap((id, index) => {
    const name = op.inputs[index] ?? op.inputs.at(-1);
    const rule = name === undefined ? undefined : op.rules.get(name);
    if (id === null || !applied.next[index] || !rule || shown.has(name)) return [];
    shown.add(name);
    return [displayed(partial(loss, shortName(name ?? ''), 'sent-by'), math('mo', {}, '='), rule())];
  });
  if (formulas.length === 0) return null;
  const output = shortName(label(state, applied.outputs[0]));
  return section(t('inspector.derivative'), applied.name, html('div', { class: 'derivation' }, ...formulas),
    html('p', { class: 'derivation-note' }, t('derivative.where', { loss: bracketed(loss), output: bracketed(output) }), ' ', op.note(language)));
}

/** The chain rule with the numbers that this node sent in its last backward call. @param {FunctionState} applied @param {Subject} subject */
export function chainRule(applied, subject) {
  if (!applied.reached || applied.sent.length === 0) return null;
  return section(t('inspector.chain'), subject.state.calls.length > 1 ? t('ledger.call', { number: applied.reached.call + 1 }) : null,
    ...applied.sent.map((sent) => html('div', { class: 'derivation' }, ...lines(applied, sent, subject))));
}

/** @param {FunctionState} applied @param {import('../state/types.js').State} state */
function lossName(applied, state) {
  const call = state.calls[applied.reached?.call ?? state.call ?? -1];
  const root = call === undefined ? undefined : state.tensors.get(call.roots[0]);
  return root ? shortName(label(state, root.tensor)) : 'L';
}

/** @param {FunctionState} applied @param {Sent} sent @param {Subject} subject */
function lines(applied, sent, subject) {
  const { state } = subject;
  const loss = lossName(applied, state);
  const output = shortName(label(state, applied.outputs[0]));
  const input = shortName(sent.tensor === null ? '' : label(state, sent.tensor)) || 'x';
  const arriving = applied.reached?.gradients[0] ?? null;
  const rule = displayed(partial(loss, input, 'result'), math('mo', {}, '='), partial(loss, output, 'upstream'),
    math('mo', {}, '·'), partial(output, input, 'local'));
  const scalar = isScalar(sent.value) && arriving !== null && isScalar(arriving);
  if (!scalar) {
    return [rule, html('p', { class: 'derivation-shapes' }, t('chain.shapes', {
      arriving: arriving ? lineText(arriving) : '', sent: lineText(sent.value), name: input,
    })), sent.summed_axes.length > 0 ? html('p', { class: 'derivation-note' }, t('chain.summed', { axes: sent.summed_axes.join(', ') })) : null];
  }
  const result = math('mrow', { class: 'sent' }, number(shortNumber(scalarOf(sent.value))));
  if (typeof sent.local === 'number') {
    const local = shortNumber(sent.local);
    return [rule, displayed(math('mo', { form: 'infix' }, '='), math('mrow', { class: 'upstream' }, number(shortNumber(scalarOf(arriving)))),
      math('mo', {}, '×'), math('mrow', { class: 'local' }, ...(local.startsWith('−') ? [math('mo', {}, '('), number(local), math('mo', {}, ')')] : [number(local)])),
      math('mo', {}, '='), result), written(sent)];
  }
  return [rule, written(sent) ?? displayed(math('mo', { form: 'infix' }, '='), result)];
}

/** The formula with the numbers put in, as the engine wrote it. @param {Sent} sent */
function written(sent) {
  if (!sent.arithmetic || !/[^\d.eE+−-]/.test(sent.arithmetic)) return null;
  const total = isScalar(sent.value) ? ` = ${shortNumber(scalarOf(sent.value))}` : '';
  return html('p', { class: 'derivation-numbers' }, `${sent.arithmetic}${total}`.replaceAll('-', '−'));
}
