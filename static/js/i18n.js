// The texts of the page in the chosen language.

/** @typedef {'en'|'zh-CN'} Language */
/** @typedef {Record<string, string>} Catalogue  key to text with {placeholders} */
/** @typedef {Record<string, string|number>} Arguments */
/** @typedef {(key: string, args?: Arguments) => string} Translate */

/** @type {Language[]} */
export const LANGUAGES = ['en', 'zh-CN'];

/** The catalogue files of each language, without `.json`. */
export const PARTS = ['page', 'stage', 'steps', 'errors', 'inquiry'];

/**
 * Fills a text's placeholders: `{name}` by the argument, `{name|step|steps}` by the first form where the argument is 1.
 * A placeholder without an argument stays, so that it is seen.
 * @param {string} text
 * @param {Arguments} [args]
 */
export function fill(text, args = {}) {
  return text.replace(/\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}/g, (whole, name, one, many) => {
    if (!Object.hasOwn(args, name)) return whole;
    if (one === undefined) return String(args[name]);
    return Number(args[name]) === 1 ? one : many;
  });
}

/**
 * The language that a person's own list of languages asks for.
 * @param {readonly string[]} wanted  such as `navigator.languages`
 * @returns {Language}
 */
export function nearest(wanted) {
  for (const language of wanted) {
    if (/^zh\b/i.test(language)) return 'zh-CN';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}

/** Reads one catalogue file from beside this module. @param {Language} language @param {string} part @returns {Promise<Catalogue>} */
async function fetchPart(language, part) {
  const answer = await fetch(new URL(`../locales/${language}/${part}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`expected the texts ${language}/${part}.json, got status ${answer.status}`);
  return answer.json();
}

/** Gives texts in one language and tells its listeners when that changes. */
export class Translator {
  /** @type {Map<Language, Catalogue>} */
  #catalogues = new Map();
  /** @type {Set<(language: Language) => void>} */
  #listeners = new Set();
  /** @type {Language} */
  #language = 'en';
  #read;
  #wanted = 0;

  /** @param {(language: Language, part: string) => Promise<Catalogue>} [read] */
  constructor(read = fetchPart) {
    this.#read = read;
    /** @type {Translate} the text of a key; the key itself where there is none */
    this.t = (key, args) => {
      const text = this.#catalogues.get(this.#language)?.[key];
      return text === undefined ? key : fill(text, args);
    };
  }

  /** @returns {Language} */
  get language() {
    return this.#language;
  }

  /** Texts that are at hand already: nothing is read for this language. @param {Language} language @param {Catalogue} catalogue */
  learn(language, catalogue) {
    this.#catalogues.set(language, catalogue);
  }

  /**
   * Loads a language's texts once and then speaks it; of several calls the last one counts.
   * @param {Language} language
   */
  async use(language) {
    this.#wanted += 1;
    const asked = this.#wanted;
    if (!this.#catalogues.has(language)) {
      const parts = await Promise.all(PARTS.map((part) => this.#read(language, part)));
      this.#catalogues.set(language, Object.assign({}, ...parts));
    }
    if (asked !== this.#wanted) return;
    this.#language = language;
    for (const listener of this.#listeners) listener(language);
  }

  /**
   * Calls `listener` after each change of language; the answer ends that.
   * @param {(language: Language) => void} listener
   * @returns {() => void}
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
