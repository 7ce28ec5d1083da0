import { beforePaint, fill, html, reachScrolls } from './dom.js';
import { faultView } from './fault.js';
import { t } from './language.js';

/**
 * What the program printed up to the cursor, and the error where it ended in one.
 * @param {HTMLElement} root
 * @param {{printed: string, error: import('../state/types.js').Failure | null, given: import('./fault.js').Arguments,
 *   mending: import('./mending.js').Mending | null, onMend: () => unknown, onPlace: (line: number, column: number) => void}} facts
 */
export function showOutput(root, { printed, error, given, mending, onMend, onPlace }) {
  const parts = [];
  if (error) parts.push(faultView(error, given, { mending, onMend, onPlace }));
  if (printed !== '') {
    parts.push(html('h2', { class: 'output-title' }, t('output.title')),
      html('pre', { class: 'printed', 'data-printed': true, 'data-scroll': true }, html('code', {}, printed.replace(/\n$/, ''))));
  }
  if (parts.length === 0 && root.childElementCount === 0) return;
  fill(root, parts);
  scroll(root, error === null);
}

const scroll = beforePaint((/** @type {HTMLElement} */ root, /** @type {boolean} */ toEnd) => {
  root.scrollTop = toEnd ? root.scrollHeight : 0;
  reachScrolls(root);
});
