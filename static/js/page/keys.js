import { recall, remember } from './preferences.js';

/** @typedef {import('./actions.js').Action} Action */

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** How a key is written on this machine's keyboard. @type {Record<string, string>} */
const NAMES = {
  ' ': 'Space', ArrowRight: '→', ArrowLeft: '←', PageDown: 'PgDn', PageUp: 'PgUp', Mod: MAC ? '⌘' : 'Ctrl', Enter: MAC ? '↵' : 'Enter', Escape: 'Esc', Shift: MAC ? '⇧' : 'Shift', Alt: MAC ? '⌥' : 'Alt', ArrowUp: '↑', ArrowDown: '↓',
};

/** @param {string} key */
export function keyText(key) {
  if (key === '+') return key;
  return key.split('+').map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(MAC ? '' : '+');
}

export function lettersAreOn() {
  return recall('letters') !== 'off';
}

/** @param {boolean} on */
export function switchLetters(on) {
  remember('letters', on ? 'on' : 'off');
}

/** @param {KeyboardEvent} event @param {string} key */
function matches(event, key) {
  const parts = key === '+' ? ['+'] : key.split('+');
  const wanted = parts.at(-1);
  const mod = MAC ? event.metaKey : event.ctrlKey;
  const other = MAC ? event.ctrlKey : event.metaKey;
  if (other || event.altKey !== parts.includes('Alt') || mod !== parts.includes('Mod')) return false;
  if (wanted?.length !== 1 && event.shiftKey !== parts.includes('Shift')) return false;
  return event.key === wanted || (event.key.length === 1 && event.key.toLowerCase() === wanted);
}

/** Whether the focus is where plain keys steer the picture. @param {EventTarget | null} target */
function steers(target) {
  if (!(target instanceof Element)) return false;
  return target === document.body || target.closest('.stage-region, .timeline') !== null;
}

/** Keys that the focused thing needs for itself. @param {KeyboardEvent} event */
function taken(event) {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (event.key === ' ' && target.closest('button, [role="button"], summary, a') !== null) return true;
  if (target.closest('[role="menu"]') !== null) return true;
  return event.key.startsWith('Arrow') && !event.shiftKey && !event.altKey && target.closest('[data-tensor], [data-function], [data-scroll]') !== null;
}

/**
 * Runs actions by their keys; a digit goes with the key before it that asked for one. Nothing happens while an input method composes.
 * @param {Action[]} actions
 */
export function listenForKeys(actions) {
  /** @type {Action | null} */
  let waiting = null;
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const asked = waiting;
    waiting = null;
    if (asked && /^[0-9]$/.test(event.key) && steers(event.target)) {
      event.preventDefault();
      asked.run(Number(event.key));
      return;
    }
    for (const action of actions) {
      const key = action.keys.find((one) => matches(event, one));
      if (key === undefined) continue;
      if (!action.everywhere && (!steers(event.target) || taken(event))) continue;
      if (key.length === 1 && key !== ' ' && !lettersAreOn()) continue;
      if (action.enabled && !action.enabled()) continue;
      event.preventDefault();
      if (action.digits) waiting = action;
      else action.run();
      return;
    }
  });
}
