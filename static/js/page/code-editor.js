import {
  Compartment, Decoration, EditorState, EditorView, HighlightStyle, Prec, RangeSet, StateEffect, StateField, Transaction, acceptCompletion, autocompletion,
  bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap, defaultKeymap, drawSelection, highlightSpecialChars, history,
  historyKeymap, indentOnInput, indentUnit, indentWithTab, keymap, python, setDiagnostics, startCompletion, syntaxHighlighting, tags,
  toggleComment,
} from '../../vendor/editor.js';
import { addBreakpoints, breakpointLines, breakpoints, toggleAtCaret } from './breakpoints.js';
import { completions } from './completion.js';
import { diagnostic, offsetAt } from './diagnostic.js';
import { hanging } from './hanging.js';
import { turning } from './turning.js';

/** @typedef {import('./editor.js').Place} Place */
/** @typedef {import('./editor.js').Fault} Fault */

const MOST_CHARACTERS = 20480;
const MARGIN = 40;

const COLOURS = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.operatorKeyword], color: 'var(--code-keyword)' },
  { tag: [tags.bool, tags.null], color: 'var(--code-keyword)' },
  { tag: [tags.number, tags.string, tags.special(tags.string)], color: 'var(--code-number)' },
  { tag: [tags.lineComment, tags.comment], color: 'var(--code-comment)' },
  { tag: [tags.operator, tags.punctuation, tags.bracket], color: 'var(--muted)' },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], fontWeight: '600' },
  { tag: tags.invalid, color: 'var(--fault)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'transparent', color: 'var(--ink)', fontSize: 'var(--text-code)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-code)', lineHeight: 'var(--line-code)', fontVariantLigatures: 'none', overscrollBehavior: 'contain' },
  '.cm-content': { padding: '12px 0 24px', caretColor: 'var(--ink)' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'transparent', border: 'none', color: 'var(--muted)' },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '28px', padding: '0 4px 0 6px', fontSize: 'max(0.86em, var(--text-least))', lineHeight: 'calc(var(--text-code) * var(--line-code))' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--selection)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--hover)', outline: 'none' },
  '.cm-place': { backgroundColor: 'var(--hover)', boxShadow: 'inset 3px 0 var(--muted)' },
  '.cm-place[data-phase=forward]': { backgroundColor: 'var(--forward-tint)', boxShadow: 'inset 3px 0 var(--forward)' },
  '.cm-place[data-phase=backward]': { backgroundColor: 'var(--backward-tint)', boxShadow: 'inset 3px 0 var(--backward)' },
  '.cm-place[data-phase=failed]': { backgroundColor: 'var(--fault-tint)', boxShadow: 'inset 3px 0 var(--fault)' },
  '.cm-hint': { backgroundColor: 'var(--selection)', borderRadius: '3px' },
  '.cm-span': { boxShadow: 'inset 0 -2px var(--muted)' },
  '.cm-span[data-phase=forward]': { boxShadow: 'inset 0 -2px var(--forward)' },
  '.cm-span[data-phase=backward]': { boxShadow: 'inset 0 -2px var(--backward)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none', paddingBottom: '0', textDecoration: 'underline wavy var(--fault) 1.5px', textUnderlineOffset: '4px',
    textDecorationSkipInk: 'none',
  },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--fault)' },
  '.cm-tooltip': {
    border: 'none', borderRadius: 'var(--radius-small)', backgroundColor: 'var(--panel)', color: 'var(--ink)', overflow: 'hidden',
    boxShadow: 'var(--raised-shadow), 0 0 0 1px var(--hairline)',
  },
  '.cm-diagnostic': { padding: '10px 14px', borderLeft: '3px solid var(--fault)', maxWidth: '44ch', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '.cm-diagnostic-remedy': { color: 'var(--muted)', paddingTop: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-code)', maxHeight: '15em', padding: '4px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', borderRadius: '4px', lineHeight: '20px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--forward-tint)', color: 'var(--ink)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--forward)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '12px' },
});

/** @type {import('../../vendor/editor.js').StateEffectType<Place[]>} */
const placesChanged = StateEffect.define();

/** @type {import('../../vendor/editor.js').StateEffectType<number[] | null>} */
const hintChanged = StateEffect.define();

/** A selection within a text that is replaced would end before it begins, and the next key fail: it is a caret where that text began. @param {Transaction} transaction */
function caretWhereReplaced(transaction) {
  const { from, to } = transaction.newSelection.main;
  return from > to ? [transaction, { selection: { anchor: to }, sequential: true }] : transaction;
}

/** @param {EditorState} state @param {Place[]} places */
function decorate(state, places) {
  const ranges = places.filter(({ line }) => line >= 1 && line <= state.doc.lines).flatMap(({ line, span, phase }) => {
    const attributes = { 'data-phase': phase };
    const whole = Decoration.line({ class: 'cm-place', attributes }).range(state.doc.line(line).from);
    if (!span) return [whole];
    const from = offsetAt(state.doc, span[0], span[1]);
    const to = offsetAt(state.doc, span[2], span[3]);
    return to > from ? [whole, Decoration.mark({ class: 'cm-span', attributes }).range(from, to)] : [whole];
  });
  return Decoration.set(ranges, true);
}

const places = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(placesChanged)) next = decorate(transaction.state, effect.value);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The expression that is pointed at elsewhere. */
const hinted = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(hintChanged)) continue;
      const span = effect.value;
      const [from, to] = span && span[2] <= transaction.state.doc.lines ? [offsetAt(transaction.state.doc, span[0], span[1]), offsetAt(transaction.state.doc, span[2], span[3])] : [0, 0];
      next = to > from ? Decoration.set([Decoration.mark({ class: 'cm-hint' }).range(from, to)]) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * CodeMirror with Python, the executing line, the fault and completion.
 * @param {HTMLElement} parent @param {import('./editor.js').EditorOptions} options
 * @returns {import('./editor.js').Editor}
 */
export function createCodeEditor(parent, { source, nonce, onChange, onRun, onTurn, onBreakpoints, onPoint }) {
  const naming = new Compartment();
  const turns = turning(onTurn);
  /** @type {import('./completion.js').Names} */
  let names = { torch: [], functional: [], methods: [] };
  /** The faults that are marked, as text: CodeMirror measures itself after every change, so none is made in vain. */
  let faulty = '[]';
  /** The line that failed, and the first that is marked. @type {number | null} */
  let failing = null;
  /** @type {number | null} */
  let told = null;
  let pointed = 'null';

  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: source,
      extensions: [
        EditorView.cspNonce.of(nonce),
        Prec.highest(keymap.of([
          { key: 'Mod-Enter', run: () => (onRun(), true) },
          { key: 'Tab', run: acceptCompletion },
          { key: 'Mod-/', run: toggleComment },
          ...turns.keys,
          { key: 'F9', run: toggleAtCaret },
        ])),
        EditorView.domEventHandlers({
          keydown(event, target) {
            if (event.isComposing || event.keyCode === 229 || !event.altKey || event.code !== 'Slash') return false;
            event.preventDefault();
            return startCompletion(target);
          },
          keyup: turns.keyup,
          blur() {
            onTurn(false);
            const line = told ?? failing;
            if (line !== null) reveal(line);
          },
          mousemove(event, target) {
            const at = target.posAtCoords({ x: event.clientX, y: event.clientY });
            const line = at === null ? null : target.state.doc.lineAt(at);
            onPoint(line && { line: line.number, column: [...line.text.slice(0, Number(at) - line.from)].length });
          },
          mouseleave: () => onPoint(null),
          beforeinput: typeOverSelection,
        }),
        ...breakpoints,
        EditorView.lineWrapping,
        hanging,
        highlightSpecialChars(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of('    '),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ override: [(context) => completions(context, names)], icons: false, maxRenderedOptions: 60 }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        python(),
        syntaxHighlighting(COLOURS),
        THEME,
        places,
        hinted,
        naming.of([]),
        EditorState.changeFilter.of((transaction) => transaction.newDoc.length <= MOST_CHARACTERS),
        EditorState.transactionFilter.of(caretWhereReplaced),
        EditorView.contentAttributes.of({ autocapitalize: 'off', autocorrect: 'off', translate: 'no', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          const lines = breakpointLines(update.state);
          if (update.docChanged || update.transactions.length > 0) onBreakpoints(lines);
          const typed = update.docChanged && update.transactions.some((one) => one.annotation(Transaction.userEvent) !== 'replace');
          if (typed && !update.view.composing) onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  turns.attach(view);
  view.contentDOM.addEventListener('compositionend', () => queueMicrotask(() => onChange(view.state.doc.toString())));

  /** Scrolls the editor alone; CodeMirror's own way would scroll the page too. @param {number} line */
  function reveal(line) {
    view.requestMeasure({
      key: 'reveal',
      read() {
        const block = view.lineBlockAt(view.state.doc.line(Math.min(line, view.state.doc.lines)).from);
        const { scrollTop, clientHeight } = view.scrollDOM;
        const margin = Math.max(0, Math.min(MARGIN, (clientHeight - block.height) / 2));
        const top = block.top + view.documentPadding.top;
        if (top - margin < scrollTop || block.height > clientHeight) return top - margin;
        return Math.max(scrollTop, top + block.height + margin - clientHeight);
      },
      write(top) {
        view.scrollDOM.scrollTop = top;
      },
    });
  }

  /** Where an error takes room below the program, the caret or the line that failed stays in sight. */
  let height = 0;
  new ResizeObserver(() => {
    const now = view.scrollDOM.clientHeight;
    const line = view.hasFocus ? view.state.doc.lineAt(view.state.selection.main.head).number : failing;
    if (now < height && line !== null) reveal(line);
    height = now;
  }).observe(view.scrollDOM);

  return {
    source: () => view.state.doc.toString(),
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, annotations: Transaction.userEvent.of('replace') });
      view.dispatch(setDiagnostics(view.state, []), { effects: placesChanged.of([]) });
      told = null;
      faulty = '[]';
    },
    /** Marks move with the text as it is edited, so they may stand already where they shall. */
    showPlaces(wanted) {
      const [now, next] = [view.state.field(places), decorate(view.state, wanted)];
      told = wanted[0]?.line ?? null;
      if (RangeSet.eq([now], [next])) return;
      view.dispatch({ effects: placesChanged.of(wanted) });
      if (!view.hasFocus) reveal(told ?? 1);
    },
    hint(span) {
      const wanted = JSON.stringify(span);
      if (wanted === pointed) return;
      pointed = wanted;
      view.dispatch({ effects: hintChanged.of(span) });
    },
    showFaults(faults) {
      const wanted = JSON.stringify(faults);
      if (wanted === faulty) return;
      faulty = wanted;
      failing = faults[0]?.line ?? null;
      view.dispatch(setDiagnostics(view.state, faults.map((fault) => diagnostic(view.state.doc, fault))));
    },
    goTo(line, column) {
      view.dispatch({ selection: { anchor: offsetAt(view.state.doc, line, column) }, scrollIntoView: true });
      view.focus();
    },
    focus: () => view.focus(),
    edit(changes, { alone = false } = {}) {
      view.dispatch({ changes, userEvent: alone ? 'input.mend' : 'input.type.turn', scrollIntoView: alone });
    },
    label(text) {
      view.dispatch({ effects: naming.reconfigure(EditorView.contentAttributes.of({ 'aria-label': text, 'aria-describedby': 'editor-hint' })) });
    },
    offer(offered) {
      names = offered;
    },
    breakAt: (lines) => addBreakpoints(view, lines),
  };
}

/**
 * Typing over a selection, done here: the browser's own editing would copy colours into style attributes, which the content policy blocks.
 * @param {InputEvent} event @param {EditorView} view
 */
function typeOverSelection(event, view) {
  const { main, ranges } = view.state.selection;
  const text = event.data;
  if (event.inputType !== 'insertText' || text === null || event.isComposing || view.composing || main.empty || ranges.length > 1) return false;
  event.preventDefault();
  const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: 'input.type', scrollIntoView: true });
  if (!view.state.facet(EditorView.inputHandler).some((handle) => handle(view, main.from, main.to, text, insert))) view.dispatch(insert());
  return true;
}
