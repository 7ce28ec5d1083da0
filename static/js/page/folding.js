import { NO_FOLDS } from '../stage/fold.js';

/**
 * What a person folds of the graph: a function, a module, a turn of a loop. It stays folded in the next run.
 * @param {{groups: import('../stage/fold.js').Group[], folded: boolean, isClosed: (key: string) => boolean, fold: (folds: import('../stage/fold.js').Folds) => Promise<void>}} stage
 * @param {() => void} onChange @param {import('../stage/fold.js').Folds} [begun] how the stage began
 */
export function createFolding(stage, onChange, begun = NO_FOLDS) {
  let folds = begun;

  /** @param {import('../stage/fold.js').Folds} next */
  async function take(next) {
    folds = next;
    await stage.fold(folds);
    onChange();
  }

  /** @param {string[]} keys @param {boolean} closed */
  function set(keys, closed) {
    const change = (/** @type {ReadonlySet<string>} */ those, /** @type {boolean} */ add) => new Set([...those].filter((key) => !keys.includes(key)).concat(add ? keys : []));
    return take({ open: change(folds.open, !closed), closed: change(folds.closed, closed) });
  }

  /** The groups around a function, an outer one before those inside it. @param {number | null} fn */
  const around = (fn) => (fn === null ? [] : stage.groups.filter(({ functions }) => functions[0] <= fn && functions[functions.length - 1] >= fn && functions.includes(fn)).map((group) => ({ ...group, closed: stage.isClosed(group.key) })));

  return {
    around,
    set,
    take,
    get folds() {
      return folds;
    },
    get possible() {
      return stage.groups.length > 0;
    },
    get closed() {
      return stage.folded;
    },
    /** Opens the closed group around a function, else closes the innermost one. @param {number | null} fn */
    async toggle(fn) {
      const found = around(fn);
      const group = found.find((one) => one.closed) ?? found.at(-1);
      if (group) await set([group.key], !group.closed);
    },
    /** Closes every group, or opens all where any is closed. */
    async toggleAll() {
      await set(stage.groups.map((group) => group.key), !stage.folded);
    },
  };
}
