/**
 * How wide a text is, in the fonts of the stage.
 * @typedef {(text: string, font: 'title' | 'value' | 'label' | 'cell') => number} Measure
 */

export const SIZES = { title: 14, value: 13, label: 13, cell: 13 };
const MONOSPACE_ADVANCE = 0.6;
const WIDE = /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/u;

/** An estimate from character classes alone, for where there is no canvas. @type {Measure} */
export function estimate(text, font) {
  const size = SIZES[font];
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 1 : font === 'value' || font === 'cell' ? MONOSPACE_ADVANCE : 0.58;
  return width * size;
}

/** Measures with the page's own fonts; Chinese, whose font is the machine's, stands in squares everywhere. @returns {Measure} */
export function measureWithCanvas() {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return estimate;
  /** @type {Map<string, number>} */
  const known = new Map();
  return (text, font) => {
    const key = `${font}|${text}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const family = font === 'value' || font === 'cell' ? '"JetBrains Mono", monospace' : '"Inter", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
    context.font = `${font === 'title' ? 640 : 560} ${SIZES[font]}px ${family}`;
    const narrow = [...text].filter((letter) => !WIDE.test(letter)).join('');
    const width = context.measureText(narrow).width + (text.length - narrow.length) * SIZES[font];
    known.set(key, width);
    return width;
  };
}

const PATH = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+)+$/u;
/** Of a part of a path that is cut: fewer letters tell nothing, and for more no card is wider. */
const LETTERS = { fewest: 3, most: 6 };

/**
 * The last part of a path, behind as much of the one before as fits: its beginning, `first_….weight`, or where it ends in a number its end, `…ayer_2.weight`.
 * @param {string[]} parts @param {(text: string) => boolean} fits
 */
function lastOf(parts, fits) {
  const [before, last] = parts.slice(-2);
  const numbered = /\p{N}$/u.test(before);
  for (let letters = numbered ? [...before].slice(-LETTERS.most) : [...before].slice(0, LETTERS.most); letters.length >= LETTERS.fewest; letters = numbered ? letters.slice(1) : letters.slice(0, -1)) {
    const text = numbered ? `…${letters.join('')}.${last}` : `${letters.join('')}….${last}`;
    if (fits(text)) return text;
  }
  return `…${last}`;
}

/** Cuts a text to a width, with an ellipsis: a path such as `net.0.weight` from its front, for what tells it from its like stands last. @param {string} text @param {number} width @param {Measure} measure @param {'title' | 'value' | 'label' | 'cell'} font */
export function fitted(text, width, measure, font) {
  const fits = (/** @type {string} */ part) => measure(part, font) <= width;
  if (fits(text)) return text;
  if (PATH.test(text)) {
    const parts = text.split('.');
    const from = parts.findIndex((_, at) => at > 0 && fits(`…${parts.slice(at).join('.')}`));
    if (from === parts.length - 1) return lastOf(parts, fits);
    if (from > 0) return `…${parts.slice(from).join('.')}`;
  }
  const letters = [...text];
  while (letters.length > 1 && !fits(`${letters.join('')}…`)) letters.pop();
  return `${letters.join('')}…`;
}
