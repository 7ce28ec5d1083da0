// The engine's queue in the middle of a backward call: what is ready, in the order in which it will run, and what still waits for a gradient.

import { label } from './labels.js';
import { opSymbol } from './symbols.js';

/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./types.js').State} State */
/** @typedef {{name: string, result: string, tensor: number | null, function: number | null, arrived: number, expected: number}} Queued  a backward node, or the AccumulateGrad of a leaf (`function` null); `name` is what
 *  is written on it, `result` what it made or writes to */
/** @typedef {{call: number, running: Queued | null, ready: Queued[], waiting: Queued[], done: number, all: number}} Queue  counts are of backward nodes */

/**
 * @param {Trace} trace @param {number} cursor
 * @returns {Queue | null} null outside a backward call
 */
export function queueAt(trace, cursor) {
  const number = trace.peek(cursor, (state) => (state.phase === 'backward' ? state.call : null));
  if (number === null) return null;
  const whole = trace.peek(trace.last, (end) => ({ order: [...(end.calls[number]?.reached ?? [])] }));
  return trace.peek(cursor, (state) => {
    const call = state.calls[number];
    const reached = new Set(call.reached);
    const running = state.running;
    const senders = sendersOf(state, whole.order);
    /** @param {number} fn @returns {Queued} */
    const node = (fn) => {
      const applied = state.functions.get(fn);
      const tensor = applied?.outputs[0] ?? null;
      const from = senders.get(`f${fn}`) ?? [];
      return { name: applied?.name ?? '', result: tensor === null ? '' : label(state, tensor), tensor, function: fn, arrived: from.filter((one) => sent(state, one, number, fn)).length, expected: from.length };
    };
    const left = whole.order.filter((fn) => !reached.has(fn)).map(node);
    const leaves = [...state.tensors.values()].filter((tensor) => tensor.is_leaf && tensor.call === number && tensor.expected > 0 && !tensor.ledger.some((row) => row.kind === 'accumulate' && row.call === number))
      .map((tensor) => ({ name: 'AccumulateGrad', result: label(state, tensor.tensor), tensor: tensor.tensor, function: null, arrived: tensor.contributions.length, expected: tensor.expected }));
    const isReady = (/** @type {Queued} */ { arrived, expected }) => arrived >= expected;
    return {
      call: number,
      running: running === null ? null : node(running),
      ready: [...leaves.filter((leaf) => call.via === 'backward' && isReady(leaf)), ...left.filter(isReady)],
      waiting: [...left, ...leaves].filter((one) => one.arrived > 0 && !isReady(one)),
      done: call.reached.length, all: whole.order.length,
    };
  });
}

/** Which nodes of a call send to each: by what it will reach. @param {State} state @param {number[]} order */
function sendersOf(state, order) {
  const runs = new Set(order);
  /** @type {Map<string, number[]>} */
  const senders = new Map();
  for (const fn of order) for (const target of state.functions.get(fn)?.next ?? []) if (target?.[0] === 'function' && runs.has(target[1])) senders.set(`f${target[1]}`, [...(senders.get(`f${target[1]}`) ?? []), fn]);
  return senders;
}

/** Whether a node has handed on what it has for another. @param {State} state @param {number} from @param {number} call @param {number} to */
function sent(state, from, call, to) {
  const applied = state.functions.get(from);
  return applied?.reached?.call === call && applied.sent.some((one) => one.to?.[0] === 'function' && one.to[1] === to);
}

/** The sign of a queued node's operation. @param {State} state @param {Queued} queued */
export const signOf = (state, queued) => (queued.function === null ? '+=' : opSymbol(state.functions.get(queued.function)?.op ?? ''));
