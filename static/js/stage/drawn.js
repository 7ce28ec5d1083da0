/**
 * What of a scene is drawn at all.
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 */

/**
 * The scene's functions, without bookkeeping (work on `.grad` handles) and without dead ends: nameless results that nothing uses, and that no backward pass
 * reaches where there is one, such as a norm in the condition of a loop.
 * @param {State} state
 * @param {number} scene
 */
export function drawnFunctions(state, scene) {
  /** @type {Map<number, FunctionState>} */
  const drawn = new Map();
  for (const fn of state.functions.values()) {
    if (fn.scene === scene && !fn.aside) drawn.set(fn.function, fn);
  }
  const ran = [...drawn.values()].some((fn) => fn.reached !== null);
  const uses = new Map();
  for (const fn of drawn.values()) for (const id of fn.inputs) uses.set(id, (uses.get(id) ?? 0) + 1);
  for (const fn of [...drawn.values()].reverse()) {
    const wanted = (ran ? fn.reached !== null : fn.name !== null) || fn.outputs.some((id) => uses.get(id) || (state.tensors.get(id)?.names.length ?? 0) > 0);
    if (wanted) continue;
    drawn.delete(fn.function);
    for (const id of fn.inputs) uses.set(id, uses.get(id) - 1);
  }
  return drawn;
}

/**
 * What goes into the functions that are drawn and what comes of them; and what stands alone: leaves and variables that no function made.
 * @param {State} state
 * @param {number} scene
 * @param {Map<number, FunctionState>} drawn
 */
export function drawnTensors(state, scene, drawn) {
  /** @type {Set<number>} */
  const ids = new Set();
  const used = new Set([...drawn.values()].flatMap((fn) => fn.inputs));
  for (const fn of drawn.values()) {
    for (const id of fn.inputs) if (id !== null && state.tensors.has(id)) ids.add(id);
    for (const id of fn.outputs) {
      const tensor = state.tensors.get(id);
      if (tensor && (fn.outputs.length === 1 || used.has(id) || tensor.names.length > 0)) ids.add(id);
    }
  }
  for (const tensor of state.tensors.values()) {
    const alone = tensor.producer === null && tensor.scene === scene && !tensor.aside && !handedOn(tensor, state);
    if (alone && (tensor.names.length > 0 || tensor.requires_grad)) ids.add(tensor.tensor);
  }
  return ids;
}

/** Whether a backward call made a tensor to hand it to a hook or to a Function of the program's own: a gradient, which a lane shows. @param {TensorState} tensor @param {State} state */
function handedOn({ seq, requires_grad: tracked }, { calls }) {
  return !tracked && calls.some(({ from, to }) => from < seq && (to === null || seq < to));
}
