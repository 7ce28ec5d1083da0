// The events of a run as the text that they came as, each parsed anew where somebody asks for it: kept as objects, a long run's would be copied about while it comes in.

/** @typedef {import('./types.js').Event} Event */
/** @typedef {Event['kind']} Kind */
/** @typedef {{from: number, text: string, ends: Uint32Array}} Page  the texts of some events in one; `ends` says where each ends */

/** Characters that fill a page: V8 leaves strings of more than 128 kB where they are, and copies shorter ones while they are young. */
const FULL = 1 << 18;
const AT_FIRST = 1024;

const [HEAD, KIND] = ['{"seq":', ',"kind":"'];

/**
 * What stands in the text of a batch behind each event's kind; nothing where it is not written as the engine writes it. No text of a program looks like the head of an event, for its quotes are escaped.
 * @param {string} json of the events, in order @param {readonly Event[]} events @returns {string[]}
 */
export function restsOf(json, events) {
  const rests = [];
  let from = 1;
  for (let index = 0; index < events.length; index += 1) {
    const { seq, kind } = events[index];
    const named = from + HEAD.length + String(seq).length + KIND.length;
    const rest = named + kind.length + 1;
    const end = index + 1 < events.length ? json.indexOf(`,${HEAD}`, rest) : json.lastIndexOf(']');
    if (end < 0 || !json.startsWith(kind, named)) return [];
    rests.push(json.slice(rest, end));
    from = end + 1;
  }
  return rests;
}

export class Recorded {
  /** The kinds that came, and for each event the place of its own among them; longer than the run is. @type {Kind[]} */
  #names = [];
  #kinds = new Uint8Array(AT_FIRST);
  #length = 0;
  /** @type {Page[]} */
  #pages = [];
  /** The texts behind the last page, and their length. @type {string[]} */
  #loose = [];
  #waiting = 0;
  /** Events that came without a text. @type {Map<number, Event>} */
  #whole = new Map();

  get length() {
    return this.#length;
  }

  /** Takes the next event. @param {Event} event @param {string} [rest] what its text says behind its kind; where it is not known the event itself is kept */
  push(event, rest = '') {
    const seq = this.#length;
    if (seq === this.#kinds.length) {
      const longer = new Uint8Array(2 * seq);
      longer.set(this.#kinds);
      this.#kinds = longer;
    }
    const named = this.#names.indexOf(event.kind);
    this.#kinds[seq] = named < 0 ? this.#names.push(event.kind) - 1 : named;
    this.#length += 1;
    if (rest === '') this.#whole.set(seq, event);
    this.#loose.push(rest);
    this.#waiting += rest.length;
    if (this.#waiting >= FULL) this.#fill();
  }

  /** What is loose becomes a page. */
  #fill() {
    let end = 0;
    const ends = Uint32Array.from(this.#loose, (rest) => (end += rest.length));
    this.#pages.push({ from: this.#length - ends.length, text: this.#loose.join(''), ends });
    this.#loose = [];
    this.#waiting = 0;
  }

  /** The kind of an event, which takes no parsing; undefined where there is no such event. @param {number} seq @returns {Kind | undefined} */
  kindAt(seq) {
    return seq >= 0 && seq < this.#length ? this.#names[this.#kinds[seq]] : undefined;
  }

  /** An event, made for who asks; undefined where there is none. @param {number} seq @returns {Event | undefined} */
  at(seq) {
    const kind = this.kindAt(seq);
    if (kind === undefined) return undefined;
    return this.#whole.get(seq) ?? JSON.parse(`${HEAD}${seq}${KIND}${kind}"${this.#restAt(seq)}`);
  }

  /** @param {number} seq */
  #restAt(seq) {
    const pages = this.#pages;
    const loose = seq - (this.#length - this.#loose.length);
    if (loose >= 0) return this.#loose[loose];
    let low = 0;
    let high = pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pages[middle].from <= seq) low = middle;
      else high = middle - 1;
    }
    const { from, text, ends } = pages[low];
    return text.slice(seq === from ? 0 : ends[seq - from - 1], ends[seq - from]);
  }

  /** The last event; undefined where there is none. */
  get last() {
    return this.at(this.#length - 1);
  }

  /** The events from one to another, both of them with it. @param {number} from @param {number} to @returns {Event[]} */
  between(from, to) {
    const events = [];
    for (let seq = Math.max(from, 0); seq <= Math.min(to, this.#length - 1); seq += 1) events.push(/** @type {Event} */ (this.at(seq)));
    return events;
  }

  /** Every event, in order. @returns {Generator<Event, void, void>} */
  *[Symbol.iterator]() {
    for (let seq = 0; seq < this.#length; seq += 1) yield /** @type {Event} */ (this.at(seq));
  }

  /**
   * The events of some kinds, in order; no other is parsed.
   * @template {Kind} K
   * @param {readonly K[]} kinds @param {number} [from] @param {number} [to] the last to look at
   * @returns {Generator<Extract<Event, {kind: K}>, void, void>}
   */
  *of(kinds, from = 0, to = Infinity) {
    const wanted = this.#names.map((name) => kinds.includes(/** @type {K} */ (name)));
    for (let seq = Math.max(from, 0); seq <= Math.min(to, this.#length - 1); seq += 1) {
      if (wanted[this.#kinds[seq]]) yield /** @type {Extract<Event, {kind: K}>} */ (this.at(seq));
    }
  }

  /** The first event of a kind that passes a test. @template {Kind} K @param {K} kind @param {(event: Extract<Event, {kind: K}>) => boolean} [test] */
  first(kind, test = () => true) {
    for (const event of this.of([kind])) if (test(event)) return event;
    return undefined;
  }
}
