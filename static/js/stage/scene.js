/**
 * One life of a graph, laid out: everything about it that does not depend on the cursor.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {'teaching' | 'backward'} Kind  the graph of the program's tensors, or PyTorch's own of backward nodes
 * @typedef {{trace: Trace, scene: number, to: number, kind: Kind, graph: Graph, faces: Map<string, Face>, geometry: Geometry, scale: {least: number, most: number},
 *   told: ((item: import('./picture.js').CardItem, card: import('./graph.js').Card, state: import('../state/types.js').State) => import('./picture.js').CardItem) | null}} Scene
 *   `told`: what a card says in place of its tensor
 */
import { facesOf, fillWidth } from './faces.js';
import { alignColumns, geometryOf, layoutRequest } from './geometry.js';
import { buildGraph } from './graph.js';
import { scaleOf } from './picture.js';
import { valuesWritten, writesIn } from './writes.js';

const SPARE = 12;

/**
 * @param {Trace} trace
 * @param {{index: number, from: number, to: number}} part the scene's events
 * @param {{measure: import('./text.js').Measure, layout: import('./placed.js').Placing, translate: import('./picture.js').Translate, kind: Kind}} tools
 * @param {Scene | null} [before] a scene of the same program with other numbers: where its graph is the same, everything stays where it stands
 * @returns {Promise<Scene>}
 */
export async function sceneOf(trace, { index, from, to }, { measure, layout, translate, kind }, before = null) {
  const backward = kind === 'backward' ? await import('./backward.js') : null;
  const end = trace.at(to);
  const graph = backward ? backward.buildBackward(end, index) : buildGraph(end, index);
  const faces = backward ? backward.backwardFaces(graph, end, measure) : facesOf(graph, end, measure, valuesWritten(writesIn(trace, from, to)));
  const told = backward && backward.nodeTeller(graph, { measure, translate });
  const scale = scaleOf(graph, end);
  const kept = before !== null && sameStructure(before.graph, graph) ? keepSizes(before.faces, faces) : null;
  if (before && kept === 'all') return { trace, scene: index, to, kind, graph, faces, geometry: before.geometry, scale, told };
  const { boxes, links } = layoutRequest(graph, faces, measure);
  const places = structuredClone(await layout.place(boxes, links));
  alignColumns(graph, faces, places);
  return { trace, scene: index, to, kind, graph, faces, geometry: geometryOf(graph, faces, places, measure), scale, told };
}

/** @param {Graph} one @param {Graph} other */
function sameStructure(one, other) {
  const text = (/** @type {Graph} */ graph) => [...graph.cards.map((card) => `${card.id}${card.kind}`), ...graph.badges.map((badge) => badge.id), ...graph.edges.map((edge) => `${edge.id}${edge.from}>${edge.to}`)].join();
  return text(one) === text(other);
}

/** Cards take the sizes they had, or more where their numbers need it: then there is some room to spare. @param {Map<string, Face>} before @param {Map<string, Face>} faces @returns {'all' | 'some'} */
function keepSizes(before, faces) {
  let all = true;
  for (const [id, face] of faces) {
    const old = /** @type {Face} */ (before.get(id));
    const fits = face.height === old.height && face.badgeWidth <= old.badgeWidth && face.width <= old.width;
    all &&= fits;
    if (fits) Object.assign(face, { badgeWidth: old.badgeWidth, reach: old.reach });
    face.width = fits ? old.width : Math.max(old.width, face.width + SPARE);
    fillWidth(face);
  }
  return all ? 'all' : 'some';
}
