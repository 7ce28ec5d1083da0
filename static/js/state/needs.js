// Why a tensor needs a gradient or needs none: how `requires_grad` came to it, or where it ended.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {import('./types.js').FunctionState} FunctionState */
/** @typedef {{function: number, input: number}} Slot  one input of a function */
/**
 * `leaves` are the tensors at which it begins, `waves` the slots that it passes, those nearest the leaves first.
 * @typedef {{why: 'self' | 'inputs' | 'off' | 'blind' | 'none' | 'detached' | 'constant', tensors: number[], block: string, waves: Slot[][]}} Need  `tensors`: those that the reason names
 */

/** @param {State} state @param {TensorState} tensor @returns {Need} */
export function needOf(state, tensor) {
  const made = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  /** @param {Need['why']} why @param {number[]} [tensors] @param {string} [block] @returns {Need} */
  const because = (why, tensors = [], block = '') => ({ why, tensors, block, waves: [] });
  if (tensor.requires_grad) return tensor.is_leaf || !made ? because('self', [tensor.tensor]) : spread(state, made);
  if (!made) return tensor.base !== null && state.tensors.get(tensor.base)?.requires_grad ? because('detached', [tensor.base]) : because('constant', [tensor.tensor]);
  const inputs = [...new Set(made.inputs.filter((id) => id !== null))];
  const needing = inputs.filter((id) => state.tensors.get(id)?.requires_grad);
  if (needing.length === 0) return because('none', inputs);
  const mode = made.scopes.findLast(({ scope }) => scope === 'mode');
  return mode && mode.label !== 'enable_grad' ? because('off', needing, mode.label) : because('blind', needing);
}

/** From the leaves to the result of a function. @param {State} state @param {FunctionState} result @returns {Need} */
function spread(state, result) {
  const above = makers(state, result);
  /** How many functions stand between a tensor and the leaf that is furthest from it. @type {Map<number, number>} */
  const depths = new Map();
  /** @type {Set<number>} */
  const leaves = new Set();
  /** @type {Slot[][]} */
  const waves = [];
  for (const { function: id, inputs, outputs } of above) {
    const needing = inputs.flatMap((tensor, input) => (tensor !== null && state.tensors.get(tensor)?.requires_grad ? [{ tensor, input }] : []));
    for (const { tensor } of needing) if (state.tensors.get(tensor)?.is_leaf) leaves.add(tensor);
    const depth = Math.max(0, ...needing.map(({ tensor }) => depths.get(tensor) ?? 0));
    (waves[depth] ??= []).push(...needing.map(({ input }) => ({ function: id, input })));
    for (const output of outputs) depths.set(output, depth + 1);
  }
  return { why: 'inputs', tensors: [...leaves].sort((one, other) => one - other), block: '', waves };
}

/** Every recorded function that a result came through, in the order they ran; one that changed a tensor in place is followed by what made the tensor before. @param {State} state @param {FunctionState} result */
function makers(state, result) {
  /** @type {Map<number, FunctionState[]>} */
  const writers = new Map();
  for (const made of state.functions.values()) for (const output of made.outputs) writers.set(output, [...(writers.get(output) ?? []), made]);
  const found = new Set([result]);
  for (const made of found) { // grows meanwhile
    for (const id of made.inputs) {
      const before = id === null ? undefined : writers.get(id)?.findLast((other) => other.function < made.function && other.name !== null);
      if (before) found.add(before);
    }
  }
  return [...found].sort((one, other) => one.function - other.function);
}
