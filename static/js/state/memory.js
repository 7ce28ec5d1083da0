// What a run holds in memory at each of its steps, from shapes, dtypes, names and buffers that were given up.

/**
 * Python lets a tensor go once no name and no graph holds it, and tells nobody. So what is held is worked out: what a variable names, what the nodes behind it saved and have not
 * given up, what the step has in its hands, and gradients. Memory that several tensors share is counted once; what optimizers and the interpreter keep for themselves is not.
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').Step} Step
 * @typedef {import('./types.js').TensorState} TensorState
 * @typedef {import('./types.js').FunctionState} FunctionState
 * @typedef {{values: number, saved: number, gradients: number}} Held  bytes: of what the program can name, of what nodes keep for the backward pass, of gradients
 * @typedef {Held & {step: number, seq: number, total: number}} Moment
 * @typedef {(op: string) => string[]} Inputs  the names of an op's inputs, which nodes save by name
 */

const MOST_MOMENTS = 1200;
/** How many nodes are looked at for all moments together. */
const MOST_VISITS = 100_000;
/** @type {Record<string, number>} */
const WIDTHS = { float64: 8, int64: 8, complex64: 8, complex128: 16, float32: 4, int32: 4, float16: 2, bfloat16: 2, int16: 2, int8: 1, uint8: 1, bool: 1 };

/** How many bytes an array takes. @param {import('./types.js').Value} value */
export function bytesOf({ shape, dtype }) {
  return shape.reduce((size, length) => size * length, 1) * (WIDTHS[dtype] ?? 4);
}

/** The steps after which memory is looked at: each, of a very long run every few. @param {Trace} trace @returns {Step[]} */
export function stepsLookedAt(trace) {
  const nodes = trace.peek(trace.last, (state) => state.functions.size) / Math.max(1, trace.scenes.length);
  const stride = Math.max(1, Math.ceil(trace.steps.length / Math.min(MOST_MOMENTS, MOST_VISITS / Math.max(1, nodes))));
  return trace.steps.filter(({ index }) => index % stride === 0 || index === trace.steps.length - 1);
}

/** What is held after each of some steps. @param {Trace} trace @param {Step[]} steps @param {Inputs} inputsOf @returns {Moment[]} */
export function memoryAfter(trace, steps, inputsOf) {
  const { cursor } = trace;
  try {
    return steps.map((step) => {
      const held = heldIn(trace.at(step.to), step.tensors, inputsOf);
      return { ...held, step: step.index, seq: step.to, total: held.values + held.saved + held.gradients };
    });
  } finally {
    trace.at(cursor);
  }
}

/** @param {State} state @param {number[]} inHand tensors of the step @param {Inputs} inputsOf @returns {Held} */
function heldIn(state, inHand, inputsOf) {
  const named = new Set([...namedIn(state), ...inHand].filter((id) => state.tensors.has(id)));
  const saved = savedBehind(state, named, inputsOf);
  const storages = new Map([...named].map((id) => [storageOf(state, id), 'values']));
  for (const id of saved) if (!storages.has(storageOf(state, id)) || state.tensors.get(id)?.is_leaf === false) storages.set(storageOf(state, id), 'saved');
  const held = { values: 0, saved: 0, gradients: 0 };
  for (const [id, kind] of storages) {
    const tensor = state.tensors.get(id);
    if (tensor && tensor.grad_of === null) held[/** @type {keyof Held} */ (kind)] += bytesOf(tensor.value);
  }
  const flowing = state.phase === 'backward' && state.call !== null ? state.calls[state.call].targets : [];
  for (const id of new Set([...named, ...saved])) held.gradients += sizeIn(state.tensors.get(id)?.grad);
  for (const id of flowing) held.gradients += sizeIn(state.tensors.get(id)?.flow);
  return held;
}

/** @param {import('./types.js').Value | null | undefined} value */
const sizeIn = (value) => (value ? bytesOf(value) : 0);

/** Tensors that a variable names now; those of a function's own only while it runs. @param {State} state @returns {number[]} */
function namedIn(state) {
  const running = new Set(state.scopes.map((scope) => scope.label));
  return [...state.names].flatMap(([name, { tensor, value }]) => {
    const owner = name.slice(0, Math.max(0, name.indexOf('.')));
    const held = owner === '' ? null : state.names.get(owner)?.value;
    const gone = held !== null && typeof held === 'object' && held?.type === 'function' && !running.has(owner);
    if (gone) return [];
    return [tensor, ...(value !== null && typeof value === 'object' ? value.tensors ?? [] : [])].flatMap((id) => id ?? []);
  });
}

/** What the nodes behind some tensors saved and still have, with the leaves that they lead to. @param {State} state @param {Set<number>} from @param {Inputs} inputsOf @returns {Set<number>} */
function savedBehind(state, from, inputsOf) {
  /** @type {Set<number>} */
  const found = new Set();
  /** @type {Set<number>} */
  const seen = new Set();
  const waiting = [...from].flatMap((id) => state.tensors.get(id)?.producer ?? []);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const applied = state.functions.get(id);
    if (seen.has(id) || !applied || applied.name === null) continue;
    seen.add(id);
    if (!applied.freed) for (const tensor of savedBy(applied, inputsOf)) found.add(tensor);
    for (const to of applied.next) {
      if (to === null) continue;
      if (to[0] === 'function') waiting.push(to[1]);
      else found.add(to[1]);
    }
  }
  return found;
}

/** @param {FunctionState} applied @param {Inputs} inputsOf @returns {number[]} */
function savedBy(applied, inputsOf) {
  const names = inputsOf(applied.op);
  return applied.saved.flatMap((name) => {
    if (name === 'result') return applied.outputs.slice(0, 1);
    const at = names.indexOf(name);
    const id = at < 0 ? applied.outputs[Number(/\d+$/.exec(name)?.[0] ?? -1)] : applied.inputs[at];
    return id ?? [];
  });
}

/** The tensor whose memory another uses. @param {State} state @param {number} id */
function storageOf(state, id) {
  let tensor = state.tensors.get(id);
  for (let base = tensor?.base; typeof base === 'number' && tensor; base = tensor?.base) {
    const next = state.tensors.get(base);
    if (!next || next === tensor) break;
    tensor = next;
  }
  return tensor?.tensor ?? id;
}

/** The moment at which most was held, the first of such. @param {Moment[]} moments @returns {Moment | null} */
export function peakOf(moments) {
  return moments.reduce((/** @type {Moment | null} */ most, one) => (most === null || one.total > most.total ? one : most), null);
}
