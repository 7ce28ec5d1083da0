import { columnsOf } from '../state/alignment.js';
import { plainSentence } from '../state/sentences.js';
import { fill, html } from './dom.js';
import { t } from './language.js';

/** @typedef {import('../state/alignment.js').Column} Column */
/** @typedef {'same' | 'changed' | 'added' | 'removed' | 'moved'} Kind */

const MOST_CELLS = 96;
const MOST_READ = 600;
const SIGNS = { same: '', changed: '≠', added: '+', removed: '−', moved: '↕' };
/** Of several columns in one cell the first of these is told. @type {Kind[]} */
const TELLING = ['added', 'removed', 'moved', 'changed', 'same'];

/**
 * Both timelines in one order: the kept run's steps above, the new run's below, and only what differs is marked.
 * @param {{onSeek: (step: number) => void}} does
 */
export function createStrip({ onSeek }) {
  const cells = html('div', { class: 'strip-cells' });
  const element = html('div', { class: 'strip', role: 'img' }, cells);
  /** The step of the later run at each cell. @type {number[]} */
  let steps = [];

  cells.addEventListener('click', (event) => {
    const at = [...cells.children].indexOf(/** @type {Element} */ (event.target instanceof Element ? event.target.closest('.strip-cell') : null));
    if (at >= 0) onSeek(steps[at]);
  });

  return {
    element,
    /** @param {import('../state/alignment.js').Alignment} aligned @param {import('../state/trace.js').Trace} before @param {import('../state/trace.js').Trace} after */
    show(aligned, before, after) {
      const columns = columnsOf(aligned, before.steps.length, after.steps.length);
      const read = columns.length <= MOST_READ;
      /** @param {Column} column @returns {Kind} */
      const kindOf = ({ before: was, after: is, moved }) => {
        if (moved) return 'moved';
        if (was === null || is === null) return was === null ? 'added' : 'removed';
        return read && plainSentence(before, was, t) !== plainSentence(after, is, t) ? 'changed' : 'same';
      };
      const kinds = columns.map(kindOf);
      const size = Math.max(1, Math.ceil(columns.length / MOST_CELLS));
      steps = [];
      let last = 0;
      fill(cells, Array.from({ length: Math.ceil(columns.length / size) }, (_, at) => {
        const part = kinds.slice(at * size, (at + 1) * size);
        const kind = TELLING.find((one) => part.includes(one)) ?? 'same';
        for (const { after: is } of columns.slice(at * size, (at + 1) * size)) last = is ?? last;
        steps.push(last);
        return html('span', { class: 'strip-cell', 'data-kind': kind, title: kind === 'same' ? null : t(`compare.step.${kind}`) }, size === 1 ? SIGNS[kind] : '');
      }));
      const count = (/** @type {Kind} */ kind) => kinds.filter((one) => one === kind).length;
      element.setAttribute('aria-label', t('compare.strip', { same: count('same'), changed: count('changed'), added: count('added'), removed: count('removed'), moved: count('moved') }));
    },
    /** @param {number} step of the later run */
    move(step) {
      const here = steps.findLastIndex((one) => one <= step);
      [...cells.children].forEach((cell, index) => cell.toggleAttribute('data-here', index === here));
    },
  };
}
