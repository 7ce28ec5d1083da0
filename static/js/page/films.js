/**
 * Films of a run: every frame a figure, at the film's own times, on one canvas.
 * @typedef {import('./exports.js').Subject} Subject
 * @typedef {import('./exports.js').Options} Options
 */
import { filmed } from '../stage/backstage.js';
import { Display, lettersOf } from '../stage/display.js';
import { partOf } from '../stage/export.js';
import { Filming } from '../stage/filming.js';
import { loadFonts } from '../stage/fonts.js';
import { paint } from '../stage/painter.js';
import { described, lookOf, playOf } from './figures.js';
import { LEAST_SCALE } from './paper.js';

const MARGIN = 24;
const MOST_FRAMES = 1500;
const WIDEST = 2560;
/** What a film is watched on, however large it is made: its captions' times are those of the same picture. */
const SCREEN = { width: 800, height: 600, least: LEAST_SCALE };

/**
 * Draws the frames of a film; a picture that stays is taken once, for as long as it stays.
 * @param {Subject} subject @param {Options} options `from` and `to` are steps
 * @param {{rate: number, begin: (canvas: HTMLCanvasElement, told: Awaited<ReturnType<typeof toldOf>>, show: (share: number) => Promise<void>) => Promise<void> | void, take: (canvas: HTMLCanvasElement, milliseconds: number) => Promise<void> | void}} film
 */
export async function film(subject, options, { rate, begin, take }) {
  const { trace } = subject;
  const { from, to } = rangeOf(subject, options);
  const canvas = document.createElement('canvas');
  /** @type {() => Promise<void>} */
  let draw = async () => undefined;
  /** How many frames the picture on the canvas has stayed; 0 before the first. */
  let stays = 0;
  async function release() {
    if (stays > 0) await take(canvas, (stays * 1000) / rate);
    stays = 0;
  }
  const filming = new Filming(rate, async (index, same) => {
    if (index >= MOST_FRAMES) throw new RangeError(subject.t('export.film.long', { frames: MOST_FRAMES }));
    if (stays === 0 || !same) {
      await release();
      await draw();
    }
    stays += 1;
  });
  /** @type {Display | null} */
  let display = null;
  try {
    await filmed(await playOf(subject, options), lookOf(subject, options, SCREEN), {
      from, to, speed: options.speed ?? 1, filming,
      async ready(stage, box) {
        const part = stage.look((scene) => {
          display = new Display(scene);
          return partOf(scene, { box, margin: MARGIN });
        });
        draw = async () => {
          const items = stage.look(() => /** @type {Display} */ (display).items());
          await loadFonts(lettersOf(items));
          paint(canvas, items, part);
        };
        const share = Math.min(WIDEST, options.width ?? 800) / part.width;
        canvas.width = even(part.width * share);
        canvas.height = even(part.height * share);
        await begin(canvas, await toldOf(subject, options, { from, to }), async (share) => {
          await stage.show(trace, { cursor: trace.steps[Math.round(from + (to - from) * share)].to });
          await draw();
        });
      },
    });
    await release();
  } finally {
    /** @type {Display | null} */ (display)?.close();
  }
}

/** The steps that are asked for; all of them where nothing is. The person is told where the run has not all of those. @param {Subject} subject @param {Options} options */
export function rangeOf({ trace, tell, t }, options) {
  const last = trace.steps.length - 1;
  const asked = { from: options.from ?? 0, to: options.to ?? last };
  const from = Math.min(Math.max(asked.from, 0), last);
  const to = Math.min(Math.max(asked.to, from), last);
  if (from !== asked.from || to !== asked.to) tell(t('export.range.other', { from, to, last }));
  return { from, to };
}

/**
 * What a film is called, and what it says to who cannot see it: which steps it plays, and how they end.
 * @param {Subject} subject @param {Options} options @param {{from: number, to: number}} range
 */
export async function toldOf(subject, { language }, { from, to }) {
  const { trace, title } = subject;
  const t = await subject.translate(language);
  const { to: at } = trace.steps[to];
  return { title, description: t('export.film.told', { from, to, last: trace.steps.length - 1, text: described(trace, at, t) }) };
}

/**
 * When each step of such a film begins and the film ends, in milliseconds: it is played and no frame is painted.
 * @param {Subject} subject @param {Options} options @param {number} rate
 */
export async function timesOf(subject, options, rate) {
  /** @type {{step: number, begins: number}[]} */
  const steps = [];
  const filming = new Filming(rate, async () => undefined);
  const time = () => (filming.count * 1000) / rate;
  await filmed(await playOf(subject, options), lookOf(subject, options, SCREEN), { ...rangeOf(subject, options), speed: options.speed ?? 1, filming, begins: (step) => steps.push({ step, begins: time() }) });
  return { steps, ends: time() };
}

/** Video wants even sizes. @param {number} pixels */
function even(pixels) {
  return Math.max(2, Math.round(pixels / 2) * 2);
}
