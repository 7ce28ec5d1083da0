/**
 * One life of a graph, laid out: everything about it that does not depend on the cursor.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {{trace: Trace, scene: number, to: number, graph: Graph, faces: Map<string, Face>, geometry: Geometry, scale: {least: number, most: number}}} Scene
 */
import { facesOf } from './faces.js';
import { alignColumns, geometryOf, layoutRequest } from './geometry.js';
import { buildGraph } from './graph.js';
import { scaleOf } from './picture.js';
import { valuesWritten, writesIn } from './writes.js';

/**
 * @param {Trace} trace
 * @param {{index: number, from: number, to: number}} part the scene's events
 * @param {{measure: import('./text.js').Measure, layout: import('./layout.js').Layout}} tools
 * @returns {Promise<Scene>}
 */
export async function sceneOf(trace, { index, from, to }, { measure, layout }) {
  const end = trace.at(to);
  const graph = buildGraph(end, index);
  const faces = facesOf(graph, end, measure, valuesWritten(writesIn(trace, from, to)));
  const scale = scaleOf(graph, end);
  const { boxes, links } = layoutRequest(graph, faces, measure);
  const places = structuredClone(await layout.place(boxes, links));
  alignColumns(graph, faces, places);
  return { trace, scene: index, to, graph, faces, geometry: geometryOf(graph, faces, places, measure), scale };
}
