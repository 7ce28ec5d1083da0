/**
 * The geometry between two runs: what stays glides, what is new stands in its place at once.
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 */
import { easeTravel } from './ease.js';

/**
 * @param {Geometry} before
 * @param {Geometry} after
 * @param {Map<string, string>} same old id -> new id
 * @param {number} share 0 to 1
 * @returns {Geometry}
 */
export function morphed(before, after, same, share) {
  const eased = easeTravel(share);
  const origin = new Map([...same].map(([old, id]) => [id, before.cards.get(old) ?? before.badges.get(old)]));
  const between = (/** @type {Map<string, Frame>} */ frames) => new Map([...frames].map(([id, frame]) => {
    const from = origin.get(id);
    if (!from) return /** @type {const} */ ([id, frame]);
    return /** @type {const} */ ([id, { ...frame, x: from.x + (frame.x - from.x) * eased, y: from.y + (frame.y - from.y) * eased }]);
  }));
  const cards = between(after.cards);
  const badges = between(after.badges);
  const curves = new Map([...after.curves].map(([id, curve]) => {
    const ends = after.ends.get(id);
    if (!ends) return [id, curve];
    const start = shift(after, cards, badges, ends.from);
    const end = shift(after, cards, badges, ends.to);
    return [id, curve.map(([x, y], index) => {
      const t = index / (curve.length - 1);
      return /** @type {import('./curve.js').Point} */ ([x + start[0] * (1 - t) + end[0] * t, y + start[1] * (1 - t) + end[1] * t]);
    })];
  }));
  return { ...after, cards, badges, curves };
}

/**
 * How far an item still is from its place.
 * @param {Geometry} after
 * @param {Map<string, Frame>} cards
 * @param {Map<string, Frame>} badges
 * @param {string} id
 */
function shift(after, cards, badges, id) {
  const now = cards.get(id) ?? badges.get(id);
  const goal = after.cards.get(id) ?? after.badges.get(id);
  return now && goal ? [now.x - goal.x, now.y - goal.y] : [0, 0];
}
