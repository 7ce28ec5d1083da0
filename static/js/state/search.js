// Finding a moment of a run by what it is about, and the chapters that a run falls into.

import { opName, opSymbol } from './symbols.js';

/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {{step: number, kind: 'turn' | 'call' | 'line', label: string, number: number, depth: number}} Chapter  `step` is where it begins; `label` the turn of a loop as the program
 *  tells it, `number` that of a call or a line */
/** @typedef {{words: string[], lines: number[], gradientOf: string[], call: number | null}} About  what a step is about: words in small letters, lines, variables whose gradient it handles, the backward call it
 *  belongs to, from 1 */

const MOST_FOUND = 300;
const MOST_LINES = 60;
const GRADIENT = [/^(?:grad(?:ient)?\s+of|d\s*\/\s*d)\s+(.+)$/i, /^(.+)\.grad$/i, /^(.+?)(?:['’]s)?\s+grad(?:ient)?$/i, /^(.+?)\s*的\s*梯度$/u];
const LINE = [/^(?:line|l)?\s*[:#]?\s*(\d+)$/i, /^第?\s*(\d+)\s*行$/u];
const CALL = [/^(?:backward(?:\(\))?(?:\s+(?:call|pass))?|call)\s*#?\s*(\d+)$/i, /^第\s*(\d+)\s*次(?:反向(?:传播)?|调用|\s*backward(?:\(\))?)?$/u];
/** Kinds whose step writes, clears or reads a gradient. @type {ReadonlySet<string>} */
const ON_GRADIENTS = new Set(['write', 'clear', 'set', 'hook', 'backward']);

/** @type {WeakMap<Trace, {events: number, about: About[]}>} */
const known = new WeakMap();

/** The steps that a question means, in order: an op, a variable, `line 9`, a node's name, `grad of w`, `backward 2`. @param {Trace} trace @param {string} question @returns {number[]} */
export function searchSteps(trace, question) {
  const asked = question.trim();
  if (asked === '' || trace.last < 0) return [];
  const all = aboutSteps(trace);
  const line = matched(LINE, asked);
  const gradient = matched(GRADIENT, asked)?.toLowerCase();
  const call = matched(CALL, asked);
  const words = asked.toLowerCase().split(/\s+/);
  /** @param {About} one */
  const means = (one) => {
    if (line !== undefined) return one.lines.includes(Number(line));
    if (call !== undefined) return one.call === Number(call);
    if (gradient !== undefined) return one.gradientOf.includes(gradient);
    return words.every((word) => one.words.some((known) => (word.length === 1 ? known === word : known.includes(word))));
  };
  /** @type {number[]} */
  const found = [];
  for (let index = 1; index < all.length && found.length < MOST_FOUND; index += 1) if (means(all[index])) found.push(index);
  return found;
}

/** @param {RegExp[]} patterns @param {string} text */
function matched(patterns, text) {
  return patterns.map((pattern) => pattern.exec(text)?.[1].trim()).find((found) => found !== undefined);
}

/** @param {Trace} trace @returns {About[]} */
function aboutSteps(trace) {
  const before = known.get(trace);
  if (before?.events === trace.events.length) return before.about;
  const about = trace.peek(trace.last, (state) => trace.steps.map((step) => {
    const names = (/** @type {number | null} */ id) => (id === null ? [] : state.tensors.get(id)?.names ?? []);
    const applied = step.function === null ? undefined : state.functions.get(step.function);
    const result = step.tensors.flatMap(names);
    const inputs = applied?.inputs.flatMap(names) ?? [];
    const handled = step.kind === 'node' ? [...result, ...inputs] : ON_GRADIENTS.has(step.kind) ? result : [];
    const ops = applied ? [applied.op, opName(applied.op), opSymbol(applied.op), applied.name ?? ''] : [];
    const gradients = step.kind === 'node' ? [] : handled.map((name) => `${name}.grad`);
    return {
      words: [...ops, ...result, ...(step.kind === 'op' ? inputs : []), ...gradients, step.kind, step.phase].filter((word) => word !== '').map((word) => word.toLowerCase()),
      lines: [step.line, applied?.line ?? null].filter((line) => line !== null),
      gradientOf: handled.map((name) => name.toLowerCase()),
      call: step.phase === 'backward' && step.call !== null ? step.call + 1 : null,
    };
  }));
  known.set(trace, { events: trace.events.length, about });
  return about;
}

/** The turns of loops and the backward calls of a run; of a short run also its lines. @param {Trace} trace @returns {Chapter[]} */
export function chaptersOf(trace) {
  /** @type {Chapter[]} */
  const found = [];
  let depth = 0;
  for (const event of trace.events.of(['scope-entered', 'scope-left', 'backward-started'])) {
    if (event.kind === 'scope-entered' && event.scope === 'loop') found.push({ step: trace.stepAt(event.seq), kind: 'turn', label: event.label, number: 0, depth: depth++ });
    else if (event.kind === 'scope-left' && event.scope === 'loop') depth -= 1;
    else if (event.kind === 'backward-started') found.push({ step: trace.stepAt(event.seq), kind: 'call', label: '', number: event.call + 1, depth });
  }
  const lines = lineChapters(trace, found.some((one) => one.kind === 'turn'));
  return [...found, ...lines].sort((one, other) => one.step - other.step || Number(other.kind === 'turn') - Number(one.kind === 'turn'));
}

/** @param {Trace} trace @param {boolean} looping */
function lineChapters(trace, looping) {
  /** @type {Chapter[]} */
  const found = [];
  for (const [index, step] of trace.steps.entries()) {
    const before = trace.steps[index - 1];
    if (looping || step.kind === 'start' || step.line === null || step.phase === 'backward' || (before?.line === step.line && before.phase === step.phase)) continue;
    found.push({ step: index, kind: 'line', label: '', number: step.line, depth: 0 });
  }
  return found.length > MOST_LINES ? [] : found;
}
