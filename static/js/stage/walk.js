/**
 * Walking the graph by keys: to a consumer, to an input, to the card above or below.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {'right' | 'left' | 'up' | 'down'} Direction
 */

const LEAST = 8;

/**
 * The card that lies in a direction from a card, or null.
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {string} from card id
 * @param {Direction} direction
 * @param {(id: string) => boolean} visible
 * @returns {string | null}
 */
export function neighbour(graph, geometry, from, direction, visible) {
  const here = geometry.cards.get(from);
  if (!here) return null;
  /** How far below a card lies, by their middles: a small card beside a large one is at its side. @param {string} id */
  const below = (id) => {
    const there = geometry.cards.get(id);
    return there ? there.y + there.height / 2 - here.y - here.height / 2 : Infinity;
  };
  const distance = (/** @type {string} */ id) => Math.abs(below(id));
  if (direction === 'right' || direction === 'left') {
    const linked = direction === 'right' ? consumers(graph, from) : inputs(graph, from);
    return linked.filter(visible).sort((a, b) => distance(a) - distance(b))[0] ?? null;
  }
  const candidates = graph.cards.map((card) => card.id).filter((id) => id !== from && visible(id)).flatMap((id) => {
    const there = geometry.cards.get(id);
    const apart = direction === 'up' ? -below(id) : below(id);
    if (!there || apart < LEAST) return [];
    const across = Math.abs(there.x + there.width / 2 - here.x - here.width / 2);
    return [{ id, cost: apart + across * 2 }];
  });
  return candidates.sort((a, b) => a.cost - b.cost)[0]?.id ?? null;
}

/** @param {Graph} graph @param {string} card @returns {string[]} */
function consumers(graph, card) {
  return graph.edges.filter((edge) => edge.from === card).flatMap((edge) => (edge.to.startsWith('f') ? consumers(graph, edge.to) : [edge.to]));
}

/** @param {Graph} graph @param {string} card @returns {string[]} */
function inputs(graph, card) {
  return graph.edges.filter((edge) => edge.to === card).flatMap((edge) => (edge.from.startsWith('f') ? inputs(graph, edge.from) : [edge.from]));
}
