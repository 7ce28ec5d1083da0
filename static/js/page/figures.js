/**
 * Pictures of a run for files: drawn out of sight, in the theme, view and language that are asked for.
 * @typedef {import('./exports.js').Subject} Subject
 * @typedef {import('./exports.js').Options} Options
 */
import { moment } from '../stage/backstage.js';
import { Display, fontOf, lettersOf } from '../stage/display.js';
import { figureOf, groundOf, partOf, standalone } from '../stage/export.js';
import { loadFonts, withOurs } from '../stage/fonts.js';
import { buildGraph } from '../stage/graph.js';
import { paint } from '../stage/painter.js';
import { PARTS } from '../stage/parts.js';
import { isOneRow } from '../stage/rows.js';
import { paintOf } from '../stage/styles.js';
import { label } from '../state/labels.js';
import { sentence } from '../state/sentences.js';
import { roomOn } from './paper.js';
import { isTheme } from './theme.js';
import { lineText } from './values.js';

const MOST_PIXELS = 16384;
const MOST_TOLD = 12;

/** What a picture of a stage shows in each of its views, where nothing else is asked for. */
export const PICTURED = { values: PARTS.join(), gradients: PARTS.join(), shapes: PARTS.filter((part) => part !== 'values').join() };

/**
 * What a stage out of sight is asked to look like: its cards as they are on show.
 * @param {Subject} subject @param {Options} options @param {import('../stage/rows.js').Page} [page] where it is seen
 * @returns {import('../stage/backstage.js').Look & {rows: import('../stage/rows.js').Rows}}
 */
export function lookOf({ form }, { theme, view, kind, show, paper, rows = 'auto', folds = null }, page = roomOn(paper)) {
  const known = /** @type {const} */ (['values', 'gradients', 'shapes']).find((one) => one === view) ?? 'gradients';
  const parts = show === undefined ? null : new Set(PARTS.filter((part) => show.split(',').includes(part)));
  const asked = parts === null ? known : !parts.has('values') && parts.has('shapes') ? 'shapes' : known === 'shapes' ? 'gradients' : known;
  return { theme: isTheme(theme) ? theme : 'light', view: asked, kind: kind ?? 'teaching', folds, parts, form, rows: Number(rows) || page };
}

/** What a stage out of sight plays. @param {Subject} subject @param {Options} options */
export async function playOf(subject, { language }) {
  const translate = await subject.translate(language);
  return { trace: subject.trace, source: subject.source, layout: subject.layout, language, translate: (/** @type {string} */ key, /** @type {any} */ given) => translate(key, given) };
}

/**
 * What a picture says to who cannot see it: the step's sentence, then the named tensors that are drawn, with their gradients.
 * @param {import('../state/trace.js').Trace} trace @param {number} at @param {import('../i18n.js').Translate} t
 */
export function described(trace, at, t) {
  const named = trace.peek(at, (state) => buildGraph(state, state.scene).cards.filter(({ named, twin }) => named && !twin).slice(0, MOST_TOLD).map(({ tensor }) => {
    const { value, grad } = /** @type {import('../state/types.js').TensorState} */ (state.tensors.get(tensor));
    return [`${label(state, tensor)} = ${lineText(value)}`, ...(grad ? [`.grad = ${lineText(grad)}`] : [])].join(t('list.comma'));
  }));
  const step = sentence(trace, trace.stepAt(at), t);
  return named.length === 0 ? step : t('export.told', { step, tensors: named.join(t('list.clause')) });
}

/**
 * The picture of a step, and how: what it is called, what it says, the address that opens it again.
 * @template T
 * @param {Subject} subject @param {Options} options
 * @param {(scene: SVGGElement, how: import('../stage/export.js').ExportOptions, items: () => import('../stage/display.js').Item[]) => T} make reads all that it needs at once
 * @returns {Promise<{made: Awaited<T>, how: Record<'title' | 'description' | 'source', string>}>}
 */
async function stood(subject, options, make) {
  const play = await playOf(subject, options);
  const { trace, title } = subject;
  const at = Math.min(options.at ?? subject.cursor, trace.last);
  const how = { title, description: described(trace, at, play.translate), source: await subject.link(at), background: options.transparent !== true };
  const look = lookOf(subject, options);
  const onShow = subject.onShow(options);
  const made = onShow && (look.rows === 1 ? !onShow.inRows : isOneRow(onShow.look((scene) => scene.getBBox()), look.rows))
    ? await onShow.look((scene) => make(scene, how, () => itemsOf(scene)))
    : await moment(play, look, at, (scene, items) => make(scene, how, items));
  return { made, how };
}

/** What is to be painted of a scene. @param {SVGGElement} scene */
function itemsOf(scene) {
  const display = new Display(scene);
  const items = display.items();
  display.close();
  return items;
}

/** The picture of a step as SVG; the person is told of letters that none of our fonts has. @param {Subject} subject @param {Options} options */
export async function drawn(subject, options) {
  const { made } = await stood(subject, options, figureOf);
  if (made.missing.length > 0) subject.tell(subject.t('export.letters', { letters: made.missing.slice(0, 12).join(' ') }));
  return made.text;
}

/** The picture of a step as elements of a document that has our fonts, and the colour that belongs behind it. @param {Subject} subject @param {Options} options */
export async function standing(subject, options) {
  const { made: { picture, ground }, how: { title } } = await stood(subject, options, (scene, how) => ({ picture: standalone(scene, how), ground: paintOf('fill', groundOf(scene))[0][1] }));
  const texts = [...picture.querySelectorAll('[font-family]')];
  await loadFonts(texts.map((text) => [fontOf((name, otherwise) => text.getAttribute(name) ?? otherwise), text.textContent ?? '']));
  for (const text of texts) text.setAttribute('font-family', withOurs(text.getAttribute('font-family') ?? ''));
  return { picture, title, ground, width: Number(picture.getAttribute('width')), height: Number(picture.getAttribute('height')) };
}

/** The picture of a step on a canvas, as large as is asked for and a browser can. @param {Subject} subject @param {Options} options */
export async function painted(subject, options) {
  const { made, how } = await stood(subject, options, (scene, how, items) => ({ items: items(), part: partOf(scene, how) }));
  const { items, part } = made;
  await loadFonts(lettersOf(items));
  const scale = Math.min(4, Math.max(1, options.scale ?? 2), MOST_PIXELS / Math.max(part.width, part.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(part.width * scale);
  canvas.height = Math.round(part.height * scale);
  paint(canvas, items, part);
  return { canvas, how };
}
