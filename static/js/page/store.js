/**
 * One observable value. A listener runs after each change with the new value and the names of the fields that changed.
 * @template {object} T
 * @param {T} initial
 */
export function createStore(initial) {
  let value = initial;
  /** @type {Set<(value: T, changed: Set<keyof T>) => void>} */
  const listeners = new Set();
  return {
    get value() {
      return value;
    },
    /** @param {Partial<T>} patch */
    set(patch) {
      const names = /** @type {(keyof T)[]} */ (Object.keys(patch));
      const changed = new Set(names.filter((name) => !Object.is(value[name], patch[name])));
      if (changed.size === 0) return;
      value = { ...value, ...patch };
      for (const listener of [...listeners]) listener(value, changed);
    },
    /** @param {(value: T, changed: Set<keyof T>) => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
