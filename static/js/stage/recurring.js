/**
 * A graph that comes again under other names, as a loop makes it at each of its turns: it stands where the one before it stood.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./faces.js').Face} Face
 * @typedef {{graph: Graph, faces: Map<string, Face>, geometry: Geometry}} Laid
 */

/** What two graphs must have in common, item by item. @type {{[item in 'cards' | 'badges' | 'edges']: (item: any) => string}} */
const ALIKE = {
  cards: ({ kind, twin, named, title, keepsGrad, badge }) => `${kind} ${twin} ${keepsGrad} ${badge === null} ${named ? title : ''}`,
  badges: ({ text, card }) => `${text} ${card === null}`,
  edges: ({ kind, input, cut, ghosts }) => `${kind} ${input} ${cut} ${ghosts}`,
};

/**
 * Sizes and places of a laid out graph for another of the same form; null where its form is another, or it has storeys.
 * @param {Laid} laid @param {Graph} graph @returns {Pick<Laid, 'faces' | 'geometry'> | null}
 */
export function recurring({ graph: old, faces, geometry }, graph) {
  if (geometry.floors.length > 0) return null;
  for (const [kind, face] of /** @type {[keyof typeof ALIKE, (item: any) => string][]} */ (Object.entries(ALIKE))) {
    if (old[kind].length !== graph[kind].length || old[kind].some((item, index) => face(item) !== face(graph[kind][index]))) return null;
  }
  const items = (/** @type {Graph} */ { cards, badges, edges }) => [...cards, ...badges, ...edges];
  const now = items(graph);
  const names = new Map(items(old).map(({ id }, index) => [id, now[index].id]));
  const name = (/** @type {string} */ id) => names.get(id) ?? id;
  if (old.edges.some(({ from, to }, index) => name(from) !== graph.edges[index].from || name(to) !== graph.edges[index].to)) return null;
  if (old.cards.some(({ badge }, index) => badge !== null && name(badge) !== graph.cards[index].badge)) return null;
  const { cards, badges, curves, bounds, sides, regions } = geometry;
  const ends = new Map(graph.edges.map(({ id, from, to }) => [id, { from, to }]));
  return { faces: renamed(faces, name), geometry: { ...geometry, cards: renamed(cards, name), badges: renamed(badges, name), curves: renamed(curves, name), bounds: renamed(bounds, name), sides: renamed(sides, name), ends, regions: regions.map((region) => ({ ...region, items: new Set([...region.items].map(name)) })) } };
}

/** @template T @param {Map<string, T>} map @param {(id: string) => string} name @returns {Map<string, T>} */
const renamed = (map, name) => new Map([...map].map(([id, value]) => [name(id), value]));
