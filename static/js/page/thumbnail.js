import { buildGraph } from '../stage/graph.js';
import { sketchLayout } from '../stage/sketch.js';
import { Trace } from '../state/trace.js';
import { svg } from './dom.js';
import { recall, remember } from './preferences.js';
import { readEvents, startRun } from './runs.js';

/**
 * Small pictures of what a program computes, drawn from a run of it and kept in this browser.
 * @typedef {{width: number, height: number, dots: [x: number, y: number, kind: string][], lines: [x: number, y: number, endX: number, endY: number, bow: number][]}} Sketch
 * @typedef {{id: string, program: string}} Pictured
 */

const DOT = 12;
const MARGIN = 8;
const MOST_SCENES = 12;
const BOW = 10;
const LEAST_WIDTH = 150;
const LEAST_HEIGHT = 56;
const EDITION = 2;

/** The largest scene of a run as dots and lines; null where it draws nothing. @param {Trace} trace @returns {Sketch | null} */
export function sketchOf(trace) {
  const graphs = trace.scenes.slice(0, MOST_SCENES).map((scene) => trace.peek(scene.to, (state) => {
    const roots = new Set(state.calls.flatMap((call) => call.roots));
    return { graph: buildGraph(state, scene.index), roots };
  }));
  const largest = graphs.reduce((best, one) => (best && best.graph.cards.length >= one.graph.cards.length ? best : one), graphs[0]);
  if (!largest) return null;
  return sketchGraph(largest.graph, largest.roots);
}

/** @param {import('../stage/graph.js').Graph} graph @param {Set<number>} roots @returns {Sketch | null} */
export function sketchGraph(graph, roots) {
  if (graph.cards.length === 0) return null;
  const boxes = [...graph.cards, ...graph.badges.filter((badge) => badge.card === null)].map(({ id }) => ({ id, width: DOT, height: DOT }));
  const links = graph.edges.map(({ id, from, to }) => ({ id, from, to, weight: 1, span: 1 }));
  const places = new Map(sketchLayout(boxes, links).boxes.map(([id, x, y]) => [id, { x, y }]));
  const all = [...places.values()];
  const left = Math.min(...all.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...all.map(({ y }) => y)) - MARGIN;
  const at = (/** @type {string} */ id) => {
    const place = /** @type {{x: number, y: number}} */ (places.get(id));
    return /** @type {const} */ ([Math.round(place.x - left), Math.round(place.y - top)]);
  };
  return {
    width: Math.round(Math.max(...all.map(({ x }) => x)) - left + MARGIN),
    height: Math.round(Math.max(...all.map(({ y }) => y)) - top + MARGIN),
    dots: graph.cards.map((card) => [...at(card.id), roots.has(card.tensor) ? 'root' : card.kind]),
    lines: graph.edges.map((edge) => [...at(edge.from), ...at(edge.to), bowOf(edge, graph.edges)]),
  };
}

/** How far an edge leaves the straight way, where several join the same two. @param {{from: string, to: string}} edge @param {{from: string, to: string}[]} edges */
function bowOf(edge, edges) {
  const beside = edges.filter((other) => other.from === edge.from && other.to === edge.to);
  return Math.round((beside.indexOf(edge) - (beside.length - 1) / 2) * 2 * BOW);
}

/** @param {Sketch} sketch */
export function thumbnail({ width, height, dots, lines }) {
  const [wide, high] = [Math.max(width, LEAST_WIDTH), Math.max(height, LEAST_HEIGHT)];
  return svg('svg', { class: 'thumbnail', viewBox: `${(width - wide) / 2} ${(height - high) / 2} ${wide} ${high}`, 'aria-hidden': 'true', focusable: 'false' },
    ...lines.map(([x, y, endX, endY, bow]) => svg('path', { class: 'thumbnail-line', d: `M${x} ${y}C${(x + endX) / 2} ${y + bow} ${(x + endX) / 2} ${endY + bow} ${endX} ${endY}` })),
    ...dots.map(([x, y, kind]) => svg('circle', { class: 'thumbnail-dot', 'data-kind': kind, cx: x, cy: y, r: DOT / 2 })));
}

/** @param {Pictured} lesson @returns {Sketch | null} */
function kept({ id, program }) {
  try {
    const found = JSON.parse(recall(`thumbnail.${id}`) ?? 'null');
    return found?.edition === EDITION && found.program === program ? found.sketch : null;
  } catch {
    return null;
  }
}

/**
 * Gives each lesson's picture, those that are kept at once, the others as their runs come in, one at a time. A run that the server
 * has no room for ends it: the next time may be better.
 * @param {Pictured[]} lessons @param {(id: string, picture: SVGElement) => void} put @param {AbortSignal} signal
 */
export async function drawThumbnails(lessons, put, signal) {
  const missing = lessons.filter((lesson) => {
    const sketch = kept(lesson);
    if (sketch) put(lesson.id, thumbnail(sketch));
    return !sketch;
  });
  try {
    for (const lesson of missing) {
      const trace = new Trace();
      for await (const { events, json } of readEvents(await startRun(lesson.program, { signal }), { signal })) trace.push(events, json);
      if (signal.aborted) return;
      const sketch = sketchOf(trace);
      if (!sketch) continue;
      remember(`thumbnail.${lesson.id}`, JSON.stringify({ edition: EDITION, program: lesson.program, sketch }));
      put(lesson.id, thumbnail(sketch));
    }
  } catch {
    return;
  }
}
