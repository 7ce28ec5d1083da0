import { html } from './dom.js';
import { icon } from './icons.js';
import { t } from './language.js';

/**
 * Opens a modal dialog with a title and what `body` holds; it is removed when closed and the focus returns.
 * @param {{title: string, kind: string, body: (close: () => void) => Node[]}} options
 * @returns {HTMLDialogElement}
 */
export function openDialog({ title, kind, body }) {
  const close = () => dialog.close();
  const heading = html('h2', { class: 'dialog-title', id: `dialog-${kind}` }, title);
  const dialog = html('dialog', { class: 'dialog', 'data-dialog': kind, 'aria-labelledby': heading.id },
    html('div', { class: 'dialog-head' }, heading,
      html('button', { type: 'button', class: 'button', 'data-icon-only': true, 'aria-label': t('dialog.close'), onclick: close }, icon('close'))));
  dialog.append(html('div', { class: 'dialog-body', 'data-scroll': true, tabindex: 0 }, ...body(close)));
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
