/**
 * From one scene to the next: who stays, and whether what stays has another place.
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {{old: Scene | null, same: Map<string, string>, kept: boolean, moves: boolean, glides: boolean, widens: ((share: number) => void) | null}} Change  `same`: old id -> new id; `kept`: most of it stays, so that the camera does;
 *   `glides`: it is to be seen moving; `widens`: how the view goes along, where the graph has grown out of it
 */
const KEPT_SHARE = 0.5;
const MOVED = 1;

/** @param {Scene | null} old @param {Scene} made @returns {Change} */
export function changeOf(old, made) {
  if (!old) return { old, same: new Map(), kept: false, moves: false, glides: false, widens: null };
  const { cards, badges } = made.graph;
  const stays = old.geometry === made.geometry;
  const same = stays ? new Map([...cards, ...badges].map(({ id }) => [id, id])) : new Map([...sameItems(old.graph.cards, cards), ...sameItems(old.graph.badges, badges)]);
  const kept = old.graph.cards.length > 0 && same.size >= KEPT_SHARE * Math.max(old.graph.cards.length + old.graph.badges.length, cards.length + badges.length);
  const moves = !stays && [...same].some(([before, after]) => {
    const [from, to] = [old.geometry.cards.get(before), made.geometry.cards.get(after)];
    return from && to && Math.hypot(from.x - to.x, from.y - to.y) > MOVED;
  });
  return { old, same, kept, moves, glides: false, widens: null };
}

/**
 * Who an item of the old graph is in the new one: by place and key, then by place, then by key alone.
 * @template {{id: string, key: string, place: string}} T
 * @param {T[]} before
 * @param {T[]} after
 * @returns {Map<string, string>} old id -> new id
 */
export function sameItems(before, after) {
  /** @type {Map<string, string>} */
  const pairs = new Map();
  const taken = new Set();
  for (const face of [(/** @type {T} */ item) => `${item.place}|${item.key}`, (/** @type {T} */ item) => item.key, (/** @type {T} */ item) => item.place]) {
    const waiting = new Map(after.filter((item) => !taken.has(item.id)).map((item) => [face(item), item.id]));
    for (const item of before) {
      const match = waiting.get(face(item));
      if (match === undefined || pairs.has(item.id)) continue;
      pairs.set(item.id, match);
      taken.add(match);
      waiting.delete(face(item));
    }
  }
  return pairs;
}
