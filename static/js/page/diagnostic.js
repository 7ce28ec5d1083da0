// What is wrong with a place of the program, as CodeMirror marks it and tells it.

/** @typedef {import('./editor.js').Fault} Fault */

/** @param {import('../../vendor/editor.js').Text} doc @param {number} line @param {number} column the offset in code points */
export function offsetAt(doc, line, column) {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  let units = 0;
  for (const character of [...found.text].slice(0, column)) units += character.length;
  return found.from + Math.min(units, found.length);
}

/** @param {import('../../vendor/editor.js').Text} doc @param {Fault} fault @returns {import('../../vendor/editor.js').Diagnostic} */
export function diagnostic(doc, fault) {
  const line = doc.line(Math.min(Math.max(fault.line, 1), doc.lines));
  const indent = line.text.length - line.text.trimStart().length;
  let from = fault.column === null ? line.from + indent : offsetAt(doc, fault.line, fault.column);
  const to = fault.end_column === null ? line.to : offsetAt(doc, fault.line, fault.end_column);
  if (from >= to && from > line.from) from = to - 1;
  return {
    from,
    to: Math.max(from, to),
    severity: 'error',
    message: fault.message,
    renderMessage() {
      const box = document.createElement('div');
      const message = document.createElement('div');
      message.textContent = fault.message;
      box.append(message);
      if (fault.hint) {
        const hint = document.createElement('div');
        hint.className = 'cm-diagnostic-remedy';
        hint.textContent = fault.hint;
        box.append(hint);
      }
      return box;
    },
  };
}
