// Small traces written as one would tell them; seq is counted here.

/** @param {number} data */
export const scalar = (data) => ({ shape: [], dtype: 'float32', data });

/** A trace of the given events, framed by run-started and, if not failed, run-finished. @param {any[]} told */
export function trace(told) {
  const events = [{ kind: 'run-started', line: null, schema: 1, seed: 0 }, ...told];
  if (told.at(-1)?.kind !== 'run-failed') events.push({ kind: 'run-finished', line: null, tensors: 0, functions: 0, calls: 0 });
  return events.map((event, seq) => ({ seq, ...event }));
}

/** @param {number} line */
export const reach = (line) => ({ kind: 'line-reached', line });

/** @param {number} tensor @param {number} data @param {Record<string, any>} [facts] */
export const create = (tensor, data, facts = {}) => ({
  kind: 'tensor-created', line: 1, tensor, value: scalar(data), requires_grad: false, is_leaf: true, base: null, grad_of: null, ...facts,
});

/** @param {number} tensor @param {number} data */
export const leaf = (tensor, data) => create(tensor, data, { requires_grad: true });

/** @param {string} name @param {number} tensor */
export const bind = (name, tensor) => ({ kind: 'name-bound', line: 1, name, tensor, value: null });

/**
 * @param {number} id @param {string} op @param {(number|null)[]} inputs @param {[number, number]} output
 * @param {any[]} next @param {Record<string, any>} [facts]
 */
export const apply = (id, op, inputs, [tensor, data], next, facts = {}) => ({
  kind: 'function-applied', line: 1, function: id, op, name: `${op[0].toUpperCase()}${op.slice(1)}Backward0`, inputs, settings: {},
  outputs: [{ tensor, value: scalar(data), requires_grad: true, is_leaf: false, base: null }], saved: [], next, ...facts,
});

/** @param {number} call @param {number} root @param {Record<string, any>} [facts] */
export const start = (call, root, facts = {}) => ({
  kind: 'backward-started', line: 9, call, via: 'backward', roots: [root], gradients: [scalar(1)], retain_graph: false, create_graph: false, ...facts,
});

/** @param {number} call @param {number} id @param {number} data */
export const run = (call, id, data) => ({ kind: 'function-reached', line: 9, call, function: id, gradients: [scalar(data)] });

/** @param {number} call @param {number} id @param {number} input @param {number} tensor @param {any[]} to @param {number} data */
export const send = (call, id, input, tensor, to, data) => ({
  kind: 'gradient-sent', line: 9, call, function: id, input, tensor, to, value: scalar(data), summed_axes: [],
});

/** @param {number} call @param {number} tensor @param {any[]} to @param {number} before @param {number} added @param {number} part @param {number} of */
export const sum = (call, tensor, to, before, added, part, of) => ({
  kind: 'gradient-summed', line: 9, call, tensor, to, before: scalar(before), added: scalar(added), after: scalar(before + added), part, of,
});

/** @param {number} call @param {number} tensor @param {number|null} before @param {number} added @param {boolean} [retained] */
export const write = (call, tensor, before, added, retained = false) => ({
  kind: 'gradient-accumulated', line: 9, call, tensor, before: before === null ? null : scalar(before), added: scalar(added),
  after: scalar((before ?? 0) + added), retained,
});

/** @param {number} call @param {number[]} functions */
export const free = (call, ...functions) => ({ kind: 'buffers-freed', line: 9, call, functions });

/** @param {number} call */
export const finish = (call) => ({ kind: 'backward-finished', line: 9, call });

/** y = x * x, twice used x; then backward. @returns {any[]} */
export const square = () => [
  reach(1), leaf(0, 3), bind('x', 0),
  reach(2), apply(0, 'mul', [0, 0], [1, 9], [['accumulate', 0], ['accumulate', 0]], { line: 2, saved: ['self', 'other'] }), bind('y', 1),
  reach(3), start(0, 1), run(0, 0, 1),
  send(0, 0, 0, 0, ['accumulate', 0], 3), send(0, 0, 1, 0, ['accumulate', 0], 3), sum(0, 0, ['accumulate', 0], 3, 3, 2, 2), free(0, 0),
  write(0, 0, null, 6), finish(0),
];
