/**
 * How wide the lane of a gradient is, by its magnitude.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./picture.js').Lane} Lane
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {{least: number, most: number}} Scale  logarithms (base 10) of the least and most magnitude of the scene
 */
import { brokenWord, normOf, summary } from './numbers.js';

/** Widths in pixels; gradients of one size of magnitude stay near the middle, so that a small difference looks small. */
const LANE = { least: 1.5, most: 6, decades: 2 };

/**
 * @param {Value} value
 * @param {Scale} scale
 * @returns {Lane}
 */
export function laneOf(value, scale) {
  const word = brokenWord(value);
  if (word) return { width: LANE.least, style: 'broken', text: word };
  const size = normOf(value);
  if (size === 0) return { width: 1, style: 'zero', text: '0' };
  return { width: widthOf(Math.log10(size), scale), style: 'flow', text: summary(value) };
}

/** How wide the lane of a magnitude is. @param {number} magnitude its logarithm @param {Scale} scale */
export function widthOf(magnitude, { least, most }) {
  const share = (magnitude - (most + least) / 2) / Math.max(most - least, LANE.decades) + 0.5;
  return Math.round((LANE.least + Math.min(1, Math.max(0, share)) * (LANE.most - LANE.least)) * 100) / 100;
}

/**
 * The magnitudes of every gradient of a scene, as logarithms, so that a lane's width means the same at every step.
 * @param {Graph} graph
 * @param {State} state the state at the scene's end
 * @returns {Scale}
 */
export function scaleOf(graph, state) {
  let least = Infinity;
  let most = -Infinity;
  for (const badge of graph.badges) {
    for (const sent of (badge.fold?.functions ?? [badge.function]).flatMap((fn) => state.functions.get(fn)?.sent ?? [])) {
      const size = normOf(sent.value);
      if (!Number.isFinite(size) || size === 0) continue;
      least = Math.min(least, Math.log10(size));
      most = Math.max(most, Math.log10(size));
    }
  }
  return least > most ? { least: 0, most: 0 } : { least, most };
}
