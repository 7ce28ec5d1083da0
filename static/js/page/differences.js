import { differenceSentence } from '../state/difference-words.js';
import { fill, html } from './dom.js';
import { t } from './language.js';
import { note } from './notes.js';
import { createWalkedList } from './walked-list.js';

/** @typedef {import('../state/differences.js').Difference} Difference */
/** @typedef {{before: number | null, after: number | null}} Pair  the tensors that a difference is about */

const MOST = 200;
const SIGN = { added: '+', removed: '−' };

/**
 * The differences of two runs as a list that arrows walk; the one with the focus is chosen, and is spoken as it is read.
 * @param {HTMLElement} root @param {{onChoose: (pair: Pair) => void, onEnd: () => void, onKeep: () => void}} does
 */
export function createDifferences(root, { onChoose, onEnd, onKeep }) {
  const walked = createWalkedList(root);

  /** @param {Difference} difference */
  function item(difference) {
    const aspect = difference.kind === 'tensor' ? difference.facets[0].aspect : difference.kind;
    const pair = 'facets' in difference || difference.kind === 'order' ? { before: difference.before, after: difference.after } : { before: null, after: null };
    return html('button', {
      type: 'button', class: 'difference', tabindex: -1, onclick: () => onChoose(pair), onfocus: () => onChoose(pair),
    }, html('span', { class: 'difference-sign', 'aria-hidden': 'true' }, SIGN[/** @type {'added'} */ (aspect)] ?? '≠'), html('span', { class: 'difference-text' }, differenceSentence(difference, t)));
  }

  return {
    /** @param {Difference[]} differences */
    show(differences) {
      const groups = /** @type {const} */ ([['causes', differences.filter(({ cause }) => cause)], ['consequences', differences.filter(({ cause }) => !cause)]]).map(([name, those]) => ({ name, count: those.length, items: those.slice(0, MOST).map(item) }));
      fill(root, [
        html('p', { class: 'differences-count', role: 'status' }, differences.length === 0 ? t('compare.same') : t('compare.count', { count: differences.length })),
        ...groups.flatMap(({ name, count, items }) => (count === 0 ? [] : [
          html('h2', { class: 'inspector-title' }, t(`compare.${name}`)),
          html('ol', { class: 'differences' }, ...items.map((one) => html('li', {}, one))),
          count > MOST ? html('p', { class: 'panel-note' }, t('compare.more', { count: count - MOST })) : null,
        ])),
        html('div', { class: 'differences-tools' }, html('button', { type: 'button', class: 'button', onclick: onKeep }, t('compare.keep')), html('button', { type: 'button', class: 'button', onclick: onEnd }, t('compare.end'))),
      ]);
      walked.set(groups.flatMap(({ items }) => items));
    },
    /** The next difference is chosen and said, also where the list is folded away. */
    next() {
      const next = walked.next();
      next?.click();
      next?.scrollIntoView({ block: 'nearest' });
      note(next?.querySelector('.difference-text')?.textContent ?? t('compare.same'));
    },
    close: () => fill(root, []),
  };
}
