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

/** Cuts a text to a width, with an ellipsis: a path such as `net.0.weight` from its front, for what tells it from its like stands last. @param {string} text @param {number} width @param {Measure} measure @param {'title' | 'value' | 'label' | 'cell'} font */
export function fitted(text, width, measure, font) {
  if (measure(text, font) <= width) return text;
  if (PATH.test(text)) {
    const parts = text.split('.');
    while (parts.length > 1 && measure(`…${parts.join('.')}`, font) > width) parts.shift();
    if (measure(`…${parts.join('.')}`, font) <= width) return `…${parts.join('.')}`;
  }
  const letters = [...text];
  while (letters.length > 1 && measure(`${letters.join('')}…`, font) > width) letters.pop();
  return `${letters.join('')}…`;
}
