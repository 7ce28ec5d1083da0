// Questions to a person before a step of the backward pass shows its number, and what a wrong answer was probably thinking.

import { label } from './labels.js';
import { only } from './format.js';

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').Value} Value
 * @typedef {'overwrote' | 'forgot' | 'local' | 'upstream' | 'swapped' | 'sign'} Slip
 * @typedef {{kind: 'send' | 'write', step: number, node: string, name: string, given: number | null, answer: number, slips: {slip: Slip, value: number}[]}} Question
 *   `name` is the tensor that is asked about, `given` the gradient that arrives at the node or the `.grad` that stands before
 * @typedef {{verdict: 'right' | 'wrong' | 'unreadable', slip: Slip | null}} Verdict
 */

const NEAR = 0.01;

/** What can be asked before a step; null where it shows no single new gradient. @param {Trace} trace @param {number} index @returns {Question | null} */
export function questionAt(trace, index) {
  const step = trace.steps[index];
  if (!step || (step.kind !== 'node' && step.kind !== 'write')) return null;
  return trace.peek(step.to, (state) => {
    if (step.kind === 'write') {
      const tensor = step.tensor === null ? undefined : state.tensors.get(step.tensor);
      const row = tensor?.ledger.findLast((one) => one.kind === 'accumulate' && one.seq <= step.to);
      const [before, added, answer] = [numberOf(row?.before), numberOf(row?.added), numberOf(row?.after)];
      if (!tensor || added === null || answer === null) return null;
      const slips = before === null ? [] : [{ slip: /** @type {const} */ ('overwrote'), value: added }, { slip: /** @type {const} */ ('forgot'), value: before }];
      return question({ kind: 'write', step: index, node: '', name: label(state, tensor.tensor), given: before, answer, slips });
    }
    const applied = step.function === null ? undefined : state.functions.get(step.function);
    const given = numberOf(applied?.reached?.gradients[0]);
    const sent = applied?.sent.filter((one) => one.to !== null && one.tensor !== null) ?? [];
    const asked = sent.find((one) => numberOf(one.value) !== given) ?? sent[0];
    const answer = numberOf(asked?.value);
    if (!applied || !asked || given === null || answer === null) return null;
    const local = typeof asked.local === 'number' ? [{ slip: /** @type {const} */ ('upstream'), value: asked.local }] : [];
    const others = sent.filter((one) => one !== asked).flatMap((one) => (numberOf(one.value) === null ? [] : [{ slip: /** @type {const} */ ('swapped'), value: /** @type {number} */ (numberOf(one.value)) }]));
    return question({ kind: 'send', step: index, node: applied.name ?? applied.op, name: label(state, /** @type {number} */ (asked.tensor)), given, answer, slips: [{ slip: 'local', value: given }, ...local, ...others] });
  });
}

/** With the wrong sign as the last guess; a slip that would be right is none. @param {Question} made @returns {Question} */
function question(made) {
  const slips = [...made.slips, { slip: /** @type {const} */ ('sign'), value: -made.answer }];
  return { ...made, slips: slips.filter((one) => !near(one.value, made.answer, 0)) };
}

/** @param {Question} asked @param {string} text what was typed: a number or a fraction @returns {Verdict} */
export function judged(asked, text) {
  const typed = readNumber(text);
  if (typed === null) return { verdict: 'unreadable', slip: null };
  const { value, step } = typed;
  if (near(value, asked.answer, step)) return { verdict: 'right', slip: null };
  return { verdict: 'wrong', slip: asked.slips.find((one) => near(value, one.value, step))?.slip ?? null };
}

/** A number as people type it, with what half of its last digit is worth. @param {string} text @returns {{value: number, step: number} | null} */
export function readNumber(text) {
  const plain = text.normalize('NFKC').trim().replaceAll('−', '-').replace(/\s*\/\s*/, '/');
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\/(\d+\.?\d*))?$/i.exec(plain);
  if (!match) return null;
  const value = Number(match[1]) / (match[2] === undefined ? 1 : Number(match[2]));
  if (!Number.isFinite(value)) return null;
  const [mantissa, power = '0'] = match[1].toLowerCase().split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  return { value, step: match[2] === undefined && digits > 0 ? 0.5 * 10 ** (Number(power) - digits) : 0 };
}

/** @param {number} one @param {number} other @param {number} step */
const near = (one, other, step) => Math.abs(one - other) <= Math.max(NEAR * Math.abs(other), Math.min(step, 0.1 * Math.abs(other)), 1e-9);

/** @param {Value | null | undefined} value */
function numberOf(value) {
  const found = value ? only(value) : undefined;
  return typeof found === 'number' && value?.shape.length === 0 ? found : null;
}
