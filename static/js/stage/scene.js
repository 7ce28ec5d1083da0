/**
 * One life of a graph, laid out: everything about it that does not depend on the cursor.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {'teaching' | 'backward' | `forward ${number}`} Kind  the graph of the program's tensors, PyTorch's own of backward nodes, or the first in forward mode from a leaf
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {{show: (made: Picture, state: State) => Picture, says?: (geometry: Geometry, state: State, from: number) => import('./notes.js').Unplaced[]}} Teller  what a picture shows and says
 *   instead of the values and gradients at its cursor
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('./faces.js').Form} Form
 * @typedef {(geometry: Geometry) => {share: number, across: boolean, enough: number, whole: boolean, sight: number}} Look  the scale at which all of a graph is in view, whether its width bounds it, the one that is large enough, and whether it can be read so;
 *   `sight`: how much of it is in view where it can be read, of 1
 * @typedef {{trace: Trace, scene: number, to: number, kind: Kind, graph: Graph, faces: Map<string, Face>, geometry: Geometry, scale: {least: number, most: number}, room: number, folds: import('./fold.js').Folds | null, told: Teller | null, form: Form, rows: import('./rows.js').Rows, lines: number}} Scene
 *   `room`: how wide all cards together were when they were laid out; `form`: of its cards; `rows`: those it was laid out for, and `lines` how many these are
 */
import { breath } from './breath.js';
import { facesOf, fillWidth } from './faces.js';
import { alignColumns, geometryOf, layoutRequest } from './geometry.js';
import { buildGraph } from './graph.js';
import { scaleOf } from './lane-width.js';
import { isScalar } from './numbers.js';
import { trimmed } from './parts.js';
import { recurring } from './recurring.js';
import { regionsOf } from './regions.js';
import { isOneRow, wrapped } from './rows.js';
import { floorsOf, grouped, stacked, storeysOf } from './storeys.js';
import { valuesWritten, writesIn } from './writes.js';

/** Of a graph with more cards, finding places and drawing are two tasks. */
export const LARGE = 200;
const SPARE = 12;
/** Of a graph with more cards it is not asked whether others would suit it better. */
export const MOST_NARROWED = 80;
/** By how much larger a graph of high or small cards must be seen. */
const GAIN = 1.08;
/** The gradient first, for the value is what a person turns. */
const FEWER_DIGITS = [{ gradient: 3 }, { gradient: 2 }, { value: 3, gradient: 3 }, { value: 2, gradient: 2 }, { value: 1, gradient: 1 }];
/** A graph that is not seen whole stands in rows where so many times as much of it is in view. */
const MORE_IN_SIGHT = 1.5;
/** What is seen best in so many rows is not whole in one. */
const SURELY = 3;
/** Numbers that need less of their cards let the graph be laid out anew. */
const LEAST_FILLED = 0.75;

/** What other graphs need, once it is there: an import lets others go first even then. @type {{backward?: typeof import('./backward.js'), forward?: typeof import('./forward.js')}} */
const loaded = {};

/**
 * @param {Trace} trace
 * @param {{index: number, from: number, to: number}} part the scene's events
 * @param {{measure: import('./text.js').Measure, layout: import('./placed.js').Placing, translate: import('./picture.js').Translate, kind: Kind, folds?: import('./fold.js').Folds | null, parts?: import('./parts.js').Parts,
 *   seen?: Look | null, form?: Form, rows?: import('./rows.js').Rows}} tools without `seen` cards are of this form; `rows`: of a graph that is not read in one; with `seen` only where it is whole so, or much more of it is in view
 * @param {{scene: Scene, steady: boolean} | null} [before] a scene of another run of the program, or another of this one: where the graph is the same and the new numbers fit, everything stays where it stands;
 *   `steady`: also where that leaves much room empty, and where some do not fit the others keep their sizes
 * @returns {Promise<Scene>}
 */
export async function sceneOf(trace, part, { rows = 1, ...tools }, before = null) {
  const { seen } = tools;
  const again = before && before.scene.rows !== 1 ? await laidOut(trace, part, { ...tools, rows: before.scene.rows }, before) : null;
  if (again && again.geometry === before?.scene.geometry) return again;
  const inRows = again && JSON.stringify(again.rows) === JSON.stringify(rows) ? again : null;
  if (inRows && seen && inRows.lines >= SURELY && inRows.graph.cards.length <= MOST_NARROWED && seen(inRows.geometry).whole) return inRows;
  const line = await laidOut(trace, part, tools, before);
  const { geometry, graph } = line;
  if (rows === 1 || (seen ? seen(geometry).whole || graph.cards.length > MOST_NARROWED : isOneRow(geometry, rows))) return line;
  const lines = inRows ?? await laidOut(trace, part, { ...tools, rows }, before);
  if (!seen) return lines;
  const { whole, sight } = seen(lines.geometry);
  return whole || sight >= seen(geometry).sight * MORE_IN_SIGHT ? lines : line;
}

/** @type {typeof sceneOf} */
async function laidOut(trace, { index, from, to }, { measure, layout, translate, kind, folds = null, parts = null, seen = null, form: given = 'wide', rows = 1 }, before = null) {
  const backward = kind === 'backward' ? (loaded.backward ??= await import('./backward.js')) : null;
  const forward = kind === 'teaching' || backward ? null : (loaded.forward ??= await import('./forward.js'));
  /** Asked for anew at each use: while places are found, whoever else looks at the trace moves what it shows. */
  const end = () => trace.at(to);
  const graph = backward ? backward.buildBackward(end(), index, rows !== 1) : trimmed(buildGraph(end(), index, folds, rows !== 1), parts);
  const written = backward ? new Map() : valuesWritten(writesIn(trace, from, to));
  const facesFor = (/** @type {Form} */ form, /** @type {import('./faces.js').Digits | undefined} */ digits = undefined) => (backward ? backward.backwardFaces(graph, end(), measure, from, form) : facesOf(graph, end(), measure, written, from, parts, form, digits));
  const told = backward?.nodePainter(graph, { measure, translate }) ?? forward?.forwardTeller(graph, end(), index, Number(kind.split(' ')[1]), translate) ?? null;
  const scale = scaleOf(graph, end());
  const other = before?.scene ?? null;
  const old = other && (sameStructure(other.graph, graph) ? other : other.trace === trace && other.scene !== index ? withPlaces(other, graph) : null);
  const made = { trace, scene: index, to, kind, graph, scale, folds, told, rows };
  const faces = facesFor(old?.form ?? given);
  if (old && before?.steady && !backward) shorten(old.faces, faces, (digits) => facesFor(old.form, digits));
  const room = roomOf(faces);
  if (old && fit(old.faces, faces) && (before?.steady || room >= old.room * LEAST_FILLED)) {
    keepSizes(old.faces, faces);
    return { ...made, faces, geometry: old.geometry, room: old.room, form: old.form, rows: old.rows, lines: old.lines };
  }
  const storeys = storeysOf(graph, end());
  /** @param {Map<string, Face>} those @param {Form} form @param {number} [taken] @returns {Promise<Scene>} */
  const laid = async (those, form, taken = roomOf(those)) => {
    const { boxes, links } = layoutRequest(graph, those, measure, { close: form === 'close', inRows: rows !== 1 });
    const places = stacked(structuredClone(await layout.place(grouped(boxes, storeys), links)), boxes, links, storeys);
    alignColumns(graph, those, places);
    const standing = rows === 1 ? places : wrapped(places, grouped(layoutRequest(graph, those, measure).boxes, storeys), links, rows);
    const geometry = geometryOf(graph, those, standing, measure);
    geometry.floors = floorsOf(graph, storeys, geometry, standing.rows);
    if (!backward) geometry.regions = regionsOf(graph, end(), geometry);
    if (graph.cards.length > LARGE) await breath();
    return { ...made, faces: those, geometry, room: taken, form, lines: new Set(standing.rows?.values()).size || 1 };
  };
  if (old && before?.steady) {
    keepSizes(old.faces, faces);
    return laid(faces, old.form, room);
  }
  if (graph.cards.length > MOST_NARROWED) return laid(facesFor('wide'), 'wide');
  if (!seen) return laid(facesFor(given), given);
  const hasArrays = !backward && graph.cards.some((card) => card.keepsGrad && !isScalar(/** @type {import('../state/types.js').TensorState} */ (end().tensors.get(card.tensor)).value));
  return suited((form) => laid(facesFor(form), form), seen, { begun: other?.form ?? 'wide', hasArrays });
}

/**
 * The graph with cards of the form in which it is seen best: wide ones unless others, or closer ones, let it be seen larger, small ones where it is not whole without.
 * @param {(form: Form) => Promise<Scene>} laid
 * @param {Look} seen
 * @param {{begun: Form, hasArrays: boolean}} graph `begun`: the form of before. Where high or small cards are still too small for want of width, wide ones would be smaller
 */
async function suited(laid, seen, { begun, hasArrays }) {
  const look = async (/** @type {Form} */ form) => {
    const scene = await laid(form);
    return { scene, ...seen(scene.geometry) };
  };
  const kept = begun === 'wide' ? null : await look(begun);
  if (kept?.across && begun !== 'close' && kept.share < kept.enough && (kept.whole || begun === 'small' || !hasArrays)) return kept.scene;
  let best = await look('wide');
  for (const form of /** @type {const} */ (['high', 'small', 'close'])) {
    const may = { high: best.across && best.share < best.enough, small: hasArrays && !best.whole, close: !best.across && best.share < best.enough }[form];
    const other = !may ? null : begun === form ? kept : await look(form);
    if (other && other.share > best.share * GAIN) best = other;
  }
  return best.scene;
}

/**
 * What the layout would be asked for a scene's teaching graph.
 * @param {Trace} trace @param {{index: number, from: number, to: number}} part @param {import('./fold.js').Folds | null} folds @param {import('./text.js').Measure} measure
 */
export function requestOf(trace, { index, from, to }, folds, measure) {
  return trace.peek(to, (end) => {
    const graph = buildGraph(end, index, folds);
    const { boxes, links } = layoutRequest(graph, facesOf(graph, end, measure, valuesWritten(writesIn(trace, from, to)), from), measure);
    return { boxes: grouped(boxes, storeysOf(graph, end)), links };
  });
}

/** @param {Scene} other @param {Graph} graph @returns {Scene | null} */
function withPlaces(other, graph) {
  const laid = recurring(other, graph);
  return laid && { ...other, ...laid };
}

/** @param {Map<string, Face>} faces */
function roomOf(faces) {
  return [...faces.values()].reduce((sum, face) => sum + face.width, 0);
}

/** @param {Graph} one @param {Graph} other */
function sameStructure(one, other) {
  const text = (/** @type {Graph} */ graph) => [...graph.cards.map((card) => `${card.id}${card.kind}`), ...graph.badges.map((badge) => badge.id), ...graph.edges.map((edge) => `${edge.id}${edge.from}>${edge.to}`)].join();
  return text(one) === text(other);
}

/** While a number is turned, the picture stands: what needs a wider card is written in as many digits as its card has room for. @param {Map<string, Face>} before @param {Map<string, Face>} faces @param {(digits: import('./faces.js').Digits) => Map<string, Face>} shorter */
function shorten(before, faces, shorter) {
  for (const digits of FEWER_DIGITS) {
    if (fit(before, faces)) return;
    for (const [id, face] of shorter(digits)) {
      const old = /** @type {Face} */ (before.get(id));
      if (!fits(old, /** @type {Face} */ (faces.get(id))) && fits(old, face)) faces.set(id, face);
    }
  }
}

/** Whether every card has room where it stands. @param {Map<string, Face>} before @param {Map<string, Face>} faces */
function fit(before, faces) {
  return [...faces].every(([id, face]) => fits(/** @type {Face} */ (before.get(id)), face));
}

/** @param {Face} old @param {Face} face */
function fits(old, face) {
  return face.height === old.height && face.badgeWidth <= old.badgeWidth && face.width <= old.width;
}

/** Cards take the sizes they had, or more where their numbers need it: then there is some room to spare. @param {Map<string, Face>} before @param {Map<string, Face>} faces */
function keepSizes(before, faces) {
  for (const [id, face] of faces) {
    const old = /** @type {Face} */ (before.get(id));
    if (fits(old, face)) Object.assign(face, { width: old.width, badgeWidth: old.badgeWidth, reach: old.reach });
    else face.width = Math.max(old.width, face.width + SPARE);
    fillWidth(face);
  }
}
