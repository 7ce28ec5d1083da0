import { stillOf } from '../stage/still.js';
import { html, need } from './dom.js';
import { t } from './language.js';

/** What is printed of the page as it stands, beside the program and the picture. */
const COPIED = ['[data-output]', '[data-table]', '[data-inspector]'];

/**
 * The browser's own print menu prints a sheet instead of the page: no panel cuts the program, and the picture is whole.
 * @param {ReturnType<typeof import('./workbench.js').createWorkbench>} bench @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 */
export function createPrinting({ page }, stage) {
  /** @type {HTMLElement | null} */
  let sheet = null;
  const clear = () => {
    sheet?.remove();
    sheet = null;
  };
  addEventListener('beforeprint', () => {
    clear();
    const { lesson, language, source, view, trace } = page.value;
    const drawn = view !== 'table' && trace.last >= 0;
    sheet = html('div', { class: 'backstage print-sheet', 'data-theme': 'light' },
      html('h1', {}, lesson?.title[language] ?? t('lessons.own')),
      html('ol', { class: 'print-program' }, ...source.trimEnd().split('\n').map((line) => html('li', {}, line === '' ? ' ' : line))),
      drawn && figureOf(stage, need('[data-sentence]').textContent ?? ''),
      ...COPIED.map((name) => copyOf(need(name))));
    document.body.append(sheet);
  });
  addEventListener('afterprint', clear);
}

/** @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage @param {string} sentence */
function figureOf(stage, sentence) {
  const { picture, width } = stage.look((scene) => stillOf(scene, { class: 'print-picture', 'aria-label': sentence }));
  picture.style.maxWidth = `${width}px`;
  return html('figure', {}, html('figcaption', {}, sentence), picture);
}

/** What a panel shows, without what it is found by. @param {HTMLElement} panel */
function copyOf(panel) {
  if (panel.hidden || panel.childElementCount === 0) return null;
  const copy = /** @type {HTMLElement} */ (panel.cloneNode(true));
  for (const one of [copy, ...copy.querySelectorAll('[id]')]) one.removeAttribute('id');
  return copy;
}
