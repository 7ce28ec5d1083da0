/**
 * From one scene to the next: who stays, and whether what stays has another place.
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {{old: Scene | null, same: Map<string, string>, kept: boolean, moves: boolean, glides: boolean}} Change  `same`: old id -> new id; `kept`: most of it stays, so that the camera does;
 *   `glides`: it is to be seen moving
 */
import { sameItems } from './graph.js';

const KEPT_SHARE = 0.5;
const MOVED = 1;

/** @param {Scene | null} old @param {Scene} made @returns {Change} */
export function changeOf(old, made) {
  if (!old) return { old, same: new Map(), kept: false, moves: false, glides: false };
  const { cards, badges } = made.graph;
  const stays = old.geometry === made.geometry;
  const same = stays ? new Map([...cards, ...badges].map(({ id }) => [id, id])) : new Map([...sameItems(old.graph.cards, cards), ...sameItems(old.graph.badges, badges)]);
  const kept = old.graph.cards.length > 0 && same.size >= KEPT_SHARE * Math.max(old.graph.cards.length + old.graph.badges.length, cards.length + badges.length);
  const moves = !stays && [...same].some(([before, after]) => {
    const [from, to] = [old.geometry.cards.get(before), made.geometry.cards.get(after)];
    return from && to && Math.hypot(from.x - to.x, from.y - to.y) > MOVED;
  });
  return { old, same, kept, moves, glides: false };
}
