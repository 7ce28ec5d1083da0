import { Decoration, EditorView, StateField } from '../../vendor/editor.js';

/** Lines that wrap: what follows stands further in than the line itself. */

/** Deeper lines hang no deeper, so that a narrow panel keeps room for their words. */
const DEEPEST = 12;
/** Words without a space that are longer may wrap before a dot and after what opens or parts, rather than leave the row before them empty. */
const LONG_WORD = /[^ ]{17,}/g;
const PLACES = /\.(?=[^\W\d])|[([{,=](?![([{,=])/g;

const [before, after] = ['before', 'after'].map((side) => Decoration.mark({ class: `cm-wrap-${side}` }));

/** @param {import('../../vendor/editor.js').Text} doc */
function hung(doc) {
  const marks = [];
  for (let number = 1; number <= doc.lines; number += 1) {
    const { from, text } = doc.line(number);
    const depth = Math.min(DEEPEST, text.search(/[^ ]|$/));
    if (depth > 0) marks.push(Decoration.line({ class: `cm-hang-${depth}` }).range(from));
    for (const word of text.matchAll(LONG_WORD)) {
      for (const place of word[0].matchAll(PLACES)) {
        const at = from + word.index + place.index;
        marks.push((place[0] === '.' ? before : after).range(at, at + 1));
      }
    }
  }
  return Decoration.set(marks);
}

const lines = StateField.define({
  create: (state) => hung(state.doc),
  update: (marks, transaction) => (transaction.docChanged ? hung(transaction.newDoc) : marks),
  provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
  '.cm-wrap-before::before, .cm-wrap-after::after': { content: '"\\200b"' },
  '.cm-line': { padding: '0 8px 0 24px', textIndent: '-16px' },
  ...Object.fromEntries(Array.from({ length: DEEPEST }, (_, at) => [`.cm-hang-${at + 1}`, { paddingLeft: `calc(24px + ${at + 1}ch)`, textIndent: `calc(-16px - ${at + 1}ch)` }])),
});

export const hanging = [lines, look];
