import { sketchGraph, thumbnail } from './thumbnail.js';
import { buildGraph } from '../stage/graph.js';

/**
 * Small pictures of moments of a run: the graph of the scene, with what is there by then and what a gradient has reached.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./thumbnail.js').Sketch} Sketch
 */

const MOST_CARDS = 150;
/** @type {WeakMap<Trace, Map<string, {sketch: Sketch | null, tensors: number[]}>>} */
const known = new WeakMap();

/** The picture of a moment; null where there is nothing to draw, or too much to read. @param {Trace} trace @param {number} seq */
export function momentOf(trace, seq) {
  const scene = trace.scenes[trace.sceneAt(seq)];
  const key = `${scene.index}:${scene.to}`;
  const scenes = known.get(trace) ?? new Map();
  known.set(trace, scenes);
  const made = scenes.get(key) ?? trace.peek(scene.to, (state) => {
    const graph = buildGraph(state, scene.index);
    return { sketch: graph.cards.length > MOST_CARDS ? null : sketchGraph(graph, new Set(state.calls.flatMap((call) => call.roots))), tensors: graph.cards.map((card) => card.tensor) };
  });
  scenes.set(key, made);
  if (!made.sketch) return null;
  const picture = thumbnail(made.sketch);
  const times = trace.peek(seq, (state) => made.tensors.map((/** @type {number} */ id) => {
    const tensor = state.tensors.get(id);
    if (!tensor) return 'future';
    const reached = tensor.flow !== null || (tensor.producer !== null && state.functions.get(tensor.producer)?.reached?.call === state.call);
    return state.call !== null && state.phase !== 'forward' && (reached || (tensor.is_leaf && tensor.grad !== null)) ? 'reached' : 'past';
  }));
  picture.querySelectorAll('.thumbnail-dot').forEach((dot, index) => dot.setAttribute('data-time', times[index]));
  return picture;
}
