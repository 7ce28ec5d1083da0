// Why a number is what it is: the event that wrote it, and the steps at which a tensor has a part.

/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {import('./types.js').Row} Row */
/** @typedef {'value' | 'grad' | 'flow'} What  a tensor's value, its stored `.grad`, or the gradient that passes through */

/** The rows of a ledger that write each number. @type {Record<What, ReadonlySet<Row['kind']>>} */
const WRITERS = { value: new Set(['modify']), grad: new Set(['accumulate', 'clear', 'set']), flow: new Set(['contribution', 'sum', 'hook']) };

/**
 * The event that wrote a number of a tensor, the last one up to where the tensor's state stands; null where nothing has.
 * @param {TensorState} tensor @param {What} what @returns {number | null}
 */
export function writerOf(tensor, what) {
  const row = tensor.ledger.findLast(({ kind }) => WRITERS[what].has(kind));
  return row?.seq ?? (what === 'value' ? tensor.seq : null);
}

/**
 * The event before another that led to it: of a written `.grad` the sum that was added, of a sum its last contribution, of a contribution the one before; null at the first.
 * @param {TensorState} tensor @param {number} seq
 */
export function causeBefore(tensor, seq) {
  const at = tensor.ledger.findIndex((row) => row.seq === seq);
  const row = tensor.ledger[at];
  const before = tensor.ledger[at - 1];
  return before && row.kind !== 'modify' && before.kind !== 'modify' ? before.seq : null;
}

/**
 * The next step after another at which a tensor is made, used, changed or given a gradient, beginning again after the last; null where there is no other.
 * @param {import('./trace.js').Trace} trace @param {number} tensor @param {number} from
 */
export function nextStepOf(trace, tensor, from) {
  const parts = trace.peek(trace.last, ({ tensors, functions }) => {
    const producer = tensors.get(tensor)?.producer ?? null;
    const users = [...functions.values()].filter((applied) => applied.inputs.includes(tensor)).map((applied) => applied.function);
    return new Set(producer === null ? users : [producer, ...users]);
  });
  const has = (/** @type {number} */ index) => trace.steps[index].tensors.includes(tensor) || (trace.steps[index].function !== null && parts.has(/** @type {number} */ (trace.steps[index].function)));
  const { length } = trace.steps;
  for (let by = 1; by < length; by += 1) if (has((from + by) % length)) return (from + by) % length;
  return null;
}
