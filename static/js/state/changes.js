// Changes as data, so that they can be applied and taken back.

/** Marks a change that adds an item to the end of a list. */
const APPEND = Symbol('append');
/** Entries a change: target, key, and what stands there on the other side of the change. The target is an object, a Map (undefined: nothing stands there) or, with APPEND, a list. */
const PARTS = 3;

/** A list as long as nothing is in it: one for all, for most stay empty. @type {any[]} */
const NONE = [];
Object.freeze(NONE);

/** An empty list that `append` replaces. @template T @returns {T[]} */
export const none = () => NONE;

/** What events change, in order. Told first, applied later. A change that is applied holds what was there before, any other what will be there: to apply it and to take it back is to exchange the two. */
export class Changes {
  /** @type {any[]} */
  #log = [];
  #end = 0;

  /** Where the next change will stand. */
  get end() {
    return this.#end;
  }

  /** @param {any} target @param {any} key @param {any} other */
  tell(target, key, other) {
    const at = this.#end;
    this.#log[at] = target;
    this.#log[at + 1] = key;
    this.#log[at + 2] = other;
    this.#end = at + PARTS;
  }

  /** @template {object} T @template {keyof T} K @param {T} target @param {K} key @param {T[K]} value */
  set(target, key, value) {
    this.tell(target, key, value);
  }

  /** @template K, V @param {Map<K, V>} map @param {K} key @param {V} value */
  put(map, key, value) {
    this.tell(map, key, value);
  }

  /**
   * Adds to the end of a list that is a field of something; of one list once an event. A list of one item takes no room for more.
   * @template {object} T @template {keyof T} K @param {T} owner @param {K} key @param {...(T[K] extends (infer I)[] ? I : never)} items
   */
  append(owner, key, ...items) {
    const list = /** @type {any[]} */ (owner[key]);
    if (list === NONE && items.length > 0) this.tell(owner, key, items);
    else for (const item of items) this.tell(list, APPEND, item);
  }

  /** Applies what stands between two places. @param {number} [from] @param {number} [to] */
  apply(from = 0, to = this.end) {
    const log = this.#log;
    for (let at = from; at < to; at += PARTS) {
      if (log[at + 1] === APPEND) log[at].push(log[at + 2]);
      else exchange(log, at);
    }
  }

  /** Takes back what stands between two places, the last first. @param {number} [from] @param {number} [to] */
  takeBack(from = 0, to = this.end) {
    const log = this.#log;
    for (let at = to - PARTS; at >= from; at -= PARTS) {
      if (log[at + 1] === APPEND) log[at].pop();
      else exchange(log, at);
    }
  }

  /** All changes so far, in no more room than they take; what is told next begins anew. */
  taken() {
    const taken = new Changes();
    taken.#log = this.#log.slice(0, this.#end);
    taken.#end = this.#end;
    this.#end = 0;
    return taken;
  }

  /** Tells a gist what stands here from a place on and is not yet applied. @param {Gist} gist @param {number} from */
  tellTo(gist, from) {
    const log = this.#log;
    for (let at = from; at < this.#end; at += PARTS) gist.take(log[at], log[at + 1], log[at + 2]);
  }
}

/** Applies a change, or takes it back. @param {any[]} log @param {number} at */
function exchange(log, at) {
  const target = log[at];
  const key = log[at + 1];
  const other = log[at + 2];
  if (target instanceof Map) {
    log[at + 2] = target.get(key);
    if (other === undefined) target.delete(key);
    else target.set(key, other);
  } else {
    log[at + 2] = target[key];
    target[key] = other;
  }
}

/**
 * What is left of changes for one who sees only their beginning and their end: of a field that changes often one change, and none of what came into being
 * meanwhile, for that stays as it is at the end while it is away.
 */
export class Gist {
  /** What is left, as changes that are applied. */
  changes = new Changes();
  /** What came into being, and lists: what later changes may have as their target. */
  #made = new Set();
  /** The fields of which a change is kept. @type {Map<any, Set<any>>} */
  #fields = new Map();

  /** Takes a change before it is applied. @param {any} target @param {any} key @param {any} value */
  take(target, key, value) {
    const within = this.#made.has(target);
    if (Array.isArray(value) || (!within && (key === APPEND || target instanceof Map))) this.#made.add(value);
    if (within) return;
    if (key === APPEND) {
      this.changes.tell(target, key, value);
      return;
    }
    const known = this.#fields.get(target);
    if (known?.has(key)) return;
    if (known) known.add(key);
    else this.#fields.set(target, new Set([key]));
    this.changes.tell(target, key, target instanceof Map ? target.get(key) : target[key]);
  }
}
