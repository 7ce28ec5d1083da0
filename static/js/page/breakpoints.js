import { GutterMarker, RangeSet, StateEffect, StateField, gutter, lineNumbers } from '../../vendor/editor.js';

/** Breakpoints beside the lines: they move with their line. @typedef {import('../../vendor/editor.js').EditorView} EditorView */

class Dot extends GutterMarker {
  /** @override */
  toDOM() {
    const dot = document.createElement('span');
    dot.className = 'breakpoint';
    return dot;
  }
}

const DOT = new Dot();

/** @type {import('../../vendor/editor.js').StateEffectType<number>} */
const toggled = StateEffect.define({ map: (position, changes) => changes.mapPos(position) });

/** @type {StateField<RangeSet<GutterMarker>>} */
const dots = StateField.define({
  create: () => RangeSet.empty,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(toggled)) continue;
      let there = false;
      next.between(effect.value, effect.value, () => {
        there = true;
      });
      next = next.update(there ? { filter: (from) => from !== effect.value } : { add: [DOT.range(effect.value)] });
    }
    return next;
  },
});

/** @param {EditorView} view @param {number} position */
function toggle(view, position) {
  view.dispatch({ effects: toggled.of(view.state.doc.lineAt(position).from) });
  return true;
}

/** The lines that have a breakpoint. @param {import('../../vendor/editor.js').EditorState} state */
export function breakpointLines(state) {
  /** @type {Set<number>} */
  const lines = new Set();
  state.field(dots).between(0, state.doc.length, (from) => {
    lines.add(state.doc.lineAt(from).number);
  });
  return lines;
}

/** Lines get a breakpoint, but for those that a program has not. @param {EditorView} view @param {readonly number[]} lines */
export function addBreakpoints(view, lines) {
  const { doc } = view.state;
  const there = breakpointLines(view.state);
  const wanted = [...new Set(lines)].filter((line) => line >= 1 && line <= doc.lines && !there.has(line));
  view.dispatch({ effects: wanted.map((line) => toggled.of(doc.line(line).from)) });
}

/** A press beside a line, on its number too. @type {Record<string, (view: EditorView, line: {from: number}) => boolean>} */
const domEventHandlers = { mousedown: (view, line) => toggle(view, line.from) };

/** The gutter, its state and the lines' numbers. */
export const breakpoints = [
  dots,
  gutter({ class: 'cm-breakpoints', markers: (view) => view.state.field(dots), initialSpacer: () => DOT, domEventHandlers }),
  lineNumbers({ domEventHandlers }),
];

/** @param {EditorView} view */
export function toggleAtCaret(view) {
  return toggle(view, view.state.selection.main.head);
}
