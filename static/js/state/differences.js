// What differs between two aligned runs: at their ends as a list, at two moments as marks.

import { label } from './labels.js';

/** @typedef {import('./alignment.js').Alignment} Alignment */
/** @typedef {import('./alignment.js').Run} Run */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {import('./types.js').Value} Value */
/** @typedef {'added' | 'removed' | 'op' | 'flag' | 'value' | 'gradient'} Aspect */
/** @typedef {{aspect: Aspect, name?: string, before: Value | string | null, after: Value | string | null}} Facet  of a flag `name` is its own; of an op the words are those of the table */
/** @typedef {{kind: 'tensor', name: string, before: number | null, after: number | null, line: number | null, facets: Facet[], cause: boolean}} TensorDifference  `before` and `after` are the
 *  tensors of the two runs; `cause`: nothing that it is made of differs */
/** @typedef {{kind: 'order', call: number, name: string, other: string, before: number | null, after: number | null, line: number | null, moved: number, cause: boolean}} OrderDifference  `name` ran where `other` ran before */
/** @typedef {{kind: 'ended' | 'printed', before: string | null, after: string | null, line: number | null, cause: boolean}} TextDifference */
/** @typedef {TensorDifference | OrderDifference | TextDifference} Difference */

const FLAGS = /** @type {const} */ (['requires_grad', 'is_leaf', 'retains_grad']);

/** Everything that differs at the ends of two runs: what the program's change did at first hand, then what follows from it, each in the order of the program. @param {Alignment} aligned @param {Run} before @param {Run} after @returns {Difference[]} */
export function differencesBetween(aligned, before, after) {
  return before.trace.peek(before.trace.last, (old) => after.trace.peek(after.trace.last, (now) => {
    const all = [...tensorDifferences(aligned, old, now), ...orderDifferences(aligned, old, now), ...textDifferences(old, now)];
    const place = (/** @type {Difference} */ { line }) => line ?? Infinity;
    return all.sort((one, other) => Number(other.cause) - Number(one.cause) || place(one) - place(other));
  }));
}

/** The tensors that differ at two moments, by their numbers in each run. @param {Alignment} aligned @param {State} old @param {State} now */
export function marksAt(aligned, old, now) {
  const found = tensorDifferences(aligned, old, now, true);
  /** @type {Map<number, 'added' | 'removed' | 'changed'>} */
  const before = new Map();
  /** @type {typeof before} */
  const after = new Map();
  for (const { before: was, after: is } of found) {
    if (was !== null) before.set(was, is === null ? 'removed' : 'changed');
    if (is !== null) after.set(is, was === null ? 'added' : 'changed');
  }
  return { before, after };
}

/** @param {Alignment} aligned @param {State} old @param {State} now @param {boolean} [midway] what has not come yet in one run is no difference @returns {TensorDifference[]} */
function tensorDifferences({ tensors, back, lines }, old, now, midway = false) {
  const own = (/** @type {State} */ state) => [...state.tensors.values()].filter((tensor) => !tensor.aside && tensor.grad_of === null);
  /** @type {TensorDifference[]} */
  const found = [];
  const differing = new Set();
  for (const is of own(now)) {
    const id = back.get(is.tensor);
    const was = id === undefined ? undefined : old.tensors.get(id);
    if (!was && id !== undefined && midway) continue;
    const facets = was ? facetsOf(was, is, old, now) : [{ aspect: /** @type {const} */ ('added'), before: null, after: is.value }];
    if (facets.length === 0) continue;
    const changed = facets.some(({ aspect }) => aspect !== 'gradient');
    if (changed) differing.add(is.tensor);
    const producer = is.producer === null ? undefined : now.functions.get(is.producer);
    const first = facets.some(({ aspect }) => aspect === 'op' || aspect === 'added');
    const follows = producer?.inputs.some((input) => differing.has(input)) === true;
    found.push({ kind: 'tensor', name: label(now, is.tensor), before: was?.tensor ?? null, after: is.tensor, line: is.line, facets, cause: changed && (first || !follows) });
  }
  for (const was of own(old)) {
    const id = tensors.get(was.tensor);
    if (id !== undefined && (midway || now.tensors.has(id))) continue;
    found.push({ kind: 'tensor', name: label(old, was.tensor), before: was.tensor, after: null, line: was.line === null ? null : lines.get(was.line) ?? was.line, facets: [{ aspect: 'removed', before: was.value, after: null }], cause: true });
  }
  return found;
}

/** @param {TensorState} was @param {TensorState} is @param {State} old @param {State} now @returns {Facet[]} */
function facetsOf(was, is, old, now) {
  /** @type {Facet[]} */
  const facets = [];
  const op = (/** @type {State} */ state, /** @type {TensorState} */ { producer }) => (producer === null ? null : state.functions.get(producer)?.op ?? null);
  if (op(old, was) !== op(now, is)) facets.push({ aspect: 'op', before: op(old, was), after: op(now, is) });
  for (const flag of FLAGS) if (was[flag] !== is[flag]) facets.push({ aspect: 'flag', name: flag, before: was[flag] ? 'True' : 'False', after: is[flag] ? 'True' : 'False' });
  if (!same(was.value, is.value)) facets.push({ aspect: 'value', before: was.value, after: is.value });
  const [before, after] = [gradientOf(old, was), gradientOf(now, is)];
  if (!same(before, after)) facets.push({ aspect: 'gradient', before, after });
  return facets;
}

/** The stored gradient, else the one that passes or passed through. @param {State} state @param {TensorState} tensor @returns {Value | null} */
function gradientOf(state, tensor) {
  if (tensor.grad ?? tensor.flow) return tensor.grad ?? tensor.flow;
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  return producer?.reached?.gradients[tensor.output] ?? null;
}

/** @param {Value | null} one @param {Value | null} other */
const same = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

/** Where a backward call that both runs have takes its nodes in another order. @param {Alignment} aligned @param {State} old @param {State} now @returns {OrderDifference[]} */
function orderDifferences({ functions }, old, now) {
  const known = new Map([...functions].map(([from, to]) => [to, from]));
  return now.calls.flatMap((call, number) => {
    const ran = old.calls[number]?.reached.filter((id) => functions.has(id) && call.reached.includes(/** @type {number} */ (functions.get(id)))) ?? [];
    const runs = call.reached.filter((id) => ran.includes(known.get(id) ?? -1));
    const moved = runs.filter((id, place) => known.get(id) !== ran[place]);
    if (moved.length === 0) return [];
    const place = runs.indexOf(moved[0]);
    const tensor = now.functions.get(moved[0])?.outputs[0] ?? -1;
    const was = old.functions.get(ran[place])?.outputs[0] ?? -1;
    return [{ kind: /** @type {const} */ ('order'), call: number, name: label(now, tensor), other: label(old, was), before: was, after: tensor, line: call.line, moved: moved.length, cause: false }];
  });
}

/** @param {State} old @param {State} now @returns {TextDifference[]} */
function textDifferences(old, now) {
  const told = (/** @type {State} */ { error }) => (error ? `${error.error}: ${error.message}` : null);
  /** @type {TextDifference[]} */
  const found = [];
  if (told(old) !== told(now)) found.push({ kind: 'ended', before: told(old), after: told(now), line: now.error?.line ?? old.error?.line ?? null, cause: false });
  if (old.printed !== now.printed) {
    const [was, is] = [old.printed.split('\n'), now.printed.split('\n')];
    const at = is.findIndex((line, index) => line !== was[index]);
    const first = at < 0 ? is.length - 1 : at;
    found.push({ kind: 'printed', before: was[first] ?? null, after: is[first] ?? null, line: null, cause: false });
  }
  return found;
}
