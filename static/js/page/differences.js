import { differenceSentence } from '../state/difference-words.js';
import { fill, html } from './dom.js';
import { t } from './language.js';
import { note } from './notes.js';

/** @typedef {import('../state/differences.js').Difference} Difference */
/** @typedef {{before: number | null, after: number | null}} Pair  the tensors that a difference is about */

const MOST = 200;
const SIGN = { added: '+', removed: '−' };

/**
 * The differences of two runs as a list that arrows walk; the one with the focus is chosen, and is spoken as it is read.
 * @param {HTMLElement} root @param {{onChoose: (pair: Pair) => void, onEnd: () => void, onKeep: () => void}} does
 */
export function createDifferences(root, { onChoose, onEnd, onKeep }) {
  /** @type {HTMLButtonElement[]} */
  let items = [];
  let at = -1;

  /** @param {number} index @param {boolean} focus */
  function go(index, focus) {
    if (items.length === 0) return;
    at = Math.min(Math.max(index, 0), items.length - 1);
    items.forEach((item, place) => {
      item.tabIndex = place === at ? 0 : -1;
      item.toggleAttribute('data-here', place === at);
    });
    if (focus) items[at].focus();
    else items[at].click();
    items[at].scrollIntoView({ block: 'nearest' });
  }

  /** @param {Difference} difference */
  function item(difference) {
    const aspect = difference.kind === 'tensor' ? difference.facets[0].aspect : difference.kind;
    const pair = 'facets' in difference || difference.kind === 'order' ? { before: difference.before, after: difference.after } : { before: null, after: null };
    return html('button', {
      type: 'button', class: 'difference', tabindex: -1, onclick: () => onChoose(pair), onfocus: () => onChoose(pair),
    }, html('span', { class: 'difference-sign', 'data-sign': aspect, 'aria-hidden': 'true' }, SIGN[/** @type {'added'} */ (aspect)] ?? '≠'), html('span', { class: 'difference-text' }, differenceSentence(difference, t)));
  }

  root.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || !items.includes(/** @type {HTMLButtonElement} */ (event.target))) return;
    go(at + by, true);
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    /** @param {Difference[]} differences */
    show(differences) {
      const focused = items.includes(/** @type {HTMLButtonElement} */ (document.activeElement));
      const groups = /** @type {const} */ ([['causes', differences.filter(({ cause }) => cause)], ['consequences', differences.filter(({ cause }) => !cause)]]);
      items = [];
      fill(root, [
        html('p', { class: 'differences-count', role: 'status' }, differences.length === 0 ? t('compare.same') : t('compare.count', { count: differences.length })),
        ...groups.flatMap(([name, those]) => (those.length === 0 ? [] : [
          html('h2', { class: 'inspector-title' }, t(`compare.${name}`)),
          html('ol', { class: 'differences' }, ...those.slice(0, MOST).map((one) => {
            items.push(item(one));
            return html('li', {}, items[items.length - 1]);
          })),
          those.length > MOST ? html('p', { class: 'panel-note' }, t('compare.more', { count: those.length - MOST })) : null,
        ])),
        html('div', { class: 'differences-tools' }, html('button', { type: 'button', class: 'button', onclick: onKeep }, t('compare.keep')), html('button', { type: 'button', class: 'button', onclick: onEnd }, t('compare.end'))),
      ]);
      at = Math.min(Math.max(at, 0), items.length - 1);
      if (at >= 0) items[at].tabIndex = 0;
      if (focused) items[at]?.focus();
    },
    /** The next difference is chosen and said, also where the list is folded away. */
    next() {
      go(items[at]?.hasAttribute('data-here') ? (at + 1) % items.length : 0, false);
      note(items[at]?.querySelector('.difference-text')?.textContent ?? t('compare.same'));
    },
    close: () => fill(root, []),
  };
}
