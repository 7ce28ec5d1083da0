// Forward mode over a program of single numbers: how fast each of them changes with one leaf, from the local derivatives that the run recorded.

/**
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').TensorState} TensorState
 * @typedef {{function: number, input: number, tensor: number, local: number, tangent: number}} Term  what one input adds: its own tangent times the local derivative
 * @typedef {{value: number | null, terms: Term[]}} Tangent  null: a local derivative on the way is not known, for no backward pass came by
 * @typedef {Map<number, Tangent>} Tangents  by tensor; what the leaf does not reach is not in it
 */

/** The leaves from which forward mode can be shown: single numbers that need a gradient and got one. @param {State} state @param {number} scene @returns {number[]} */
export function seedsIn(state, scene) {
  /** @type {Set<number>} */
  const found = new Set();
  for (const applied of state.functions.values()) {
    if (applied.scene !== scene) continue;
    for (const { tensor, local } of applied.sent) if (tensor !== null && typeof local === 'number' && state.tensors.get(tensor)?.is_leaf) found.add(tensor);
  }
  return [...found].sort((one, other) => one - other);
}

/**
 * The tangents of a scene's tensors from one leaf, whose own is 1.
 * @param {State} state at the scene's end @param {number} scene @param {number} leaf @returns {Tangents}
 */
export function tangentsFrom(state, scene, leaf) {
  /** @type {Tangents} */
  const known = new Map([[leaf, { value: 1, terms: [] }]]);
  for (const applied of state.functions.values()) {
    if (applied.scene !== scene || applied.name === null || applied.outputs.length !== 1) continue;
    let whole = true;
    /** @type {Term[]} */
    const terms = [];
    applied.inputs.forEach((tensor, input) => {
      const arriving = tensor === null ? undefined : known.get(tensor);
      if (tensor === null || !arriving) return;
      const local = applied.sent.find((sent) => sent.input === input)?.local;
      if (typeof local === 'number' && arriving.value !== null) terms.push({ function: applied.function, input, tensor, local, tangent: arriving.value });
      else whole = false;
    });
    if (terms.length === 0 && whole) continue;
    known.set(applied.outputs[0], { value: whole ? terms.reduce((sum, term) => sum + term.local * term.tangent, 0) : null, terms });
  }
  return known;
}

/** "dy", "d(y − 1)": how fast something changes, as it is written. @param {string} name */
export function differential(name) {
  return /^[\w.[\]]+$/.test(name) ? `d${name}` : `d(${name})`;
}
