import { numeralAt, numeralsIn, turned } from './numerals.js';

/**
 * Turning the numbers of a program in the editor: a handle under the number at the pointer, dragging with Alt held, and Alt with the arrow keys.
 * @typedef {import('../../vendor/editor.js').EditorView} EditorView
 * @typedef {import('./numerals.js').Numeral} Numeral
 * @typedef {{from: number, to: number, insert: string}} Change
 */

const PIXELS = 5;
const COARSE = 10;
const HOVER = 160;
const LEAST_WIDTH = 44;

/** The change that turns the number at an offset; null where there is none. @param {string} source @param {number} offset @param {number} steps @returns {Change | null} */
export function turnAt(source, offset, steps) {
  const numeral = numeralAt(numeralsIn(source), offset);
  return numeral && { from: numeral.from, to: numeral.to, insert: turned(numeral, steps) };
}

/**
 * The editor's extension, in parts: keys, and what a pointer does.
 * @param {(on: boolean) => void} onTurn a number is held, or let go
 */
export function turning(onTurn) {
  /** @param {number} steps */
  const key = (steps) => (/** @type {EditorView} */ view) => {
    const { main } = view.state.selection;
    const change = main.empty ? turnAt(view.state.doc.toString(), main.head, steps) : null;
    if (!change) return false;
    onTurn(true);
    view.dispatch({ changes: change, selection: { anchor: change.from + change.insert.length }, userEvent: 'input.type.turn' });
    return true;
  };
  return {
    keys: [
      { key: 'Alt-ArrowUp', run: key(1), shift: key(COARSE) },
      { key: 'Alt-ArrowDown', run: key(-1), shift: key(-COARSE) },
    ],
    /** @param {KeyboardEvent} event */
    keyup: (event) => {
      if (event.key === 'Alt') onTurn(false);
    },
    /** @param {EditorView} view */
    attach: (view) => attach(view, onTurn),
  };
}

/** @param {EditorView} view @param {(on: boolean) => void} onTurn */
function attach(view, onTurn) {
  const handle = document.createElement('div');
  handle.className = 'turn-handle';
  handle.hidden = true;
  handle.setAttribute('aria-hidden', 'true');
  handle.textContent = '◂ ▸';
  view.dom.append(handle);
  /** @type {Numeral | null} */
  let shown = null;
  let resting = 0;
  let held = false;

  const hide = () => {
    clearTimeout(resting);
    shown = null;
    handle.hidden = true;
    view.contentDOM.removeAttribute('data-turns');
  };

  /** @param {Numeral} numeral */
  function show(numeral) {
    const start = view.coordsAtPos(numeral.from, 1);
    const end = view.coordsAtPos(numeral.to, -1);
    if (!start || !end) return hide();
    const box = view.dom.getBoundingClientRect();
    const width = Math.max(end.right - start.left + 8, LEAST_WIDTH);
    handle.hidden = false;
    handle.style.width = `${width}px`;
    handle.style.left = `${Math.max(2, Math.min((start.left + end.right) / 2 - width / 2 - box.left, box.width - width - 4))}px`;
    handle.style.top = `${end.bottom - box.top}px`;
    shown = numeral;
  }

  /** @param {PointerEvent} event */
  function under(event) {
    const offset = view.posAtCoords({ x: event.clientX, y: event.clientY });
    const numeral = offset === null ? null : numeralAt(numeralsIn(view.state.doc.toString()), offset);
    const box = numeral && view.coordsAtPos(numeral.to, -1);
    return box && event.clientX <= box.right + 2 ? numeral : null;
  }

  /** @param {PointerEvent} event @param {Numeral} numeral @param {HTMLElement} by */
  function hold(event, numeral, by) {
    event.preventDefault();
    by.setPointerCapture(event.pointerId);
    held = true;
    onTurn(true);
    handle.toggleAttribute('data-held', true);
    let { to } = numeral;
    /** @param {PointerEvent} moved */
    const move = (moved) => {
      const steps = Math.round((moved.clientX - event.clientX) / PIXELS) * (moved.shiftKey ? COARSE : 1);
      const insert = turned(numeral, steps);
      if (insert === view.state.sliceDoc(numeral.from, to)) return;
      view.dispatch({ changes: { from: numeral.from, to, insert }, userEvent: 'input.type.turn' });
      to = numeral.from + insert.length;
    };
    by.addEventListener('pointermove', move);
    by.addEventListener('lostpointercapture', () => {
      by.removeEventListener('pointermove', move);
      held = false;
      handle.removeAttribute('data-held');
      onTurn(false);
      hide();
    }, { once: true });
  }

  handle.addEventListener('pointerdown', (event) => {
    if (shown && event.button === 0) hold(event, shown, handle);
  });
  view.contentDOM.addEventListener('pointermove', (event) => {
    if (held || event.buttons !== 0) return;
    const numeral = under(event);
    view.contentDOM.toggleAttribute('data-turns', numeral !== null && event.altKey);
    if (numeral?.from === shown?.from && numeral?.to === shown?.to && shown !== null) return;
    clearTimeout(resting);
    if (numeral) resting = window.setTimeout(() => show(numeral), shown ? 0 : HOVER);
    else if (shown) resting = window.setTimeout(hide, HOVER);
  });
  view.contentDOM.addEventListener('pointerdown', (event) => {
    const numeral = event.button === 0 ? under(event) : null;
    if (numeral && event.altKey) hold(event, numeral, view.contentDOM);
    else if (numeral && event.pointerType === 'touch') show(numeral);
    else if (!held) hide();
  });
  view.contentDOM.addEventListener('mousedown', (event) => {
    if (held) event.preventDefault();
  }, { capture: true });
  view.dom.addEventListener('pointerleave', () => {
    if (!held) hide();
  });
  handle.addEventListener('pointerenter', () => clearTimeout(resting));
  view.scrollDOM.addEventListener('scroll', () => {
    if (!held) hide();
  });
}
