// Changes as data, so that they can be applied and taken back.

/** Marks a change that adds an item to the end of a list. */
const APPEND = Symbol('append');
const ABSENT = Symbol('absent');
const PARTS = 4;

/** What events change, in order. Told first, applied later: the target is an object, a Map or, with APPEND, a list. */
export class Changes {
  /** Four entries a change: target, key, value, what was there before. @type {any[]} */
  #log = [];

  /** Where the next change will stand. */
  get end() {
    return this.#log.length;
  }

  /** @template {object} T @template {keyof T} K @param {T} target @param {K} key @param {T[K]} value */
  set(target, key, value) {
    this.#log.push(target, key, value, undefined);
  }

  /** @template K, V @param {Map<K, V>} map @param {K} key @param {V} value */
  put(map, key, value) {
    this.#log.push(map, key, value, ABSENT);
  }

  /** @template T @param {T[]} list @param {T} item */
  append(list, item) {
    this.#log.push(list, APPEND, item, ABSENT);
  }

  /** Applies what stands between two places. @param {number} [from] @param {number} [to] */
  apply(from = 0, to = this.end) {
    const log = this.#log;
    for (let at = from; at < to; at += PARTS) {
      const target = log[at];
      const key = log[at + 1];
      if (key === APPEND) target.push(log[at + 2]);
      else if (target instanceof Map) {
        log[at + 3] = target.has(key) ? target.get(key) : ABSENT;
        target.set(key, log[at + 2]);
      } else {
        log[at + 3] = target[key];
        target[key] = log[at + 2];
      }
    }
  }

  /** Takes back what stands between two places, the last first. @param {number} [from] @param {number} [to] */
  takeBack(from = 0, to = this.end) {
    const log = this.#log;
    for (let at = to - PARTS; at >= from; at -= PARTS) {
      const target = log[at];
      const key = log[at + 1];
      const before = log[at + 3];
      if (key === APPEND) target.pop();
      else if (!(target instanceof Map)) target[key] = before;
      else if (before === ABSENT) target.delete(key);
      else target.set(key, before);
    }
  }

  /**
   * What is left of the changes for one who sees only their beginning and their end: of a field that changed often the last change, and none of what came
   * into being meanwhile, for that stays as it is at the end while it is away.
   */
  condensed() {
    const log = this.#log;
    const kept = new Changes();
    /** Lists that came into being, and items of Maps and lists with the lists in them: what later changes may have as their target. */
    const made = new Set();
    /** Where the change of a field stands among those that are kept. @type {Map<any, Map<any, number>>} */
    const fields = new Map();
    for (let at = 0; at < this.end; at += PARTS) {
      const [target, key, value] = [log[at], log[at + 1], log[at + 2]];
      const within = made.has(target);
      if (Array.isArray(value)) made.add(value);
      else if (!within && value !== null && typeof value === 'object' && (key === APPEND || target instanceof Map)) {
        made.add(value);
        for (const part of Object.values(value)) if (Array.isArray(part)) made.add(part);
      }
      if (within) continue;
      const known = fields.get(target) ?? new Map();
      const place = key === APPEND ? undefined : known.get(key);
      if (place === undefined) {
        if (key !== APPEND) fields.set(target, known.set(key, kept.end));
        kept.#log.push(target, key, value, log[at + 3]);
      } else kept.#log[place + 2] = value;
    }
    return kept;
  }
}
