/**
 * The edge that a pointer is on, and where it leads.
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./curve.js').Point} Point
 */
import { distanceTo } from './curve.js';

/**
 * The edge nearest to a point, if it is within reach.
 * @param {Graph} graph @param {Geometry} geometry @param {Point} point @param {number} reach
 * @param {(edge: Edge) => boolean} visible
 * @returns {Edge | null}
 */
export function edgeUnder(graph, geometry, [x, y], reach, visible) {
  let found = null;
  let least = reach;
  for (const edge of graph.edges) {
    const bounds = geometry.bounds.get(edge.id);
    const curve = geometry.curves.get(edge.id);
    if (!bounds || !curve || x < bounds.left - reach || x > bounds.right + reach || y < bounds.top - reach || y > bounds.bottom + reach || !visible(edge)) continue;
    const distance = distanceTo(curve, [x, y]);
    if (distance < least) [found, least] = [edge, distance];
  }
  return found;
}

/**
 * The card at the end of an edge that is farther away along it; what an op makes stands for an op.
 * @param {Edge} edge @param {Graph} graph @param {Geometry} geometry @param {Point} point
 * @returns {import('./graph.js').Card | null}
 */
export function farEnd(edge, graph, geometry, [x, y]) {
  const curve = geometry.curves.get(edge.id) ?? [];
  const away = (/** @type {Point} */ [toX, toY]) => Math.hypot(toX - x, toY - y);
  const end = away(curve[0]) > away(curve[curve.length - 1]) ? edge.from : edge.to;
  const isCard = (/** @type {string} */ id) => graph.cards.find((card) => card.id === id) ?? null;
  return isCard(end) ?? isCard(graph.edges.find((other) => (end === edge.to ? other.from : other.to) === end)?.[end === edge.to ? 'to' : 'from'] ?? '');
}
