import { beforePaint, fill, html, reachScrolls } from './dom.js';
import { faultView, noticeView } from './fault.js';
import { t } from './language.js';

/**
 * What the program printed up to the cursor, the error where it ended in one, and what was noticed of it.
 * @param {HTMLElement} root
 * @param {{printed: string, error: import('../state/types.js').Failure | null, notices: import('../state/types.js').Notice[], given: import('./fault.js').Arguments,
 *   mending: import('./mending.js').Mending | null, onMend: () => unknown, onPlace: (line: number, column: number) => void}} facts
 */
export function showOutput(root, { printed, error, notices, given, mending, onMend, onPlace }) {
  const parts = [];
  if (error) parts.push(faultView(error, given, { mending, onMend, onPlace }));
  const mended = notices.find(({ fix }) => fix !== null);
  for (const notice of notices) parts.push(noticeView(notice, { mending: notice === mended ? mending : null, onMend, onPlace }));
  if (printed !== '') {
    parts.push(html('h2', { class: 'output-title' }, t('output.title')),
      html('pre', { class: 'printed', 'data-printed': true, 'data-scroll': true }, html('code', {}, printed.replace(/\n$/, ''))));
  }
  if (parts.length === 0 && root.childElementCount === 0) return;
  fill(root, parts);
  scroll(root, error === null && notices.length === 0);
}

const scroll = beforePaint((/** @type {HTMLElement} */ root, /** @type {boolean} */ toEnd) => {
  root.scrollTop = toEnd ? root.scrollHeight : 0;
  reachScrolls(root);
});
