// The comment by which a program asks for an engine that is broken on purpose: engine/overwriting.py reads the same.

const DIRECTIVE = /^[ \t]*#[ \t]*gradlight:[ \t]*overwrite[ \t]*$/m;
const LINE = '# gradlight: overwrite\n';

/** Whether a program asks for the broken engine. @param {string} source */
export const isBroken = (source) => DIRECTIVE.test(source);

/** The edit that breaks the engine, or mends it where it is broken. @param {string} source @returns {{from: number, to: number, insert: string}} */
export function breakage(source) {
  const found = DIRECTIVE.exec(source);
  if (!found) return { from: 0, to: 0, insert: LINE };
  const end = found.index + found[0].length;
  return { from: found.index, to: source[end] === '\n' ? end + 1 : end, insert: '' };
}
