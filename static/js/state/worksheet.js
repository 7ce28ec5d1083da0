// What a handout asks and answers: the first backward call of a run, node by node, the sums where its gradients meet, and the `.grad` of every leaf after every call; and the
// steps whose pictures show it.

import { label } from './labels.js';

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').Value} Value
 * @typedef {{to: string, local: number | null, value: Value}} Sending
 * @typedef {{step: number, node: string, of: string, receives: Value | null, sends: Sending[]}} Row
 * @typedef {{tensor: number, name: string, after: (Value | null)[]}} Leaf  `after` holds its `.grad` once each call has ended
 * @typedef {{name: string, parts: Value[], sum: Value}} Meeting  what came to a tensor in the first call, in order
 * @typedef {{step: number, kind: 'meet' | 'after' | 'last' | 'failed'}} Frame
 * @typedef {{forward: number, frames: Frame[], rows: Row[], more: number, meetings: Meeting[], leaves: Leaf[], calls: number}} Worksheet  `forward` is the step whose picture is asked
 *   about, `frames` those of the answers; `more` counts the nodes that are left out, `calls` the backward calls that are asked about
 */

const MOST_ROWS = 24;
const MOST_CALLS = 6;
const MOST_LEAVES = 16;
const MOST_MEETINGS = 12;

/** @param {Trace} trace @returns {Worksheet} */
export function worksheetOf(trace) {
  const started = trace.steps.findIndex((step) => step.kind === 'backward');
  const last = Math.max(trace.steps.length - 1, 0);
  if (started < 0) {
    const failed = trace.steps[last]?.kind === 'error';
    return { forward: failed ? last - 1 : last, frames: failed ? [{ step: last, kind: 'failed' }] : [], rows: [], more: 0, meetings: [], leaves: [], calls: 0 };
  }
  const { call } = trace.steps[started];
  const ended = trace.steps.findIndex((step, index) => index > started && step.kind === 'done' && step.call === call);
  const answer = ended < 0 ? last : ended;
  const nodes = trace.steps.slice(started, answer + 1).filter((step) => step.kind === 'node' && step.call === call);
  const rows = trace.peek(trace.steps[answer].to, (state) => nodes.slice(0, MOST_ROWS).map((step) => {
    const applied = step.function === null ? undefined : state.functions.get(step.function);
    return {
      step: step.index,
      node: applied?.name ?? '',
      of: applied ? label(state, applied.outputs[0]) : '',
      receives: applied?.reached?.gradients[0] ?? null,
      sends: (applied?.sent ?? []).filter((sent) => sent.to !== null && sent.tensor !== null).map((sent) => ({ to: label(state, /** @type {number} */ (sent.tensor)), local: typeof sent.local === 'number' ? sent.local : null, value: sent.value })),
    };
  }));
  const ends = trace.steps.flatMap((step, index) => (step.kind === 'done' || index === last ? [{ call: step.call, to: step.to }] : []));
  const calls = [...new Map(ends.filter((end) => end.call !== null).map((end) => [end.call, end])).values()].slice(0, MOST_CALLS);
  return {
    forward: started - 1, frames: framesOf(trace, call, answer), rows, more: Math.max(nodes.length - MOST_ROWS, 0), meetings: meetingsOf(trace, call, trace.steps[answer].to),
    leaves: leavesOf(trace, calls.map((end) => end.to)), calls: calls.length,
  };
}

/**
 * What a teacher would show of a run: where gradients of the first call first meet, that call's end, and how the run ends if later calls have added to it or failed.
 * @param {Trace} trace @param {number | null} call @param {number} answer @returns {Frame[]}
 */
function framesOf(trace, call, answer) {
  const met = trace.events.first('gradient-summed', (event) => event.call === call && event.part === event.of);
  const meeting = met ? trace.stepAt(met.seq) : answer;
  const end = trace.steps.findLast((step, index) => index > answer && (step.kind === 'error' || (step.kind === 'done' && step.call !== call)));
  return [
    ...(meeting < answer ? [/** @type {const} */ ({ step: meeting, kind: 'meet' })] : []),
    { step: answer, kind: trace.steps[answer].kind === 'error' ? 'failed' : 'after' },
    ...(end ? [/** @type {const} */ ({ step: end.index, kind: end.kind === 'error' ? 'failed' : 'last' })] : []),
  ];
}

/** The tensors to which more than one gradient came in a call. @param {Trace} trace @param {number | null} call @param {number} at @returns {Meeting[]} */
function meetingsOf(trace, call, at) {
  /** @type {Map<number, Value>} */
  const sums = new Map();
  for (const event of trace.events.of(['gradient-summed'], 0, at)) {
    if (event.call === call && event.part === event.of && event.tensor !== null) sums.set(event.tensor, event.after);
  }
  return trace.peek(at, (state) => [...sums].slice(0, MOST_MEETINGS).map(([tensor, sum]) => ({
    name: label(state, tensor), sum, parts: state.tensors.get(tensor)?.contributions.map(({ value }) => value) ?? [],
  })));
}

/** The leaves into which backward wrote. @param {Trace} trace @param {number[]} moments @returns {Leaf[]} */
function leavesOf(trace, moments) {
  const written = new Set([...trace.events.of(['gradient-accumulated'])].filter((event) => !event.retained).map((event) => event.tensor));
  return [...written].sort((one, other) => one - other).slice(0, MOST_LEAVES).map((tensor) => ({
    tensor,
    name: trace.peek(trace.last, (state) => label(state, tensor)),
    after: moments.map((seq) => trace.peek(seq, (state) => state.tensors.get(tensor)?.grad ?? null)),
  }));
}

const MOST_FIGURES = 20;

/** The steps that a person names, such as "5, 9-11", each once and in order. @param {string} text @param {number} last @returns {number[]} */
export function stepsNamed(text, last) {
  const named = [...text.matchAll(/(\d+)(?:\s*[-–—~～至]\s*(\d+))?/g)].flatMap(([, from, to = from]) => {
    const [first, end] = [Number(from), Math.min(Number(to), last)];
    return Array.from({ length: Math.min(Math.max(end - first + 1, 0), MOST_FIGURES) }, (_, at) => first + at);
  });
  return [...new Set(named)].filter((step) => step <= last).sort((one, other) => one - other).slice(0, MOST_FIGURES);
}
