/** The page's own fonts as data inside a picture, since a picture may load nothing from outside. */
import { svg } from './svg.js';

/**
 * A style element with the fonts that a picture's words need: of each family the parts that hold one of its letters.
 * @param {Element} root
 * @returns {Promise<SVGStyleElement>}
 */
export async function fontsFor(root) {
  const letters = lettersByFamily(root);
  const rules = [...document.styleSheets].flatMap((sheet) => fontRules(sheet)).filter((rule) => {
    const used = letters.get(unquoted(rule.style.getPropertyValue('font-family')));
    return used !== undefined && [...used].some(within(rule.style.getPropertyValue('unicode-range')));
  });
  const texts = await Promise.all(rules.map((rule) => withData(rule)));
  return svg('style', {}, [texts.join('\n')]);
}

/** The letters written in each family that is asked for. @param {Element} root @returns {Map<string, Set<string>>} */
function lettersByFamily(root) {
  /** @type {Map<string, Set<string>>} */
  const letters = new Map();
  for (const element of root.querySelectorAll('[font-family]')) {
    for (const family of (element.getAttribute('font-family') ?? '').split(',').map(unquoted)) {
      const known = letters.get(family) ?? new Set();
      for (const letter of element.textContent ?? '') known.add(letter);
      letters.set(family, known);
    }
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
  const bounds = range.split(',').map((part) => {
    const [from, to = from] = part.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(from.replaceAll('?', '0'), 16), Number.parseInt(to.replaceAll('?', 'F'), 16)];
  });
  return (letter) => bounds.some(([from, to]) => /** @type {number} */ (letter.codePointAt(0)) >= from && /** @type {number} */ (letter.codePointAt(0)) <= to);
}

/** @param {CSSStyleSheet | CSSLayerBlockRule | CSSGroupingRule} sheet @returns {CSSFontFaceRule[]} */
function fontRules(sheet) {
  return [...sheet.cssRules].flatMap((rule) => {
    if (rule instanceof CSSFontFaceRule) return [rule];
    if (rule instanceof CSSImportRule && rule.styleSheet) return fontRules(rule.styleSheet);
    return 'cssRules' in rule ? fontRules(/** @type {CSSGroupingRule} */ (rule)) : [];
  });
}

/** @type {Map<string, Promise<string>>} */
const fontData = new Map();

/** @param {CSSFontFaceRule} rule */
async function withData(rule) {
  const address = /url\(["']?([^"')]+)["']?\)/.exec(rule.style.getPropertyValue('src'))?.[1];
  if (!address) return '';
  const absolute = new URL(address, rule.parentStyleSheet?.href ?? document.baseURI).href;
  if (!fontData.has(absolute)) fontData.set(absolute, dataUrl(absolute));
  const range = rule.style.getPropertyValue('unicode-range');
  const weight = rule.style.getPropertyValue('font-weight');
  return `@font-face{font-family:${rule.style.getPropertyValue('font-family')};src:url(${await fontData.get(absolute)})${weight ? `;font-weight:${weight}` : ''}${range ? `;unicode-range:${range}` : ''}}`;
}

/** @param {string} address @returns {Promise<string>} */
async function dataUrl(address) {
  const blob = await (await fetch(address)).blob();
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(String(reader.result)));
    reader.readAsDataURL(blob);
  });
}
