// Code within a sentence of plain text.

/** A `with` block's head, an assignment, a call with what hangs on it, a dotted name, a name with an underscore, an argument with its value; of what stands in brackets two levels, and no Chinese, which is the sentence again. */
const CODE = /(with [a-z]\w*(?:\.\w+)*\([^()]*\):|[a-z]\w* = (?:\w+(?:\.\w+)*\([^()]*\)|\w+ [-+*/] (?:\.\.\.|\w+(?:\.\w+)?))|\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?:\((?:[^()\u3000-\uffef]|\([^()\u3000-\uffef]*\))*\)(?:\.[A-Za-z_]\w*)*)+|\.?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|[A-Za-z]\w*_\w+(?:=\w+)?|[a-z]\w*=[A-Za-z]\w*)/;

/** A text in parts: plain, code, plain, and so on. @param {string} text @returns {string[]} */
export function codeIn(text) {
  return text.split(new RegExp(CODE, 'g'));
}
