/**
 * How one picture becomes the next before one's eyes: cards glide, gradients travel, or all comes up through a fade.
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./scene.js').Scene} Shown
 */
import { morphed } from './morph.js';
import { momentAt, planBetween } from './motion.js';

const MORPH_MS = 320;
const FADE = { time: 160, from: 0.55 };
const ownPace = () => 1;

/** @param {import('./drawing.js').Drawing} drawing @param {import('./frames.js').Animation} frames */
export function createTravel(drawing, frames) {
  return {
    /** What stays of a graph glides to its new place. @param {Shown} here @param {import('./change.js').Change} change @param {Picture} next */
    glide: ({ geometry }, { old, same }, next) => frames.run(MORPH_MS, (time) => {
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

    /** Without travel: what stands comes up through a short fade. */
    async fade() {
      await frames.run(FADE.time, (time) => drawing.parent.setAttribute('opacity', String(FADE.from + ((1 - FADE.from) * time) / FADE.time)), ownPace);
      drawing.parent.removeAttribute('opacity');
    },
  };
}
