import { keptAs, label } from '../state/labels.js';

/**
 * Where a run failed: the node whose backward it was in, or the inputs of the expression that could not be computed.
 * @typedef {import('../state/types.js').State} State
 * @typedef {{functions: Set<number>, tensors: Set<number>}} Faults
 */

/** Sizes that do not fit: the inner ones of a product, or those of one dimension. */
const CLASH = /\(\d+x(\d+) and (\d+)x\d+\)|tensor a \((\d+)\) must match the size of tensor b \((\d+)\)/;
const VERSIONS = /is at version (\d+); expected version (\d+)/;
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*/gu;
/** What stands in a string names nothing, but for what an f-string asks for. */
const STRING = /([A-Za-z]{0,2})('(?:\\.|[^\\'])*'|"(?:\\.|[^\\"])*")/g;

/**
 * @param {State} state
 * @param {string} source the program
 * @returns {Faults}
 */
export function faultsOf(state, source) {
  const { error } = state;
  if (state.phase !== 'failed' || error === null || error.status !== 'failed') return { functions: new Set(), tensors: new Set() };
  if (state.running !== null) {
    const cause = causeOf(state)?.tensor ?? null;
    return { functions: new Set([state.running]), tensors: new Set(cause === null ? [] : [cause]) };
  }
  const letters = [...(source.split('\n')[(error.line ?? 0) - 1] ?? '')];
  const expression = letters.slice(error.column ?? 0, error.end_column ?? undefined).join('').replace(STRING, (whole, kind) => (/f/i.test(kind) ? whole : ' '));
  const scope = state.scopes.findLast((item) => item.scope === 'function')?.label;
  const named = [...expression.matchAll(NAME)].flatMap(([name]) => prefixes(name)).map((name) => state.names.get(`${scope}.${name}`) ?? state.names.get(name));
  return { functions: new Set(), tensors: new Set(named.flatMap((bound) => (typeof bound?.tensor === 'number' ? [bound.tensor] : []))) };
}

/**
 * What was wrong where a run failed, in a key and its arguments: sizes that do not fit, a leaf that was changed in place, saved tensors that were freed, or one that was changed
 * since. Null where the picture knows no more than the error's words.
 * @param {State} state @returns {{key: string, given: Record<string, string | number>, tensor: number | null} | null}
 */
export function causeOf(state) {
  const { error, running, functions, tensors } = state;
  if (!error) return null;
  const sizes = CLASH.exec(error.message)?.slice(1).filter((size) => size !== undefined);
  if (sizes) return { key: 'stage.note.clash', given: { one: Number(sizes[0]), other: Number(sizes[1]) }, tensor: null };
  if (error.code === 'leaf-in-place') return { key: 'stage.note.leaf', given: {}, tensor: null };
  const fn = running === null ? undefined : functions.get(running);
  if (!fn) return null;
  if (error.code === 'second-backward' && fn.freed && fn.saved.length > 0) {
    const names = fn.saved.map((name) => [keptAs(fn, name), name]).map(([id, name]) => (typeof id === 'number' ? label(state, id) : name));
    return { key: 'stage.note.freed', given: { names: [...new Set(names)].join(', ') }, tensor: null };
  }
  const [, now, saved] = error.code === 'version' ? VERSIONS.exec(error.message) ?? [] : [];
  const changed = now === undefined ? undefined : [...fn.inputs, ...fn.outputs].map((id) => tensors.get(id ?? -1)).find((tensor) => tensor?.version === Number(now));
  return changed && { key: 'stage.note.version', given: { saved: Number(saved), now: Number(now) }, tensor: changed.tensor } || null;
}

/** `h.weight.T` may be a name, an attribute of a name, or a method's. @param {string} name */
function prefixes(name) {
  const parts = name.split('.');
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'));
}
