/**
 * Where a run failed: the node whose backward it was in, or the inputs of the expression that could not be computed.
 * @typedef {import('../state/types.js').State} State
 * @typedef {{functions: Set<number>, tensors: Set<number>}} Faults
 */

const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/gu;

/**
 * @param {State} state
 * @param {string} source the program
 * @returns {Faults}
 */
export function faultsOf(state, source) {
  const { error } = state;
  if (state.phase !== 'failed' || error === null || error.status !== 'failed') return { functions: new Set(), tensors: new Set() };
  if (state.running !== null) return { functions: new Set([state.running]), tensors: new Set() };
  const letters = [...(source.split('\n')[(error.line ?? 0) - 1] ?? '')];
  const expression = letters.slice(error.column ?? 0, error.end_column ?? undefined).join('');
  const scope = state.scopes.findLast((item) => item.scope === 'function')?.label;
  const named = [...expression.matchAll(NAME)].flatMap(([name]) => prefixes(name)).map((name) => state.names.get(`${scope}.${name}`) ?? state.names.get(name));
  return { functions: new Set(), tensors: new Set(named.flatMap((bound) => (typeof bound?.tensor === 'number' ? [bound.tensor] : []))) };
}

/** `h.weight.T` may be a name, an attribute of a name, or a method's. @param {string} name */
function prefixes(name) {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}
