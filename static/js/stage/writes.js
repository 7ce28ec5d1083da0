/**
 * Values written in place: every tensor that shares the memory shows it.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {import('../state/events.js').TensorModified} Write
 */

/** The writes among some events, in order. @param {Trace} trace @param {number} from @param {number} to the last of the events @returns {Write[]} */
export function writesIn(trace, from, to) {
  return [...trace.events.of(['tensor-modified'], from, to)];
}

/** Every tensor that a write changed, by itself or by the memory that it shares. @param {Write[]} writes @returns {Set<number>} */
export function touched(writes) {
  return new Set(writes.flatMap((write) => [write.tensor, ...write.also.map((other) => other.tensor)]));
}

/** Every value that a tensor held before and after writes. @param {Write[]} writes @returns {Map<number, Value[]>} */
export function valuesWritten(writes) {
  /** @type {Map<number, Value[]>} */
  const values = new Map();
  const add = (/** @type {number} */ tensor, /** @type {Value[]} */ more) => values.set(tensor, [...(values.get(tensor) ?? []), ...more]);
  for (const write of writes) {
    add(write.tensor, [write.before, write.after]);
    for (const other of write.also) add(other.tensor, [other.after]);
  }
  return values;
}
