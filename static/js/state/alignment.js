// Two runs side by side: which line, operation, tensor and step of the one is which of the other, by place in the program and by order.

import { linesBetween } from './lines.js';

/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').FunctionState} FunctionState */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {{trace: Trace, source: string}} Run */
/** @typedef {{lines: Map<number, number>, functions: Map<number, number>, tensors: Map<number, number>, steps: Map<number, number>, back: Map<number, number>}} Alignment  each from the
 *  earlier run to the later one; `steps` the other way round, from the later to the earlier, `back` likewise of tensors */

/** Joins the parts of a key; no name of a program has it. */
const AND = '\u0000';

/** @param {Run} before @param {Run} after @returns {Alignment} */
export function align(before, after) {
  const lines = linesBetween(before.source, after.source);
  return before.trace.peek(before.trace.last, (old) => after.trace.peek(after.trace.last, (now) => {
    const functions = alignFunctions(old, now, lines);
    const tensors = alignTensors(old, now, lines, functions);
    const back = new Map([...tensors].map(([from, to]) => [to, from]));
    return { lines, functions, tensors, back, steps: alignSteps(before.trace, after.trace, old, now, { lines, functions, tensors }) };
  }));
}

/** Pairs what has equal keys, the first with the first, by one way to tell after another; what is paired stays so. @template T @param {T[]} old @param {T[]} now @param {(item: T) => number} idOf
 * @param {((item: T, old: boolean) => string | null)[]} ways @param {Map<number, number>} pairs */
function pair(old, now, idOf, ways, pairs) {
  const taken = new Set(pairs.values());
  for (const key of ways) {
    /** @type {Map<string, number[]>} */
    const waiting = new Map();
    for (const item of now) {
      const text = taken.has(idOf(item)) ? null : key(item, false);
      if (text !== null) waiting.set(text, [...(waiting.get(text) ?? []), idOf(item)]);
    }
    for (const item of old) {
      const text = pairs.has(idOf(item)) ? null : key(item, true);
      const match = text === null ? undefined : waiting.get(text)?.shift();
      if (match === undefined) continue;
      pairs.set(idOf(item), match);
      taken.add(match);
    }
  }
  return pairs;
}

/** The turns of loops and the calls around something; a mode such as no_grad may have been added around it. @param {{scopes: import('./types.js').Scope[]}} item */
const around = ({ scopes }) => scopes.filter(({ scope }) => scope !== 'mode').map(({ label }) => label).join('/');

/** Where an item stands, in the lines of the later program. @param {{line: number | null, scopes: import('./types.js').Scope[]}} item @param {boolean} old @param {Map<number, number>} lines */
function placeOf(item, old, lines) {
  const line = item.line === null ? 'none' : old ? lines.get(item.line) ?? `gone ${item.line}` : item.line;
  return `${around(item)}${AND}${line}`;
}

/** What belongs to the graph itself: not to a `.grad`, nor to what a program does with one. @param {TensorState} tensor */
const isOwn = (tensor) => !tensor.aside && tensor.grad_of === null;

/** @param {State} old @param {State} now @param {Map<number, number>} lines */
function alignFunctions(old, now, lines) {
  const own = (/** @type {State} */ state) => [...state.functions.values()].filter((applied) => !applied.aside);
  const names = (/** @type {FunctionState} */ applied, /** @type {boolean} */ was) => applied.inputs.map((id) => (id === null ? '' : (was ? old : now).tensors.get(id)?.name ?? '')).join();
  const made = (/** @type {FunctionState} */ applied, /** @type {boolean} */ was) => (was ? old : now).tensors.get(applied.outputs[0])?.name ?? null;
  return pair(own(old), own(now), ({ function: id }) => id, [
    (applied, was) => [placeOf(applied, was, lines), applied.op, applied.within, names(applied, was), made(applied, was)].join(AND),
    (applied, was) => [placeOf(applied, was, lines), applied.op, applied.within].join(AND),
    (applied, was) => (made(applied, was) === null ? null : [placeOf(applied, was, lines), made(applied, was)].join(AND)),
    (applied, was) => [placeOf(applied, was, lines), applied.within].join(AND),
    (applied, was) => (made(applied, was) === null ? null : [around(applied), applied.op, made(applied, was)].join(AND)),
  ], new Map());
}

/** @param {State} old @param {State} now @param {Map<number, number>} lines @param {Map<number, number>} functions */
function alignTensors(old, now, lines, functions) {
  /** @type {Map<number, number>} */
  const pairs = new Map();
  const taken = new Set();
  for (const [from, to] of functions) {
    const [was, is] = [old.functions.get(from)?.outputs ?? [], now.functions.get(to)?.outputs ?? []];
    was.forEach((id, slot) => {
      if (is[slot] === undefined || pairs.has(id) || taken.has(is[slot])) return;
      pairs.set(id, is[slot]);
      taken.add(is[slot]);
    });
  }
  const own = (/** @type {State} */ state) => [...state.tensors.values()].filter(isOwn);
  return pair(own(old), own(now), ({ tensor }) => tensor, [
    (tensor, was) => (tensor.name === null ? null : [placeOf(tensor, was, lines), tensor.name].join(AND)),
    (tensor, was) => (tensor.producer === null ? placeOf(tensor, was, lines) : null),
    (tensor) => (tensor.name === null || tensor.producer !== null ? null : [around(tensor), tensor.name].join(AND)),
  ], pairs);
}

/** A step's partner is about the same function, or the same tensor; of what is beside the graph, where it stands tells. @param {Trace} before @param {Trace} after @param {State} old @param {State} now @param {Pick<Alignment, 'lines' | 'functions' | 'tensors'>} known @returns {Map<number, number>} */
function alignSteps(before, after, old, now, { lines, functions, tensors }) {
  const told = (/** @type {number | null} */ id, /** @type {boolean} */ was, /** @type {Map<number, number>} */ pairs) => (id === null ? '' : was ? pairs.get(id) ?? `gone ${id}` : id);
  const key = (/** @type {Step} */ step, /** @type {boolean} */ was) => {
    const state = was ? old : now;
    const applied = step.function === null ? undefined : state.functions.get(step.function);
    const tensor = step.tensor === null ? undefined : state.tensors.get(step.tensor);
    const about = step.kind === 'backward' || step.kind === 'done' ? ''
      : applied && !applied.aside ? `f${told(applied.function, was, functions)}`
        : !applied && tensor && isOwn(tensor) ? `t${told(tensor.tensor, was, tensors)}` : `l${told(step.line, was, lines)}`;
    return [step.kind, step.call ?? '', about].join(AND);
  };
  const pairs = pair([...before.steps], [...after.steps], ({ index }) => index, [key], new Map());
  return new Map([...pairs].map(([old, now]) => [now, old]));
}

/** The step of the earlier run that stands beside one of the later: its own, else that of the last step before it that has one. @param {Alignment} aligned @param {number} index */
export function stepBeside({ steps }, index) {
  for (let at = index; at > 0; at -= 1) {
    const found = steps.get(at);
    if (found !== undefined) return found;
  }
  return 0;
}

/** @typedef {{before: number | null, after: number | null, moved: boolean}} Column  a step of the earlier run, of the later, or of both; `moved`: it has a partner, but elsewhere in the order */

/** The steps of both runs in one order, each pair in one column. @param {Alignment} aligned @param {number} before how many steps the earlier run has @param {number} after @returns {Column[]} */
export function columnsOf({ steps }, before, after) {
  const partnered = new Set(steps.values());
  /** @type {Column[]} */
  const columns = [];
  let next = 0;
  for (let index = 0; index < after; index += 1) {
    const old = steps.get(index);
    if (old === undefined || old < next) {
      columns.push({ before: null, after: index, moved: old !== undefined });
      continue;
    }
    for (; next < old; next += 1) columns.push({ before: next, after: null, moved: partnered.has(next) });
    columns.push({ before: old, after: index, moved: false });
    next = old + 1;
  }
  for (; next < before; next += 1) columns.push({ before: next, after: null, moved: partnered.has(next) });
  return columns;
}
