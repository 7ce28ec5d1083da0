import { Decoration, EditorView, StateField } from '../../vendor/editor.js';

/** Lines that wrap: what follows stands further in than the line itself. */

/** Deeper lines hang no deeper, so that a narrow panel keeps room for their words. */
const DEEPEST = 12;

/** @param {import('../../vendor/editor.js').Text} doc */
function hung(doc) {
  const marks = [];
  for (let number = 1; number <= doc.lines; number += 1) {
    const { from, text } = doc.line(number);
    const depth = Math.min(DEEPEST, text.search(/[^ ]|$/));
    if (depth > 0) marks.push(Decoration.line({ class: `cm-hang-${depth}` }).range(from));
  }
  return Decoration.set(marks);
}

const lines = StateField.define({
  create: (state) => hung(state.doc),
  update: (marks, transaction) => (transaction.docChanged ? hung(transaction.newDoc) : marks),
  provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
  '.cm-line': { padding: '0 8px 0 24px', textIndent: '-16px' },
  ...Object.fromEntries(Array.from({ length: DEEPEST }, (_, at) => [`.cm-hang-${at + 1}`, { paddingLeft: `calc(24px + ${at + 1}ch)`, textIndent: `calc(-16px - ${at + 1}ch)` }])),
});

export const hanging = [lines, look];
