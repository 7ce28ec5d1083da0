import { passOf } from '../state/steps.js';
import { argumentsOf, wordsOf } from './fault.js';

/**
 * The lines a step is about: the one that runs, and in the backward pass the expression whose gradient is being worked out.
 * @param {import('../state/types.js').Step} step @param {import('../state/types.js').State} state
 * @returns {import('./editor.js').Place[]}
 */
export function placesOf(step, state) {
  const phase = step.kind === 'error' ? 'failed' : passOf(step);
  const origin = step.kind === 'node' && step.function !== null ? state.functions.get(step.function)
    : step.kind === 'write' && step.tensor !== null ? state.tensors.get(step.tensor) : undefined;
  if (!origin || origin.line === null) return step.line === null ? [] : [{ line: step.line, span: step.span, phase }];
  const places = [{ line: origin.line, span: origin.span, phase }];
  return step.line === null || step.line === origin.line ? places : [...places, { line: step.line, span: null, phase: 'calling' }];
}

/**
 * What is wrong with the text that stands in the editor, where it is the text that failed: every place that was refused, else the one at which it stopped.
 * @param {import('./session.js').Page} page @returns {import('./editor.js').Fault[]}
 */
export function faultsOf({ trace, ran, source, failure }) {
  const [failed, text] = failure ? [failure.trace, failure.source] : [trace, ran];
  const error = failed.last < 0 || source !== text ? null : failed.peek(failed.last, (end) => end.error);
  if (!error) return [];
  if (error.refusals.length > 0) return error.refusals.map((refusal) => ({ line: refusal.line, column: refusal.column, end_column: refusal.end_column, ...wordsOf(refusal, { replacement: refusal.replacement }) }));
  return error.line === null ? [] : [{ line: error.line, column: error.column, end_column: error.end_column, ...wordsOf(error, argumentsOf(failed)) }];
}
