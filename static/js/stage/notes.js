/**
 * What is said beside the graph at a step: the arithmetic of a gradient, the sum in a buffer, the write to `.grad`.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {import('../state/types.js').Row} Row
 * @typedef {{text: string, role: 'term' | 'operand' | 'sign' | 'result'}} Part
 * @typedef {{kind: 'note', id: string, says: 'sent' | 'sum' | 'write' | 'seed' | 'fault', tone: 'backward' | 'leaf' | 'fault', parts: Part[], edge: string | null,
 *   card: string | null, anchor: Point, box: Frame, moved: string | null}} Note
 */
import { pointAt } from './curve.js';
import { laneBeside } from './geometry.js';
import { isScalar, isWhole, numbersOf, shapeText, shortNumber, summary } from './numbers.js';

const HEIGHT = 28;
const PADDING = 11;
const LONGEST = 52;
const SHORT_VECTOR = 4;
const AWAY = [46, 62, 84, 110, 140];
const ASIDE = [0, -50, 50, -110, 110, -170, 170];
const CLEARANCE = 7;
const NEAR = 420;
const BEAD = 7;
/** How far notes may stand outside the graph: what the camera leaves around it. */
const OUTSIDE = { x: 14, y: 62 };
const ABOVE = { tab: 13, buffer: 36 };

/**
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Picture} picture
 * @param {State} state
 * @param {{measure: import('./text.js').Measure, translate: Translate, from: number}} options `from`: the first event of the step
 * @returns {Note[]}
 */
export function notesOf(graph, geometry, picture, state, { measure, translate, from }) {
  const said = [...sentNotes(graph, geometry, state), ...ledgerNotes(graph, geometry, state, from), ...seedNotes(graph, geometry, state, translate), ...faultNotes(graph, geometry, state)];
  const beads = said.map(({ anchors: [[x, y]] }) => ({ x: x - BEAD, y: y - BEAD, width: BEAD * 2, height: BEAD * 2 }));
  const obstacles = [...occupied(graph, geometry, picture), ...beads];
  const bounds = { x: -OUTSIDE.x, y: -OUTSIDE.y, width: geometry.width + OUTSIDE.x * 2, height: geometry.height + OUTSIDE.y * 2 };
  return said.map((note) => {
    const width = Math.ceil(note.parts.reduce((sum, part) => sum + measure(part.text, 'value') * (part.role === 'result' ? 1.03 : 1), 0)) + PADDING * 2;
    const [x, y] = note.anchors[0];
    const near = obstacles.filter((frame) => Math.abs(frame.x + frame.width / 2 - x) < NEAR + frame.width / 2 && Math.abs(frame.y + frame.height / 2 - y) < NEAR);
    const places = note.anchors.map((anchor) => ({ anchor, ...freePlace(anchor, width, near, bounds) }));
    const { anchor, box } = places.reduce((best, place) => (place.cost < best.cost ? place : best));
    obstacles.push(box);
    const { anchors: _, ...rest } = note;
    return { ...rest, anchor, box };
  });
}

/**
 * Where cards and badges stand, with what hangs above a leaf: its tab, and its buffer while something waits there.
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Picture} picture
 * @returns {Frame[]}
 */
export function occupied(graph, geometry, picture) {
  const cards = graph.cards.flatMap((card) => {
    const item = picture.cards.get(card.id);
    const frame = geometry.cards.get(card.id);
    if (!item?.visible || !frame) return [];
    const above = item.waiting !== null ? ABOVE.buffer : card.kind === 'leaf' ? ABOVE.tab : 0;
    return [{ ...frame, y: frame.y - above, height: frame.height + above }];
  });
  const badges = [...geometry.badges].flatMap(([id, frame]) => (picture.badges.get(id)?.visible ? [frame] : []));
  return [...cards, ...badges];
}

/** @typedef {Omit<Note, 'box' | 'anchor'> & {anchors: Point[]}} Unplaced */

/** What the running node hands back, each with the op's own formula in numbers. @param {Graph} graph @param {Geometry} geometry @param {State} state @returns {Unplaced[]} */
function sentNotes(graph, geometry, state) {
  const fn = state.running === null ? undefined : state.functions.get(state.running);
  if (!fn || state.phase !== 'backward') return [];
  return fn.sent.flatMap((sent) => {
    const edge = graph.edges.find((item) => item.id === `e${fn.function}.${sent.input}`);
    const curve = edge && geometry.curves.get(edge.id);
    if (!edge || !curve || sent.to === null) return [];
    return [{ kind: /** @type {const} */ ('note'), id: `n${edge.id}`, says: /** @type {const} */ ('sent'), tone: /** @type {const} */ ('backward'), parts: sentParts(sent), edge: edge.id, card: edge.from, anchors: [0.5, 0.35, 0.65].map((share) => pointAt(laneBeside(geometry, edge.id, 4), share).point), moved: null }];
  });
}

/** @param {import('../state/types.js').Sent} sent @returns {Part[]} */
function sentParts(sent) {
  const result = { text: spelled(sent.value, true), role: /** @type {const} */ ('result') };
  const folded = sent.summed_axes.length > 0 ? [{ text: `Σ dim ${sent.summed_axes.join(', ')} → `, role: /** @type {const} */ ('sign') }] : [];
  const formula = (sent.arithmetic ?? '').replaceAll('-', '−');
  if (formula === '' || formula === 'g' || formula.length > LONGEST || Number(formula.replaceAll('−', '-')) === Number(result.text.replaceAll('−', '-'))) return [...folded, result];
  const [, first, rest] = /^(−?[\d.]+(?:e−?\d+)?)(.*)$/u.exec(formula) ?? ['', '', formula];
  return [{ text: first, role: 'operand' }, { text: rest, role: 'term' }, { text: ' = ', role: 'sign' }, result];
}

/** Sums and writes of this step, from the ledgers. @param {Graph} graph @param {Geometry} geometry @param {State} state @param {number} from @returns {Unplaced[]} */
function ledgerNotes(graph, geometry, state, from) {
  return graph.cards.filter((card) => !card.twin).flatMap((card) => {
    const tensor = state.tensors.get(card.tensor);
    const frame = geometry.cards.get(card.id);
    const row = tensor?.ledger.findLast((item) => item.seq >= from && item.seq <= state.cursor && item.kind !== 'contribution' && item.kind !== 'hook');
    if (!tensor || !frame || !row) return [];
    const sum = row.kind === 'sum';
    const name = card.title === '' ? '' : `${card.title}${row.kind === 'modify' ? '' : '.grad'}  `;
    const parts = sum ? sumParts(row) : writeParts(name, row);
    const middle = frame.x + frame.width / 2;
    const anchors = /** @type {Point[]} */ (sum ? [[frame.x + frame.width, frame.y + frame.height / 2], [middle, frame.y + frame.height + 2]] : [[middle, frame.y + frame.height + 2], [middle, frame.y - ABOVE.tab]]);
    return [{ kind: /** @type {const} */ ('note'), id: `l${card.id}`, says: sum ? /** @type {const} */ ('sum') : /** @type {const} */ ('write'), tone: sum ? /** @type {const} */ ('backward') : /** @type {const} */ ('leaf'), parts, edge: null, card: card.id, anchors, moved: row.added ? spelled(row.added, false) : null }];
  });
}

/** @param {Row} row @returns {Part[]} */
function sumParts(row) {
  const say = (/** @type {Value | null} */ value, whole = false) => (value ? spelled(value, whole) : '0');
  return [{ text: say(row.before), role: 'operand' }, { text: ' + ', role: 'sign' }, { text: bracketed(say(row.added)), role: 'operand' }, { text: ' = ', role: 'sign' }, { text: say(row.after, true), role: 'result' }];
}

/** @param {string} name @param {Row} row @returns {Part[]} */
function writeParts(name, row) {
  const say = (/** @type {Value | null} */ value, whole = false) => (value ? spelled(value, whole) : 'None');
  const before = { text: `${name}${say(row.before)}`, role: /** @type {const} */ ('term') };
  const after = { text: say(row.after, true), role: /** @type {const} */ ('result') };
  if (row.kind !== 'accumulate' || row.before === null) return [before, { text: ' → ', role: 'sign' }, after];
  return [before, { text: ' += ', role: 'sign' }, { text: say(row.added), role: 'operand' }, { text: ' → ', role: 'sign' }, after];
}

/**
 * A value in a line of arithmetic: its number, a short vector in full, else its shape, with the norm of a result. Norms are never added up.
 * @param {Value} value
 * @param {boolean} result
 */
function spelled(value, result) {
  const numbers = numbersOf(value);
  if (isScalar(value) || numbers.length === 1) return summary(value);
  if (value.shape.length === 1 && numbers.length <= SHORT_VECTOR) return `[${numbers.map((number) => shortNumber(number, 3, isWhole(value))).join(', ')}]`;
  return result ? `${shapeText(value)}  ${summary(value)}` : shapeText(value);
}

/** @param {string} text */
function bracketed(text) {
  return text.startsWith('−') ? `(${text})` : text;
}

/** Where the backward pass begins. @param {Graph} graph @param {Geometry} geometry @param {State} state @param {Translate} translate @returns {Unplaced[]} */
function seedNotes(graph, geometry, state, translate) {
  const call = state.calls.at(-1);
  if (!call || call.from !== state.cursor) return [];
  return call.roots.flatMap((root, index) => {
    const frame = geometry.cards.get(`t${root}`);
    const value = call.gradients[index];
    if (!frame || !value) return [];
    return [{ kind: /** @type {const} */ ('note'), id: `r${root}`, says: /** @type {const} */ ('seed'), tone: /** @type {const} */ ('backward'), parts: [{ text: `${translate('stage.note.seed')} `, role: /** @type {const} */ ('sign') }, { text: spelled(value, true), role: /** @type {const} */ ('result') }], edge: null, card: `t${root}`, anchors: [/** @type {Point} */ ([frame.x + frame.width, frame.y + frame.height / 2])], moved: spelled(value, false) }];
  });
}

/** What went wrong, at the node that it went wrong in. @param {Graph} graph @param {Geometry} geometry @param {State} state @returns {Unplaced[]} */
function faultNotes(graph, geometry, state) {
  if (!state.error || state.running === null) return [];
  const badge = graph.badges.find((item) => item.function === state.running);
  const frame = badge && (geometry.badges.get(badge.id));
  if (!badge || !frame) return [];
  const words = `${state.error.error}: ${state.error.message}`;
  const text = words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words;
  return [{ kind: /** @type {const} */ ('note'), id: 'fault', says: /** @type {const} */ ('fault'), tone: /** @type {const} */ ('fault'), parts: [{ text, role: /** @type {const} */ ('term') }], edge: null, card: null, anchors: [[frame.x + frame.width / 2, frame.y + frame.height], [frame.x + frame.width / 2, frame.y]], moved: null }];
}

/**
 * The nearest place for a box that covers nothing: above the anchor if it can be, else below, else aside.
 * @param {Point} anchor
 * @param {number} width
 * @param {Frame[]} obstacles
 * @param {Frame | null} [bounds] what it should not leave
 * @returns {{cost: number, box: Frame}}
 */
export function freePlace([x, y], width, obstacles, bounds = null) {
  let best = { cost: Infinity, box: { x: x - width / 2, y: y - 60, width, height: HEIGHT } };
  for (const away of AWAY) {
    for (const side of [-1, 1]) {
      for (const aside of ASIDE) {
        const box = { x: Math.round(x + aside - width / 2), y: Math.round(y + side * away - HEIGHT / 2), width, height: HEIGHT };
        const crossed = obstacles.filter((frame) => leaderCrosses([x, y], box, frame)).length;
        const left = bounds ? Math.max(0, bounds.x - box.x) + Math.max(0, box.x + width - bounds.x - bounds.width) + Math.max(0, bounds.y - box.y) + Math.max(0, box.y + HEIGHT - bounds.y - bounds.height) : 0;
        const cost = left * 3 + away + Math.abs(aside) * 0.9 + (side > 0 ? 6 : 0) + crossed * 150 + obstacles.reduce((sum, frame) => sum + overlap(box, frame), 0);
        if (cost < best.cost) best = { cost, box };
      }
    }
  }
  return best;
}

/** Whether the line from an anchor to its box runs over a frame. @param {Point} anchor @param {Frame} box @param {Frame} frame */
function leaderCrosses([x, y], box, frame) {
  const [endX, endY] = [Math.min(box.x + box.width - 12, Math.max(box.x + 12, x)), y > box.y ? box.y + box.height : box.y];
  return [0.2, 0.35, 0.5, 0.65, 0.8, 0.95].some((share) => {
    const [px, py] = [x + (endX - x) * share, y + (endY - y) * share];
    return px > frame.x && px < frame.x + frame.width && py > frame.y && py < frame.y + frame.height;
  });
}

/** @param {Frame} a @param {Frame} b */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width + CLEARANCE) - Math.max(a.x, b.x - CLEARANCE);
  const height = Math.min(a.y + a.height, b.y + b.height + CLEARANCE) - Math.max(a.y, b.y - CLEARANCE);
  return width > 0 && height > 0 ? 60 + width * height * 0.5 : 0;
}
