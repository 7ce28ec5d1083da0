/**
 * The storeys as they are drawn under the cards: a ground with its line, and whose it is.
 * @typedef {import('./storeys.js').Floor} Floor
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 */
import { crosses } from './curve.js';
import { shape } from './shape.js';

const LABEL = { x: 12, y: 19, width: 170, height: 20 };
/** A ground has room for its words. */
export const LEAST_FLOOR = LABEL.width + LABEL.x * 2;
/** Kept clear around words, for gradients go back beside their edges. */
const CLEAR = 9;
const STEP = 18;

/**
 * The floors or regions of which something is shown, each as far as the first of it has appeared.
 * @template {{items: Set<string>}} Ground
 * @param {Ground[]} grounds @param {Picture} picture @param {Map<string, number>} appearing
 * @returns {{ground: Ground, share: number}[]}
 */
export function groundsShown(grounds, picture, appearing) {
  return grounds.flatMap((ground) => {
    const shares = [...ground.items].map((id) => ((picture.cards.get(id) ?? picture.badges.get(id))?.visible ? appearing.get(id) ?? 1 : 0));
    const share = Math.max(0, ...shares);
    return share > 0 ? [{ ground, share }] : [];
  });
}

/**
 * Where a floor's words stand: at its left, or as near to that as no edge crosses them.
 * @param {import('./geometry.js').Frame} frame of the floor @param {Iterable<import('./curve.js').Point[]>} curves
 * @returns {import('./geometry.js').Frame}
 */
export function wordsOn(frame, curves) {
  const at = (/** @type {number} */ x) => ({ x, y: frame.y + LABEL.y - LABEL.height + 5, width: LABEL.width, height: LABEL.height });
  const first = frame.x + LABEL.x;
  const crossing = [...curves];
  for (let x = first; x <= frame.x + frame.width - LABEL.width - LABEL.x; x += STEP) {
    const { y } = at(x);
    if (!crossing.some((curve) => crosses(curve, { left: x - CLEAR, right: x + LABEL.width + CLEAR, top: y, bottom: y + LABEL.height }))) return at(x);
  }
  return at(first);
}

/** @param {Floor} floor @param {number} share */
export function floorShape({ call, frame: { x, y, width, height } }, share) {
  return shape('g', { class: 'floor', 'data-call': call, transform: `translate(${x} ${y})`, opacity: share < 1 ? share : null }, [
    shape('rect', { class: 'floor-ground', width, height, rx: 10 }),
    shape('path', { class: 'floor-line', d: `M10 ${height}L${width - 10} ${height}` }),
  ]);
}

/** Whose a floor is; edges pass under it. @param {Floor} floor @param {number} share @param {Translate} translate */
export function floorSign({ call, words, frame }, share, translate) {
  return shape('text', { class: 'floor-label', x: words.x, y: frame.y + LABEL.y, opacity: share < 1 ? share : null }, [translate('stage.storey', { number: call + 1 })]);
}
