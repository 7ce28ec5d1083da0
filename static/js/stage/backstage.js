/**
 * A stage out of sight, for pictures of a step, a theme or a view that is not on show.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {{trace: Trace, source: string, layout: import('./placed.js').Placing, translate: import('./picture.js').Translate}} Play
 * @typedef {{theme: string, view: import('./picture.js').View, kind: import('./scene.js').Kind, folds: import('./fold.js').Folds | null, parts?: import('./parts.js').Parts, form?: import('./faces.js').Form, rows?: import('./rows.js').Rows}} Look
 */
import { Display } from './display.js';
import { sceneOf } from './scene.js';
import { createStage } from './stage.js';
import { measureWithCanvas } from './text.js';

/** A figure is looked at before it is saved, and then perhaps in another format: for so long its stage is kept. */
const KEPT_MS = 20_000;
const DWELL = 420;
/** At its end a film rests longer, for it may begin again at once. */
const END = 1400;

/**
 * A stage that nobody sees.
 * @param {Play} play @param {Look} look @param {import('./frames.js').Animation} [frames]
 */
async function raised({ source, layout, translate }, { theme, view, kind, folds, parts = null, form = 'wide', rows = 1 }, frames) {
  const container = document.createElement('div');
  container.className = 'backstage';
  container.dataset.theme = theme;
  container.inert = true;
  document.body.append(container);
  const stage = createStage(container, { layout: { ...layout, place: (boxes, links) => layout.place(boxes, links), warm() {}, close() {} }, translate, source: () => source, folds, parts, form, rows, frames });
  stage.view(view);
  await stage.graph(kind);
  return {
    stage,
    leave() {
      stage.close();
      container.remove();
    },
  };
}

/** @typedef {{look: <T>(make: (scene: SVGGElement, items: () => import('./display.js').Item[]) => T) => T, leave: () => void}} Still */

/** A stage that shows one moment. @param {Play} play @param {Look} look @param {number} at @returns {Promise<Still>} */
async function stillAt(play, look, at) {
  const { stage, leave } = await raised(play, look);
  /** @type {Display | null} */
  let display = null;
  try {
    await stage.show(play.trace, { cursor: at });
  } catch (error) {
    leave();
    throw error;
  }
  return {
    look: (make) => stage.look((scene) => make(scene, () => (display ??= new Display(scene)).items())),
    leave() {
      display?.close();
      leave();
    },
  };
}

/** The moment that was looked at last. @type {{asked: unknown[], still: Promise<Still>} | null} */
let kept = null;
let ending = 0;

/**
 * Makes something of a moment on a stage out of sight, which is kept for a while, for the same moment is often asked for again.
 * @template T
 * @param {Play & {language: string}} play @param {Look} look @param {number} at event
 * @param {(scene: SVGGElement, items: () => import('./display.js').Item[]) => T} make reads all that it needs at once
 * @returns {Promise<T>}
 */
export async function moment(play, look, at, make) {
  const { trace, source, language, layout } = play;
  const { folds, parts, ...plain } = look;
  const asked = [trace, source, layout, folds, JSON.stringify([at, trace.last, language, parts && [...parts], plain])];
  if (kept?.asked.some((one, index) => one !== asked[index]) !== false) {
    forget();
    kept = { asked, still: stillAt(play, look, at) };
    kept.still.catch(forget);
  }
  clearTimeout(ending);
  ending = window.setTimeout(forget, KEPT_MS);
  return (await kept.still).look(make);
}

/**
 * Lays out the scene of a moment, so that whoever asks for the moment later waits for nothing that is not there.
 * @param {Play} play @param {Look} look @param {number} at event
 */
export async function laidAhead({ trace, layout, translate }, { kind, folds, parts = null, form = 'wide', rows = 1 }, at) {
  await sceneOf(trace, trace.scenes[trace.sceneAt(at)], { measure: measureWithCanvas(), layout, translate, kind, folds, parts, form, rows });
}

/** Whoever asked for what was kept comes before it is taken down. */
function forget() {
  void kept?.still.then(({ leave }) => leave(), () => undefined);
  kept = null;
}

/**
 * Plays a range of events on a stage out of sight, frame by frame, from the first step that has a picture; between steps the picture rests for a moment.
 * @param {Play} play @param {Look} look
 * @param {{from: number, to: number, speed: number, filming: import('./filming.js').Filming, ready?: (stage: ReturnType<typeof createStage>, box: DOMRectReadOnly) => Promise<void>, begins?: (step: number) => void}} film
 *   `from` and `to` are steps; `ready` is called once, with the part of the scene that all frames share, `begins` at each step
 */
export async function filmed(play, look, { from, to, speed, filming, ready, begins = () => {} }) {
  const { trace } = play;
  const { stage, leave } = await raised(play, look, filming);
  try {
    stage.reduceMotion(false);
    const cursors = trace.steps.slice(from, to + 1).map((step) => step.to);
    const { first, box } = await extentOf(stage, trace, cursors);
    await ready?.(stage, box);
    await stage.show(trace, { cursor: cursors[first], speed });
    stage.fit();
    begins(from + first);
    await filming.rest(DWELL / speed);
    for (let index = first + 1; index < cursors.length; index += 1) {
      begins(from + index);
      await stage.show(trace, { cursor: cursors[index], animate: true, speed });
      await filming.rest(DWELL / speed);
    }
    await filming.rest(END / speed);
  } finally {
    leave();
  }
}

/** The first of these pictures that is not empty, and what all of them cover together. @param {ReturnType<typeof createStage>} stage @param {Trace} trace @param {number[]} cursors */
async function extentOf(stage, trace, cursors) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let first = -1;
  for (const [index, cursor] of cursors.entries()) {
    await stage.show(trace, { cursor });
    const box = stage.look((scene) => scene.getBBox());
    if (box.width === 0) continue;
    if (first < 0) first = index;
    [left, top, right, bottom] = [Math.min(left, box.x), Math.min(top, box.y), Math.max(right, box.x + box.width), Math.max(bottom, box.y + box.height)];
  }
  return first < 0 ? { first: 0, box: new DOMRectReadOnly() } : { first, box: new DOMRectReadOnly(left, top, right - left, bottom - top) };
}
