// Changes as data, so that they can be applied and taken back.

/** Marks a change that adds an item to the end of a list. */
export const APPEND = Symbol('append');

/** What one event changes, in order: [target, key, value]; the target is an object, a Map or, with APPEND, a list. */
export class Changes {
  constructor() {
    /** @type {[any, any, any][]} */
    this.list = [];
  }

  /** @template {object} T @template {keyof T} K @param {T} target @param {K} key @param {T[K]} value */
  set(target, key, value) {
    this.list.push([target, key, value]);
  }

  /** @template K, V @param {Map<K, V>} map @param {K} key @param {V} value */
  put(map, key, value) {
    this.list.push([map, key, value]);
  }

  /** @template T @param {T[]} list @param {T} item */
  append(list, item) {
    this.list.push([list, APPEND, item]);
  }
}
