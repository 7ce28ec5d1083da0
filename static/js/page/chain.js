import { isScalar, scalarOf, summary } from '../stage/numbers.js';
import { badgeText } from '../state/signs.js';
import { html } from './dom.js';
import { filled, isNumeral, localFactor, mentions, node, numeral, unbracketed } from './formula.js';
import { section } from './inspector.js';
import { t } from './language.js';
import { build, displayed, math, number, partial } from './mathml.js';
import { symbol, symbolsOf } from './symbols.js';
import { lineText, rounded } from './values.js';

/**
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('../state/types.js').Sent} Sent
 * @typedef {import('./inspector.js').Subject} Subject
 * @typedef {import('./formula.js').Formula} Formula
 */

const SHORT_NAMES = new Map([['negative_slope', 'slope']]);
const REDUCED = ['mean', 'sum', 'none'];

/** The op's own formula for each input that needs a gradient, in the program's names. @param {FunctionState} applied @param {Subject} subject */
export function derivative(applied, { state, ops, language }) {
  const op = ops.get(applied.op);
  if (!op || applied.name === null) return null;
  const symbols = symbolsOf(applied, state);
  const names = namesIn(applied, op.inputs, symbols, state);
  const share = shareOf(applied, state);
  let arriving = false;
  let whole = true;
  const formulas = applied.inputs.flatMap((id, slot) => {
    const rule = op.rules.get(op.inputs[Math.min(slot, op.inputs.length - 1)]);
    const input = symbols.inputs[slot];
    if (id === null || !input || !applied.next[slot] || !rule) return [];
    if (op.inputs.length < applied.inputs.length && slot > 0) return [];
    const factor = localFactor(rule, { share });
    if (factor === null) {
      whole = false;
      arriving ||= mentions(rule, 'g');
      return [displayed(partial(symbols.loss.formula, input.formula, 'sent-by'), math('mo', {}, '='), build(filled(unbracketed(rule), names)))];
    }
    const formula = filled(unbracketed(factor), names);
    const local = applied.sent.find((sent) => sent.input === slot)?.local;
    const told = typeof local === 'number' && !isNumeral(formula) ? [math('mo', {}, '='), number(rounded(local))] : [];
    return [displayed(partial(symbols.output.formula, input.formula, 'local'), math('mo', {}, '='), math('mrow', { class: 'local' }, build(formula)), ...told)];
  });
  if (formulas.length === 0) return null;
  const where = [...(arriving ? [t('derivative.where', { loss: symbols.loss.text, output: symbols.output.text })] : []), ...meaningsOf(symbols, arriving || symbols.loss === symbols.output)];
  return section(t(whole ? 'inspector.derivative' : 'inspector.rule'), applied.name, ...formulas.map((formula) => html('div', { class: 'derivation' }, formula)),
    where.length > 0 ? html('p', { class: 'derivation-note' }, where.join(t('derivative.and'))) : null,
    html('p', { class: 'derivation-note' }, op.note(language)));
}

/** What the letters stand for, with or without that of the loss. @param {import('./symbols.js').Symbols} symbols @param {boolean} withLoss */
function meaningsOf({ meanings, loss }, withLoss) {
  return meanings.filter((text) => withLoss || !text.startsWith(`${loss.text} =`)).map((text) => text.replaceAll('-', '−'));
}

/** The row's names as this program's. @param {FunctionState} applied @param {string[]} inputs @param {import('./symbols.js').Symbols} symbols @param {import('../state/types.js').State} state */
function namesIn(applied, inputs, symbols, state) {
  /** @type {Map<string, Formula>} */
  const names = new Map([['result', symbols.output.formula]]);
  inputs.forEach((name, slot) => {
    const input = symbols.inputs[slot];
    if (input) names.set(name, input.formula);
  });
  for (const [name, value] of Object.entries(applied.settings)) {
    if (typeof value === 'number') names.set(SHORT_NAMES.get(name) ?? name, numeral(value));
  }
  if (applied.op === 'mean') names.set('n', numeral(sizeOf(applied, state)));
  return names;
}

/** @param {FunctionState} applied @param {import('../state/types.js').State} state */
function sizeOf(applied, state) {
  const shape = state.tensors.get(applied.inputs[0] ?? -1)?.value.shape ?? [];
  return shape.reduce((size, length) => size * length, 1);
}

/** What each element gets of the arriving gradient in a loss that reduces. @param {FunctionState} applied @param {import('../state/types.js').State} state @returns {Formula | null} */
function shareOf(applied, state) {
  const how = String(applied.settings.reduction);
  if (!REDUCED.includes(how)) return null;
  const size = sizeOf(applied, state);
  return how === 'mean' && size !== 1 ? node('mfrac', node('mn', '1'), node('mn', String(size))) : node('mn', '1');
}

/** The chain rule with the numbers that this node sent in its last backward call. @param {FunctionState} applied @param {Subject} subject @param {boolean} told whether the local derivatives stand above it, with their letters */
export function chainRule(applied, subject, told) {
  if (!applied.reached || applied.sent.length === 0) return null;
  const symbols = symbolsOf(applied, subject.state);
  const all = meaningsOf(symbols, true);
  const meanings = told ? all.filter((text) => symbols.loss !== symbols.output && !meaningsOf(symbols, false).includes(text)) : all;
  return section(t('inspector.chain'), subject.state.calls.length > 1 ? t('ledger.call', { number: applied.reached.call + 1 }) : null,
    ...applied.sent.map((sent) => html('div', { class: 'derivation' }, ...lines(applied, sent, symbols, subject))),
    meanings.length > 0 ? html('p', { class: 'derivation-note' }, meanings.join(t('derivative.and'))) : null);
}

/** @param {FunctionState} applied @param {Sent} sent @param {import('./symbols.js').Symbols} symbols @param {Subject} subject */
function lines(applied, sent, symbols, { state, ops }) {
  const input = symbols.inputs[sent.input] ?? { text: 'x', formula: symbol('x') };
  const arriving = applied.reached?.gradients[0] ?? null;
  const whole = partial(symbols.loss.formula, input.formula, 'result');
  const partOf = sent.tensor !== null && !input.slot && (state.tensors.get(sent.tensor)?.expected ?? 0) > 1;
  const left = partOf ? math('msub', {}, math('mrow', {}, math('mo', { stretchy: 'true' }, '('), whole, math('mo', { stretchy: 'true' }, ')')), math('mtext', {}, badgeText(applied))) : whole;
  const rule = displayed(left, math('mo', {}, '='), partial(symbols.loss.formula, symbols.output.formula, 'upstream'),
    math('mo', {}, '·'), partial(symbols.output.formula, input.formula, 'local'));
  const note = partOf ? html('p', { class: 'derivation-note' }, t('chain.part', { loss: symbols.loss.text, name: input.text })) : null;
  if (!isScalar(sent.value) || arriving === null || !isScalar(arriving)) {
    const table = ops.get(applied.op);
    const local = table && localFactor(table.rules.get(table.inputs[Math.min(sent.input, table.inputs.length - 1)]) ?? '', { share: shareOf(applied, state) });
    return [local ? rule : null, arriving && flowLine(symbols.output.formula, symbols.loss.formula, arriving, 'upstream'), flowLine(input.formula, symbols.loss.formula, sent.value, 'sent'),
      sent.summed_axes.length > 0 ? html('p', { class: 'derivation-note' }, t('chain.summed', { axes: sent.summed_axes.join(', ') })) : null, note];
  }
  const result = math('mrow', { class: 'sent' }, number(rounded(scalarOf(sent.value))));
  if (typeof sent.local === 'number') {
    const local = rounded(sent.local);
    return [rule, displayed(math('mo', { form: 'infix' }, '='), math('mrow', { class: 'upstream' }, number(rounded(scalarOf(arriving)))),
      math('mo', {}, '×'), math('mrow', { class: 'local' }, ...(local.startsWith('−') ? [math('mo', {}, '('), number(local), math('mo', {}, ')')] : [number(local)])),
      math('mo', {}, '='), result), note];
  }
  return [rule, displayed(math('mo', { form: 'infix' }, '='), result), note];
}

/** "∂L/∂y : [0.1, 0.2]" for an array on its way. @param {Formula} of @param {Formula} loss @param {import('../state/types.js').Value} value @param {string} role */
function flowLine(of, loss, value, role) {
  return html('p', { class: 'derivation-flow' }, math('math', { class: 'formula-inline' }, partial(loss, of, role)), html('span', { 'data-role': role }, numbersText(value)));
}

/** @param {import('../state/types.js').Value} value */
function numbersText(value) {
  const text = lineText(value);
  return text.startsWith('[') || isScalar(value) ? text : `${text} · ${summary(value)}`;
}
