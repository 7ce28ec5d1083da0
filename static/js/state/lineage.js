// Which functions a backward call left behind: with create_graph=True it records what it computes, so that it can be differentiated too.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */

/** The backward call that recorded a function under create_graph, else null. @param {State} state @param {number|null} id @returns {number|null} */
export function grownIn(state, id) {
  const call = id === null ? null : state.functions.get(id)?.within ?? null;
  return call !== null && state.calls[call]?.create_graph ? call : null;
}
