import { fill, html, reachScrolls } from './dom.js';
import { t } from './language.js';

/**
 * What the program printed up to the cursor, and the error where it ended in one.
 * @param {HTMLElement} root
 * @param {{printed: string, error: import('../state/types.js').Failure | null, onPlace: (line: number, column: number) => void}} facts
 */
export function showOutput(root, { printed, error, onPlace }) {
  const parts = [];
  if (error) parts.push(fault(error, onPlace));
  if (printed !== '') {
    parts.push(html('h2', { class: 'output-title' }, t('output.title')),
      html('pre', { class: 'printed', 'data-printed': true, 'data-scroll': true }, html('code', {}, printed.replace(/\n$/, ''))));
  }
  fill(root, parts);
  reachScrolls(root);
}

/** @param {import('../state/types.js').Failure} error @param {(line: number, column: number) => void} onPlace */
function fault(error, onPlace) {
  const known = t(`error.${error.code}`);
  const { line, column } = error;
  return html('div', { class: 'fault', role: 'alert', 'data-error': error.code },
    html('p', { class: 'fault-place' }, line === null ? error.error
      : html('button', { type: 'button', onclick: () => onPlace(line, column ?? 0) }, t('error.place', { error: error.error, line, column: (column ?? 0) + 1 }))),
    html('p', { class: 'fault-message' }, error.message),
    known !== `error.${error.code}` ? html('p', { class: 'fault-hint' }, known) : error.hint ? html('p', { class: 'fault-hint' }, error.hint) : null);
}
