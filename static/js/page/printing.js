import { whenIdle } from '../stage/breath.js';
import { isOneRow } from '../stage/rows.js';
import { LARGE } from '../stage/scene.js';
import { stillOf } from '../stage/still.js';
import { html, need } from './dom.js';
import { t } from './language.js';
import { roomOn } from './paper.js';
import { optionsOf, subjectOf } from './subject.js';

/** What is printed of the page as it stands, beside the program and the picture. */
const COPIED = ['[data-output]', '[data-table]', '[data-inspector]'];
/** After so many milliseconds without a change a long graph is laid out for paper. */
const REST = 600;

/**
 * The browser's own print menu prints a sheet instead of the page: no panel cuts the program, and the picture is whole, a long graph in rows.
 * @param {import('./workbench.js').Workbench} bench @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 */
export function createPrinting(bench, stage) {
  const { page } = bench;
  /** @type {HTMLElement | null} */
  let sheet = null;
  const clear = () => {
    sheet?.remove();
    sheet = null;
  };
  const rows = createRows(bench, stage);
  addEventListener('beforeprint', () => {
    clear();
    const { lesson, language, source, view, trace } = page.value;
    const sentence = need('[data-sentence]').textContent ?? '';
    const figure = view === 'table' || trace.last < 0 ? null : figureOf(stage.look((scene) => pictureOf(scene, sentence)), sentence);
    sheet = html('div', { class: 'backstage print-sheet', 'data-theme': 'light' },
      html('h1', {}, lesson?.title[language] ?? t('lessons.own')),
      html('ol', { class: 'print-program' }, ...source.trimEnd().split('\n').map((line) => html('li', {}, line === '' ? ' ' : line))),
      figure,
      ...COPIED.map((name) => copyOf(need(name))));
    document.body.append(sheet);
    if (figure) void rows.draw((scene) => pictureOf(scene, sentence))?.then((picture) => figure.replaceWith(figureOf(picture, sentence)));
  });
  addEventListener('afterprint', clear);
}

/**
 * The graph on show in rows, where it would be too small on paper in one. The browser prints at once and waits for no task: so code is loaded and places are found before, once the page rests; a large graph takes turns with others while it is drawn, and stays in one row.
 * @param {import('./workbench.js').Workbench} bench @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 */
function createRows(bench, stage) {
  const { page } = bench;
  /** How the moment on show is drawn, of the scene that was laid out. @type {{scene: unknown[], draw: <T>(make: (scene: SVGGElement) => T) => Promise<T>} | null} */
  let ahead = null;
  let resting = 0;

  /** Of what places were found. */
  function sceneOnShow() {
    const { trace, last, cursor, view, seed, display, language } = page.value;
    return [trace, last, trace.sceneAt(cursor), view, seed, display, language, bench.folding.folds, stage.form];
  }

  const isFound = () => sceneOnShow().every((one, index) => one === ahead?.scene[index]);

  async function find() {
    const { trace, view } = page.value;
    if (isFound() || view === 'table' || trace.last < 0 || !stage.standing || stage.inRows || stage.layout.joint || stage.count > LARGE || isOneRow(stage.size, roomOn())) return;
    const scene = sceneOnShow();
    const [{ laidAhead, moment }, { lookOf, playOf }] = await Promise.all([import('../stage/backstage.js'), import('./figures.js')]);
    const subject = subjectOf(bench, stage);
    const options = optionsOf(bench, { theme: 'light' });
    const [look, play] = [lookOf(subject, options), await playOf(subject, options)];
    await laidAhead(play, look, subject.cursor);
    ahead = { scene, draw: (make) => moment(play, look, page.value.cursor, make) };
  }

  const rest = () => {
    clearTimeout(resting);
    resting = window.setTimeout(() => whenIdle(() => void find()), REST);
  };
  page.subscribe(rest);
  addEventListener('resize', rest);
  return {
    /** What is made of the moment on show in rows; null where it stands in one, or its rows are not found yet. @template T @param {(scene: SVGGElement) => T} make */
    draw: (make) => (ahead !== null && isFound() ? ahead.draw(make) : null),
  };
}

/** @param {SVGGElement} scene @param {string} sentence */
function pictureOf(scene, sentence) {
  const { picture, width } = stillOf(scene, { class: 'print-picture', 'aria-label': sentence });
  picture.style.maxWidth = `${width}px`;
  return picture;
}

/** @param {SVGSVGElement} picture @param {string} sentence */
const figureOf = (picture, sentence) => html('figure', {}, html('figcaption', {}, sentence), picture);

/** What a panel shows, without what it is found by. @param {HTMLElement} panel */
function copyOf(panel) {
  if (panel.hidden || panel.childElementCount === 0) return null;
  const copy = /** @type {HTMLElement} */ (panel.cloneNode(true));
  for (const one of [copy, ...copy.querySelectorAll('[id]')]) one.removeAttribute('id');
  return copy;
}
