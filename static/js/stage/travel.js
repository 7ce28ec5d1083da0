/**
 * How one picture becomes the next before one's eyes: cards glide, gradients travel, or all comes up through a fade.
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./scene.js').Scene} Shown
 */
import { pointAt } from './curve.js';
import { easeTravel } from './ease.js';
import { morphed } from './morph.js';
import { momentAt, planBetween } from './motion.js';

const MORPH_MS = 320;
const FADE = { time: 160, from: 0.55 };
const WAVE = { each: 600, most: 4500 };
const ownPace = () => 1;

/** @param {string} edge @param {import('./curve.js').Point[] | undefined} curve @param {number} share @returns {import('./motion.js').Bead[]} */
function beadOn(edge, curve, share) {
  if (!curve) return [];
  const { point: [x, y] } = pointAt(curve, share);
  return [{ kind: 'bead', id: `s${edge}`, tone: 'leaf', x, y }];
}

/** @param {import('./drawing.js').Drawing} drawing @param {import('./frames.js').Animation} frames */
export function createTravel(drawing, frames) {
  return {
    /** What stays of a graph glides to its new place, and the view to where all of it is seen. @param {Shown} here @param {import('./change.js').Change} change @param {Picture} next */
    glide: ({ geometry }, { old, same, widens }, next) => frames.run(MORPH_MS, (time) => {
      widens?.(time / MORPH_MS);
      drawing.place(time < MORPH_MS ? morphed(/** @type {Shown} */ (old).geometry, geometry, same, time / MORPH_MS) : geometry);
      drawing.update(next);
    }, ownPace),

    /** Values go on, gradients go back. @param {Shown} here @param {Picture} before @param {Picture} next @param {{labels: boolean, speed: () => number}} how */
    move({ graph, geometry }, before, next, { labels, speed }) {
      const plan = planBetween(before, next, graph, geometry);
      return frames.run(plan.duration, (time) => {
        const moment = momentAt(plan, time);
        drawing.update(moment.picture, { appearing: moment.appearing, lanes: moment.lanes, grown: moment.grown, cuts: moment.cuts, labels });
        drawing.effects(moment.effects);
      }, speed);
    },

    /**
     * Light goes from tensors along edges, wave by wave, and stays.
     * @param {Shown} here @param {import('./notes.js').Note[]} notes what is said meanwhile
     * @param {{waves: string[][], tensors: number[], still: boolean}} light
     */
    async spread({ graph, geometry }, notes, { waves, tensors, still }) {
      const said = notes.map((note) => ({ ...note, share: 1 }));
      const ends = new Map(graph.edges.map(({ id, to }) => [id, to]));
      const reached = new Set(graph.cards.filter((card) => tensors.includes(card.tensor)).map(({ id }) => id));
      const lit = new Set(/** @type {string[]} */ ([]));
      const each = Math.min(WAVE.each, WAVE.most / Math.max(1, waves.length));
      drawing.light(lit, reached);
      for (const wave of waves) {
        for (const id of wave) lit.add(id);
        drawing.light(lit, reached);
        const finished = still || (await frames.run(each, (time) => {
          const share = easeTravel(time / each);
          const beads = wave.flatMap((id) => beadOn(id, geometry.curves.get(id), share));
          drawing.effects(time < each ? [...said, ...beads] : said);
        }, ownPace));
        if (!finished) return;
        for (const id of wave) reached.add(ends.get(id) ?? '');
        drawing.light(lit, reached);
      }
    },

    /** Without travel: what stands comes up through a short fade. */
    async fade() {
      await frames.run(FADE.time, (time) => drawing.parent.setAttribute('opacity', String(FADE.from + ((1 - FADE.from) * time) / FADE.time)), ownPace);
      drawing.parent.removeAttribute('opacity');
    },
  };
}
