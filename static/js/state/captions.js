// Captions of a film as WebVTT. Source: https://www.w3.org/TR/webvtt1/

/** @typedef {{begins: number, ends: number, text: string}} Cue  times in milliseconds */

/** @param {number} milliseconds */
function clock(milliseconds) {
  const all = Math.round(milliseconds);
  const part = (/** @type {number} */ size, /** @type {number} */ of, digits = 2) => String(Math.floor(all / size) % of).padStart(digits, '0');
  return `${part(3_600_000, Infinity)}:${part(60_000, 60)}:${part(1000, 60)}.${part(1, 1000, 3)}`;
}

/** A program's own words are no markup, and no line of them ends a cue. @param {string} text */
const plain = (text) => text.replace(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** @param {Cue[]} cues one after another */
export function webvtt(cues) {
  return ['WEBVTT', ...cues.map(({ begins, ends, text }, at) => `${at + 1}\n${clock(begins)} --> ${clock(ends)}\n${plain(text)}`)].join('\n\n') + '\n';
}
