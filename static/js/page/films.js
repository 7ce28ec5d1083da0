/**
 * Films of a run: every frame a figure, at the film's own times, on one canvas.
 * @typedef {import('./exports.js').Subject} Subject
 * @typedef {import('./exports.js').Options} Options
 */
import { filmed } from '../stage/backstage.js';
import { standalone } from '../stage/export.js';
import { Filming } from '../stage/filming.js';
import { loadFonts } from '../stage/fonts.js';
import { paint } from '../stage/painter.js';
import { lookOf, playOf } from './figures.js';

const MARGIN = 24;
const MOST_FRAMES = 1500;
const WIDEST = 2560;

/**
 * Draws the frames of a film; a picture that stays is taken once, for as long as it stays.
 * @param {Subject} subject @param {Options} options `from` and `to` are steps
 * @param {{rate: number, begin: (canvas: HTMLCanvasElement, show: (share: number) => Promise<void>) => Promise<void> | void, take: (canvas: HTMLCanvasElement, milliseconds: number) => Promise<void> | void}} film
 */
export async function film(subject, options, { rate, begin, take }) {
  const { trace } = subject;
  const last = trace.steps.length - 1;
  const from = Math.min(Math.max(options.from ?? 0, 0), last);
  const to = Math.min(Math.max(options.to ?? last, from), last);
  const canvas = document.createElement('canvas');
  /** @type {{picture: SVGSVGElement, frames: number} | null} */
  let held = null;
  /** @type {import('../stage/export.js').ExportOptions} */
  let box = {};
  /** @type {any} */
  let stage = null;
  async function release() {
    if (held === null) return;
    const { picture, frames } = held;
    held = null;
    await loadFonts(picture);
    paint(canvas, picture);
    await take(canvas, (frames * 1000) / rate);
  }
  const filming = new Filming(rate, async (index, same) => {
    if (index >= MOST_FRAMES) throw new RangeError(subject.t('export.film.long', { frames: MOST_FRAMES }));
    if (held !== null && same) held.frames += 1;
    else {
      await release();
      held = { picture: stage.look((/** @type {SVGGElement} */ scene) => standalone(scene, box)), frames: 1 };
    }
  });
  await filmed(await playOf(subject, options), lookOf(options), {
    from, to, speed: options.speed ?? 1, filming,
    async ready(made, extent) {
      stage = made;
      box = { box: extent, margin: MARGIN, styles: new Map() };
      const share = Math.min(WIDEST, options.width ?? 800) / (extent.width + 2 * MARGIN);
      canvas.width = even((extent.width + 2 * MARGIN) * share);
      canvas.height = even((extent.height + 2 * MARGIN) * share);
      await begin(canvas, async (share) => {
        await made.show(trace, { cursor: trace.steps[Math.round(from + (to - from) * share)].to });
        const picture = made.look((scene) => standalone(scene, box));
        await loadFonts(picture);
        paint(canvas, picture);
      });
    },
  });
  await release();
}

/** Video wants even sizes. @param {number} pixels */
function even(pixels) {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
