/** The fonts of a picture as data inside it: of each font the glyphs of the letters that stand there, since a picture may load nothing from outside. */
import { writesChinese } from './chinese.js';
import { subsetFont } from './sfnt.js';
import { svg } from './svg.js';

const VENDOR = new URL('../../vendor/', import.meta.url);
const MATHEMATICS = { family: 'STIX Two Math', address: new URL('stix-two-math.ttf', VENDOR).href, weight: '' };
const REMEMBERED = 200;

/** A font of ours that did not arrive. A browser asks for a page's font once, so only a page loaded anew can have it. */
export class FontFailure extends Error {}

/** @param {unknown} error @returns {never} */
function failed(error) {
  throw new FontFailure(error instanceof Error ? error.message : String(error), { cause: error });
}

/**
 * A font file that may hold a letter.
 * @typedef {{family: string, address: string, weight: string}} Source
 * @typedef {Source & {range: string}} Rule
 */

/**
 * A style element with the glyphs that a picture's words need, all under the name of the family that each text asks for first; and the letters that none of our fonts
 * holds: those are drawn by whatever the viewer has.
 * @param {Element} root
 * @returns {Promise<{style: SVGStyleElement, missing: string[]}>}
 */
export async function fontsFor(root) {
  const { css, missing } = await facesFor(lettersByFamily(root));
  return { style: svg('style', {}, [css]), missing };
}

/**
 * Style rules with the glyphs of letters, by the family whose name they get; and the letters that none of our fonts holds.
 * @param {Map<string, Set<string>>} wishes
 * @returns {Promise<{css: string, missing: string[]}>}
 */
export async function facesFor(wishes) {
  const chinese = await chineseParts();
  /** @type {Map<string, {source: Source, letters: Set<string>}>} */
  const wanted = new Map();
  const missing = new Set();
  for (const [family, letters] of wishes) {
    for (const letter of letters) {
      const sources = sourcesOf(family, letter, chinese);
      if (letter.trim() === '' && sources[0].family !== family) continue;
      for (const source of sources) {
        const key = `${source.address} ${family}`;
        const entry = wanted.get(key) ?? { source: { ...source, family, weight: weightOf(family) }, letters: new Set() };
        entry.letters.add(letter);
        wanted.set(key, entry);
      }
      if (sources[0] === MATHEMATICS) missing.add(letter);
    }
  }
  const made = await Promise.all([...wanted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, { source, letters }]) => faceOf(source, letters)));
  for (const { held } of made) for (const letter of held) missing.delete(letter);
  return { css: made.map(({ rule }) => rule).filter((rule) => rule !== '').join('\n'), missing: [...missing].sort() };
}

/** @type {Rule[]} */
let rules = [];
/** Where the glyph of a letter is to be found, by family and letter. @type {Map<string, Source[]>} */
const places = new Map();

function ownRules() {
  if (rules.length === 0) rules = [...document.styleSheets].flatMap((sheet) => fontRules(sheet)).map(ruleOf).filter((rule) => rule.address !== '');
  return rules;
}

/** The weights that a family says it has: browsers take together only faces that say the same. @param {string} family */
function weightOf(family) {
  return ownRules().find((rule) => rule.family === family)?.weight ?? '';
}

/** @param {string} family @param {string} letter @param {Rule[]} chinese @returns {Source[]} */
function sourcesOf(family, letter, chinese) {
  const key = `${letter}${family}`;
  let sources = places.get(key);
  if (sources === undefined) {
    const own = ownRules().filter((rule) => rule.family === family && within(rule.range)(letter));
    sources = own.length > 0 ? own : [chinese.find((part) => within(part.range)(letter)) ?? MATHEMATICS];
    places.set(key, sources);
  }
  return sources;
}

/**
 * Makes letters ready to be painted with the document's fonts, ours for Chinese among them.
 * @param {Iterable<[string, string]>} texts fonts, as a canvas calls them, and what is written in each
 */
export async function loadFonts(texts) {
  /** @type {Map<string, string>} */
  const wanted = new Map();
  for (const [font, text] of texts) {
    const known = ready.get(font) ?? new Set();
    ready.set(font, known);
    for (const letter of text) {
      if (known.has(letter)) continue;
      known.add(letter);
      wanted.set(font, (wanted.get(font) ?? '') + letter);
    }
  }
  if (wanted.size > 0) loading = Promise.all([loading, addChinese().then(() => Promise.all([...wanted].map(([font, letters]) => document.fonts.load(font, letters))))]).catch(failed);
  await loading;
}

/** @type {Promise<unknown>} */
let loading = Promise.resolve();
/** Letters that were loaded before, by font. @type {Map<string, Set<string>>} */
const ready = new Map();
/** @type {Promise<void> | null} */
let added = null;

/** Makes our Chinese font known to the document; of its parts only those are fetched that something is written in. */
export function addChinese() {
  added ??= chineseParts().then((found) => {
    for (const { family, address, weight, range } of found) document.fonts.add(new FontFace(family, `url(${address})`, { weight, unicodeRange: range, display: 'swap' }));
  });
  return added;
}

/** Makes our Chinese font known to a page whose machine has none. */
export async function lendChinese() {
  if (!writesChinese()) await addChinese().catch(() => undefined);
}

/** A list of families, after the first one ours for what it lacks. @param {string} families */
export function withOurs(families) {
  const [first, ...others] = families.split(',').map((name) => name.trim());
  return [first, "'Noto Sans SC'", `'${MATHEMATICS.family}'`, ...others].join(', ');
}

/** The letters by the first family that each text asks for. @param {Element} root @returns {Map<string, Set<string>>} */
function lettersByFamily(root) {
  /** @type {Map<string, Set<string>>} */
  const letters = new Map();
  for (const element of root.querySelectorAll('[font-family]')) {
    const family = unquoted((element.getAttribute('font-family') ?? '').split(',')[0]);
    const known = letters.get(family) ?? new Set();
    for (const letter of element.textContent ?? '') known.add(letter);
    letters.set(family, known);
  }
  return letters;
}

/** @param {string} name */
function unquoted(name) {
  return name.trim().replaceAll(/["']/g, '');
}

/**
 * Tests a letter against a range such as "U+0-FF, U+2202"; every letter lies within an empty one.
 * @param {string} range
 * @returns {(letter: string) => boolean}
 */
export function within(range) {
  if (range.trim() === '') return () => true;
  let bounds = known.get(range);
  if (bounds === undefined) {
    bounds = range.split(',').map((part) => {
      const [from, to = from] = part.trim().replace(/^U\+/i, '').split('-');
      return [Number.parseInt(from.replaceAll('?', '0'), 16), Number.parseInt(to.replaceAll('?', 'F'), 16)];
    });
    known.set(range, bounds);
  }
  const pairs = bounds;
  return (letter) => pairs.some(([from, to]) => /** @type {number} */ (letter.codePointAt(0)) >= from && /** @type {number} */ (letter.codePointAt(0)) <= to);
}

/** Ranges that were read. @type {Map<string, number[][]>} */
const known = new Map();

/** @param {CSSStyleSheet | CSSLayerBlockRule | CSSGroupingRule} sheet @returns {CSSFontFaceRule[]} */
function fontRules(sheet) {
  return [...sheet.cssRules].flatMap((rule) => {
    if (rule instanceof CSSFontFaceRule) return [rule];
    if (rule instanceof CSSImportRule && rule.styleSheet) return fontRules(rule.styleSheet);
    return 'cssRules' in rule ? fontRules(/** @type {CSSGroupingRule} */ (rule)) : [];
  });
}

/** What a rule of ours says, its file the one that can be cut down. @param {CSSFontFaceRule} rule @returns {Rule} */
function ruleOf(rule) {
  const { style } = rule;
  const address = /url\(["']?([^"')]+)["']?\)/.exec(style.getPropertyValue('src'))?.[1] ?? '';
  return {
    family: unquoted(style.getPropertyValue('font-family')),
    address: address === '' ? '' : new URL(address.replace(/\.woff2$/, '.ttf'), rule.parentStyleSheet?.href ?? document.baseURI).href,
    weight: style.getPropertyValue('font-weight'),
    range: style.getPropertyValue('unicode-range'),
  };
}

/** @type {Promise<Rule[]> | null} */
let parts = null;

/** The Chinese font's parts. @returns {Promise<Rule[]>} */
function chineseParts() {
  parts ??= fetch(new URL('chinese.json', VENDOR)).then(async (answer) => {
    const { family, parts: rows } = await answer.json();
    return rows.map((/** @type {{file: string, range: string}} */ { file, range }) => ({ family, range, weight: '100 900', address: new URL(`${file}.ttf`, VENDOR).href }));
  }).catch(failed);
  return parts;
}

/** @type {Map<string, Promise<ArrayBuffer>>} */
const files = new Map();
/** @type {Map<string, Promise<{rule: string, held: string[]}>>} */
const faces = new Map();

/** A rule with the glyphs of some letters, and which of the letters it holds. @param {Source} source @param {Set<string>} letters */
function faceOf(source, letters) {
  const text = [...letters].sort().join('');
  const key = `${source.family} ${source.address} ${text}`;
  let face = faces.get(key);
  if (face === undefined) {
    face = cut(source, text);
    faces.set(key, face);
    if (faces.size > REMEMBERED) faces.delete(/** @type {string} */ (faces.keys().next().value));
  }
  return face;
}

/** @param {Source} source @param {string} letters */
async function cut({ family, address, weight }, letters) {
  let file = files.get(address);
  if (file === undefined) {
    file = fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(`expected the font ${address}, got status ${answer.status}`)))).catch(failed);
    files.set(address, file);
  }
  const font = subsetFont(await file, letters);
  if (font === null) return { rule: '', held: [] };
  const { bytes, codes } = font;
  let binary = '';
  for (let from = 0; from < bytes.length; from += 0x8000) binary += String.fromCharCode(...bytes.subarray(from, from + 0x8000));
  const range = codes.map((code) => `U+${code.toString(16).toUpperCase()}`).join(',');
  return {
    rule: `@font-face{font-family:'${family}';src:url(data:font/ttf;base64,${btoa(binary)});${weight ? `font-weight:${weight};` : ''}unicode-range:${range}}`,
    held: codes.map((code) => String.fromCodePoint(code)),
  };
}
