import { turnAt } from './turning.js';

/**
 * The program's editor. With the bundle it is CodeMirror; without it a textarea still edits and runs.
 * @typedef {{line: number, column: number | null, end_column: number | null, message: string, hint: string | null}} Fault
 * @typedef {{line: number, span: number[] | null, phase: string}} Place
 * @typedef {{
 *   source: () => string, replace: (source: string) => void, showPlaces: (places: Place[]) => void, hint: (span: number[] | null) => void,
 *   showFaults: (faults: Fault[]) => void, goTo: (line: number, column: number) => void, focus: () => void, label: (text: string) => void,
 *   offer: (names: import('./completion.js').Names) => void, breakAt: (lines: readonly number[]) => void, edit: (changes: import('./turning.js').Change[], options?: {alone?: boolean}) => void
 * }} Editor `edit` changes parts of the text as typing would; the changes stand in order and do not overlap; `alone`: one undo takes back these and no others
 * @typedef {{source: string, nonce: string, onChange: (source: string) => void, onRun: () => void, onTurn: (on: boolean) => void,
 *   onBreakpoints: (lines: ReadonlySet<number>) => void, onPoint: (place: {line: number, column: number} | null) => void}} EditorOptions `onTurn`: a number
 *   is held and turned, or let go; `onPoint`: where in the text the pointer is
 */

/**
 * An editor inside `parent`.
 * @param {HTMLElement} parent @param {EditorOptions} options
 * @returns {Promise<Editor>}
 */
export async function createEditor(parent, options) {
  try {
    const { createCodeEditor } = await import('./code-editor.js');
    return createCodeEditor(parent, options);
  } catch (error) {
    console.warn('The editor bundle is missing; the program is edited as plain text.', error);
    return createPlainEditor(parent, options);
  }
}

/** @param {HTMLElement} parent @param {EditorOptions} options @returns {Editor} */
function createPlainEditor(parent, { source, onChange, onRun, onTurn }) {
  const area = document.createElement('textarea');
  area.className = 'editor-plain';
  area.spellcheck = false;
  area.autocapitalize = 'off';
  area.value = source;
  let composing = false;
  area.addEventListener('compositionstart', () => (composing = true));
  area.addEventListener('compositionend', () => {
    composing = false;
    onChange(area.value);
  });
  area.addEventListener('input', () => {
    if (!composing) onChange(area.value);
  });
  /** @param {import('./turning.js').Change[]} changes */
  const edit = (changes) => {
    for (const { from, to, insert } of [...changes].reverse()) area.setRangeText(insert, from, to, 'end');
    onChange(area.value);
  };
  area.addEventListener('keydown', (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const change = event.altKey && steps !== undefined ? turnAt(area.value, area.selectionStart, event.shiftKey ? steps * 10 : steps) : null;
    if (change === null) return;
    event.preventDefault();
    onTurn(true);
    edit([change]);
  });
  area.addEventListener('keyup', (event) => {
    if (event.key === 'Alt') onTurn(false);
  });
  area.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onRun();
  });
  parent.replaceChildren(area);
  /** @param {number} line */
  const lineStart = (line) => area.value.split('\n').slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  return {
    source: () => area.value,
    replace: (text) => (area.value = text),
    showPlaces: () => undefined,
    hint: () => undefined,
    showFaults: () => undefined,
    goTo(line, column) {
      area.focus();
      area.setSelectionRange(lineStart(line) + column, lineStart(line) + column);
    },
    focus: () => area.focus(),
    edit,
    label: (text) => area.setAttribute('aria-label', text),
    offer: () => undefined,
    breakAt: () => undefined,
  };
}
