/**
 * The text of a program that a span covers; columns count code points. Runs of blanks become one.
 * @param {string} source @param {number[] | null} span
 */
export function textOf(source, span) {
  if (!span) return '';
  const [line, column, endLine, endColumn] = span;
  const lines = source.split('\n').slice(line - 1, endLine).map((text) => [...text]);
  if (lines.length === 0) return '';
  const last = lines.length - 1;
  lines[last] = lines[last].slice(0, endColumn);
  lines[0] = lines[0].slice(column);
  return lines.map((characters) => characters.join('')).join(' ').replace(/\s+/g, ' ').trim();
}

/** @param {string} source @param {number} line from 1 */
export function lineOf(source, line) {
  return (source.split('\n')[line - 1] ?? '').trim();
}

/** Where a line and a column, which counts code points, are in a text, in UTF-16 units. @param {string} source @param {number} line from 1 @param {number} column */
export function offsetOf(source, line, column) {
  const lines = source.split('\n');
  const before = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return before + [...(lines[line - 1] ?? '')].slice(0, column).join('').length;
}

/**
 * The tensor that the innermost expression around a place in the program made last, or null.
 * @param {import('../state/types.js').State} state @param {{line: number, column: number}} place `column` in code points
 */
export function madeAt({ tensors }, { line, column }) {
  /** @type {{tensor: number, size: number} | null} */
  let found = null;
  for (const { tensor, span, aside } of tensors.values()) {
    if (!span || aside || line < span[0] || line > span[2] || (line === span[0] && column < span[1]) || (line === span[2] && column >= span[3])) continue;
    const size = (span[2] - span[0]) * 1000 + span[3] - span[1];
    if (found === null || size <= found.size) found = { tensor, size };
  }
  return found?.tensor ?? null;
}
