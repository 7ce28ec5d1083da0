// What the events of a backward call change: seeds, input buffers, `.grad`.

import { none } from './changes.js';
import { row } from './ledger.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Target} Target */
/** @typedef {import('./types.js').Contribution} Contribution */
/** @typedef {import('./changes.js').Changes} Changes */

/**
 * @param {State} state
 * @param {Target|null} to
 * @returns {number|null} The tensor at whose input buffer a gradient for `to` arrives.
 */
export function targetTensor(state, to) {
  if (to === null) return null;
  if (to[0] === 'accumulate') return to[1];
  return state.functions.get(to[1])?.outputs[to[2]] ?? null;
}

/**
 * The functions that a call will run, counted in creation order so that no recursion is needed, and how many
 * contributions each tensor will receive from them. What goes to a tensor as it was before an in-place op comes later
 * and is counted then.
 * @param {State} state
 * @param {number[]} roots
 * @param {number[]|null} inputs  the tensors asked for (`grad`, `backward(inputs=)`); null for every leaf
 * @returns {{functions: number[], expected: Map<number, number>}}
 */
export function plan(state, roots, inputs) {
  /** @type {Set<number>} */
  const seen = new Set();
  const waiting = [];
  for (const root of roots) {
    const producer = state.tensors.get(root)?.producer ?? null;
    if (producer !== null && state.functions.get(producer)?.name) waiting.push(producer);
  }
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const to of state.functions.get(id)?.next ?? []) {
      if (to !== null && to[0] === 'function' && !seen.has(to[1])) waiting.push(to[1]);
    }
  }
  const asked = inputs && new Set(inputs);
  const functions = [];
  const needed = new Set();
  const expected = new Map();
  for (const id of [...seen].sort((a, b) => a - b)) {
    const targets = [];
    for (const to of state.functions.get(id)?.next ?? []) {
      const tensor = targetTensor(state, to);
      if (to === null || tensor === null) continue;
      const used = asked === null || asked.has(tensor) || (to[0] === 'function' && needed.has(to[1]));
      if (used) targets.push({ tensor, now: to[0] === 'accumulate' || state.tensors.get(tensor)?.producer === to[1] });
    }
    if (asked !== null && targets.length === 0) continue;
    needed.add(id);
    functions.push(id);
    for (const { tensor, now } of targets) if (now) expected.set(tensor, (expected.get(tensor) ?? 0) + 1);
  }
  return { functions, expected };
}

/** @param {State} state @param {import('./events.js').BackwardStarted} event @param {Changes} changes */
export function startCall(state, event, changes) {
  const { functions, expected } = plan(state, event.roots, event.inputs ?? null);
  /** @type {Map<number, Contribution[]>} */
  const seeds = new Map();
  event.roots.forEach((root, index) => {
    const gradient = event.gradients[index] ?? null;
    if (gradient === null) return;
    seeds.set(root, [...(seeds.get(root) ?? []), { function: null, input: null, value: gradient }]);
    expected.set(root, (expected.get(root) ?? 0) + 1);
  });
  changes.set(state, 'phase', 'backward');
  changes.set(state, 'call', event.call);
  changes.set(state, 'running', null);
  if (event.span) changes.set(state, 'span', event.span);
  changes.append(state, 'calls', {
    call: event.call, via: event.via, roots: event.roots, gradients: event.gradients, retain_graph: event.retain_graph,
    create_graph: event.create_graph, from: event.seq, to: null, line: event.line,
    targets: [...expected.keys()].sort((a, b) => a - b), reached: none(), freed: none(),
  });
  for (const [id, count] of expected) {
    const tensor = state.tensors.get(id);
    if (!tensor) continue;
    const arrived = seeds.get(id) ?? none();
    const seed = arrived[0];
    changes.set(tensor, 'call', event.call);
    changes.set(tensor, 'expected', count);
    changes.set(tensor, 'contributions', arrived);
    changes.set(tensor, 'flow', seed ? seed.value : null);
    changes.append(tensor, 'ledger', ...arrived.map(({ value }) => row(event.seq, 'contribution', { call: event.call, added: value })));
  }
  for (const id of functions) {
    const applied = state.functions.get(id);
    if (!applied?.aside) continue;
    changes.set(applied, 'aside', false);
    for (const output of applied.outputs) {
      const tensor = state.tensors.get(output);
      if (tensor) changes.set(tensor, 'aside', false);
    }
  }
}

/**
 * The node that ran is done: what passed through its outputs is gone, except what it sent to itself (an in-place op).
 * @param {State} state
 * @param {Changes} changes
 */
function leaveFunction(state, changes) {
  if (state.running === null) return;
  const applied = state.functions.get(state.running);
  for (const id of applied?.outputs ?? []) {
    const tensor = state.tensors.get(id);
    if (tensor && !applied?.sent.some((sent) => sent.tensor === id)) changes.set(tensor, 'flow', null);
  }
  changes.set(state, 'running', null);
}

/** @param {State} state @param {import('./events.js').FunctionReached} event @param {Changes} changes */
export function reachFunction(state, event, changes) {
  leaveFunction(state, changes);
  const applied = state.functions.get(event.function);
  changes.set(state, 'running', event.function);
  const call = state.calls[event.call];
  if (call) changes.append(call, 'reached', event.function);
  if (!applied) return;
  changes.set(applied, 'reached', { call: event.call, gradients: event.gradients });
  changes.set(applied, 'sent', none());
  applied.outputs.forEach((id, index) => {
    const tensor = state.tensors.get(id);
    if (tensor) changes.set(tensor, 'flow', event.gradients[index] ?? null);
  });
}

/** @param {State} state @param {import('./events.js').GradientSent} event @param {Changes} changes */
export function send(state, event, changes) {
  const applied = state.functions.get(event.function);
  if (applied) {
    changes.append(applied, 'sent', {
      input: event.input, tensor: event.tensor, to: event.to, value: event.value, summed_axes: event.summed_axes,
      arithmetic: event.arithmetic ?? null, local: event.local ?? null,
    });
  }
  const id = targetTensor(state, event.to);
  const tensor = id === null ? undefined : state.tensors.get(id);
  if (!tensor) return;
  const contribution = { function: event.function, input: event.input, value: event.value };
  const fresh = tensor.call !== event.call || (applied?.outputs.includes(tensor.tensor) && tensor.contributions.every((c) => c.function !== event.function));
  if (fresh) {
    changes.set(tensor, 'call', event.call);
    changes.set(tensor, 'contributions', [contribution]);
    changes.set(tensor, 'expected', 1);
  } else {
    changes.append(tensor, 'contributions', contribution);
    changes.set(tensor, 'expected', Math.max(tensor.expected, tensor.contributions.length + 1));
  }
  if (fresh || tensor.contributions.length === 0) changes.set(tensor, 'flow', event.value);
  changes.append(tensor, 'ledger', row(event.seq, 'contribution', {
    call: event.call, added: event.value, function: event.function, input: event.input,
  }));
}

/** @param {State} state @param {import('./events.js').GradientSummed} event @param {Changes} changes */
export function sum(state, event, changes) {
  const id = targetTensor(state, event.to) ?? event.tensor;
  const tensor = id === null ? undefined : state.tensors.get(id);
  if (!tensor) return;
  const last = tensor.contributions[tensor.contributions.length - 1];
  changes.set(tensor, 'flow', event.after);
  changes.set(tensor, 'expected', Math.max(event.of, tensor.contributions.length));
  changes.append(tensor, 'ledger', row(event.seq, 'sum', {
    call: event.call, before: event.before, added: event.added, after: event.after,
    function: last?.function ?? null, input: last?.input ?? null,
  }));
}

/** The other tensors over memory that was written to show what it holds now. @param {State} state @param {import('./events.js').Also[]} also @param {Changes} changes */
export function showWrite(state, also, changes) {
  for (const { tensor, after, version } of also) {
    const written = state.tensors.get(tensor);
    if (!written) continue;
    changes.set(written, 'value', after);
    if (version !== undefined) changes.set(written, 'version', version);
  }
}

/** @param {State} state @param {import('./events.js').GradientAccumulated} event @param {Changes} changes */
export function accumulate(state, event, changes) {
  leaveFunction(state, changes);
  const tensor = state.tensors.get(event.tensor);
  if (!tensor) return;
  const handle = tensor.handle === null ? undefined : state.tensors.get(tensor.handle);
  if (event.before === null || state.calls[event.call]?.create_graph) changes.set(tensor, 'handle', null);
  else if (handle) {
    changes.set(handle, 'value', event.after);
    changes.set(handle, 'version', handle.version + 1);
  }
  showWrite(state, event.also ?? [], changes);
  if (!event.retained) changes.set(tensor, 'flow', null);
  changes.set(tensor, 'grad', event.after);
  changes.append(tensor, 'ledger', row(event.seq, 'accumulate', {
    call: event.call, before: event.before, added: event.added, after: event.after, retained: event.retained,
  }));
}

/** @param {State} state @param {import('./events.js').BackwardFinished} event @param {Changes} changes */
export function finishCall(state, event, changes) {
  leaveFunction(state, changes);
  const call = state.calls[event.call];
  for (const id of call?.targets ?? []) {
    const tensor = state.tensors.get(id);
    if (tensor && tensor.flow !== null) changes.set(tensor, 'flow', null);
  }
  if (call) changes.set(call, 'to', event.seq);
  changes.set(state, 'phase', 'forward');
}
