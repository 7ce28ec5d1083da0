// The state as plain JSON, the same as the engine's own replay gives: for tests, files and messages.

/** @typedef {import('./types.js').State} State */

/**
 * A copy of the state that stays when the cursor moves; Maps become lists and objects, in order of creation.
 * @param {State} state
 * @returns {Record<string, any>}
 */
export function snapshot(state) {
  return structuredClone({
    ...state,
    tensors: [...state.tensors.values()],
    functions: [...state.functions.values()],
    names: Object.fromEntries(state.names),
  });
}
