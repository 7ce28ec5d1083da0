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
