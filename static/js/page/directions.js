/** Signs that turn the direction of writing, U+202A to U+202E and U+2066 to U+2069: text that holds them reads otherwise than it stands, so they are shown and not obeyed. */

const SIGN = /[\u202a-\u202e\u2066-\u2069]/g;
const ESCAPE = /\\(?:u(202[a-e]|206[6-9])|.)/gis;

/** @param {string} code */
const mark = (code) => `⟨U+${code.toUpperCase()}⟩`;

/** A JSON text in whose strings such signs are marks. @param {string} json */
export function marked(json) {
  if (!json.includes('\\u20') && json.search(SIGN) < 0) return json;
  const escaped = json.replace(ESCAPE, (whole, code) => (code ? mark(code) : whole));
  return escaped.replace(SIGN, (sign) => mark(sign.charCodeAt(0).toString(16)));
}

/** The value of a JSON text, with marks for such signs. @param {string} json @returns {any} */
export const parsed = (json) => JSON.parse(marked(json));
