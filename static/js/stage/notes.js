/**
 * What is said beside the graph at a step: the arithmetic of a gradient, the sum in a buffer, the write to `.grad`.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('./curve.js').Rect} Rect
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {import('../state/types.js').Row} Row
 * @typedef {{text: string, role: 'term' | 'operand' | 'sign' | 'result'}} Part
 * @typedef {{kind: 'note', id: string, says: 'sent' | 'sum' | 'write' | 'seed' | 'hook' | 'fault' | 'tangent', tone: 'forward' | 'backward' | 'leaf' | 'fault', parts: Part[], edge: string | null,
 *   card: string | null, lines: Part[][], anchor: Point, also: Point[], box: Frame, moved: string | null, waited?: string[]}} Note  `lines`: none of what only moves; `waited`: of a sum, what was added one after the other
 */
import { overwrote } from '../state/overwriting.js';
import { lampsAt } from './card.js';
import { boundsOf, meet, pointAt } from './curve.js';
import { causeOf } from './faults.js';
import { laneBeside, rectOf } from './geometry.js';
import { edgeOf } from './graph.js';
import { REACH, broken, holds, leaderCrosses, placed, within } from './placement.js';
import { isScalar, isWhole, numbersOf, shapeText, shortNumber, summary } from './numbers.js';

const LONGEST = 52;
/** A figure's reader has an error's words from the figure alone. */
const ERROR_LINES = 12;
/** What PyTorch advises after it has said what is wrong. */
const ADVICE = / Hint: .*$/s;
const SENTENCE_END = /(?<=[.)])\s+(?=[A-Z])/;
const LINE = { least: 120, narrow: 250, most: 380, margin: 30 };
const SHORT_VECTOR = 4;
/** Where on a lane a note may hang: in its middle, else near it, else by its op. */
const ANCHOR_SHARES = [0.5, 0.35, 0.65, 0.92];
const LANE_POINTS = 10;
/** No card is so wide that it is near and begins farther away. */
const FAR = 900;
const BEAD = 7;
/** Of more notes than these only those are said that stand beside their cards. */
const CROWD = 3;
/** How far notes may stand outside the graph: what the camera leaves around it. */
const OUTSIDE = { x: 14, y: 62 };
const ABOVE = { tab: 13, buffer: 36 };
/** Where on a card, or in the buffer above it, its gradient is written. */
const ROW = { right: 30, above: 17, below: 20 };
/** From a leaf's left side to where its tab has ended. */
const BESIDE_TAB = 58;

/**
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Picture} picture
 * @param {State} state
 * @param {{measure: import('./text.js').Measure, translate: Translate, from: number, view?: Frame | null, writes?: import('./writes.js').Write[], said?: Unplaced[], brief?: boolean, worked?: boolean}} options `from`: the first event of the step;
 *   `view`: the part of the scene that is seen; `writes`: what the step wrote in place; `said`: what is said instead of what gradients do; `brief`: an error's words stand elsewhere, beside the picture; `worked`: with the arithmetic that made a number
 * @returns {Note[]}
 */
export function notesOf(graph, geometry, picture, state, { measure, translate, from, view = null, writes = [], said: instead, brief = false, worked = true }) {
  const said = [...(instead ?? gradientNotes(graph, geometry, state, from, writes, translate)), ...faultNotes(geometry, picture, state, { translate, brief, shorter: view !== null })];
  if (said.length === 0) return [];
  const around = surroundings(said.map(({ anchors: [anchor] }) => anchor));
  const lanes = lanePoints(geometry, picture, around);
  const beads = said.map(({ anchors: [[x, y]] }) => ({ x: x - BEAD, y: y - BEAD, width: BEAD * 2, height: BEAD * 2 }));
  const obstacles = [...occupied(graph, geometry, picture, (_, frame) => meet(around, rectOf(frame))), ...beads];
  const cards = [...geometry.cards].filter(([id]) => picture.cards.get(id)?.visible);
  const bounds = view ?? { x: -OUTSIDE.x, y: -OUTSIDE.y, width: geometry.width + OUTSIDE.x * 2, height: geometry.height + OUTSIDE.y * 2 };
  const most = Math.max(LINE.least, Math.min(LINE.most, bounds.width - LINE.margin));
  const inView = said.some(({ anchors }) => anchors.some((anchor) => holds(bounds, anchor)));
  return said.flatMap(({ anchors, brief: short = [], also = [], parts, ...note }) => {
    const seen = anchors.filter((anchor) => holds(bounds, anchor));
    if (seen.length === 0 && inView && note.says !== 'fault') return [];
    const [x, y] = within(bounds, seen[0] ?? anchors[0]);
    const [longest, widths] = note.says === 'fault' ? [ERROR_LINES, [most, Math.min(most, LINE.narrow)]] : [undefined, [most]];
    const words = (worked || short.length === 0 || note.says === 'fault' ? [parts, ...short] : short).flatMap((those) => widths.map((width) => broken(those, width, measure, longest)));
    const [across, down] = [REACH + words[0].width, REACH + words[0].height];
    const isNear = (/** @type {Frame} */ frame) => Math.abs(frame.x + frame.width / 2 - x) < across + frame.width / 2 && Math.abs(frame.y + frame.height / 2 - y) < down + frame.height / 2;
    const near = obstacles.filter(isNear);
    const points = lanes.filter(([px, py]) => Math.abs(px - x) < across && Math.abs(py - y) < down);
    const others = note.edge === null && note.card !== null ? cards.flatMap(([id, frame]) => (id !== note.card && isNear(frame) ? [frame] : [])) : [];
    const { words: { lines }, anchor, box, covers, crosses, strays } = placed(words, seen.length > 0 ? seen : [anchors[0]], near, bounds, points, others);
    if ((covers || (crosses && said.length > CROWD)) && note.says !== 'fault') return [];
    if (strays && note.says === 'sum') return [tucked(note, parts, geometry, picture)];
    obstacles.push(box);
    return [{ ...note, parts, also: also.filter((point) => !near.some((frame) => leaderCrosses(point, box, grown(frame)))), lines, anchor, box }];
  });
}

/** What gradients do at a step. @param {Graph} graph @param {Geometry} geometry @param {State} state @param {number} from @param {import('./writes.js').Write[]} writes @param {Translate} translate @returns {Unplaced[]} */
function gradientNotes(graph, geometry, state, from, writes, translate) {
  const written = ledgerNotes(graph, geometry, state, from, writes, translate);
  const hooked = written.some((note) => note.says === 'hook');
  return [...(hooked ? [] : sentNotes(graph, geometry, state, translate)), ...written, ...seedNotes(graph, geometry, state, translate)];
}

/** What is near enough to places to be looked at. @param {Point[]} places @returns {Rect} */
function surroundings(places) {
  const { left, top, right, bottom } = boundsOf(places);
  return { left: left - FAR, top: top - FAR, right: right + FAR, bottom: bottom + FAR };
}

/** Points along every lane near by that a gradient travels. @param {Geometry} geometry @param {Picture} picture @param {Rect} around @returns {Point[]} */
function lanePoints(geometry, picture, around) {
  return [...geometry.bounds].flatMap(([id, bounds]) => {
    if (!meet(bounds, around) || !picture.edges.get(id)?.lane) return [];
    const curve = geometry.curves.get(id) ?? [];
    const stride = Math.ceil(curve.length / LANE_POINTS);
    return curve.filter((_, index) => index % stride === 0);
  });
}

/**
 * Where cards and badges stand, with what hangs above a leaf: its tab, and its buffer while something waits there; and the words of floors and regions.
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Picture} picture
 * @param {(id: string, frame: Frame) => boolean} [wanted]
 * @returns {Frame[]}
 */
export function occupied(graph, geometry, picture, wanted = () => true) {
  const cards = graph.cards.flatMap((card) => {
    const item = picture.cards.get(card.id);
    const frame = geometry.cards.get(card.id);
    if (!item?.visible || !frame || !wanted(card.id, frame)) return [];
    const above = item.waiting !== null ? ABOVE.buffer : card.kind === 'leaf' ? ABOVE.tab : 0;
    return [{ ...frame, y: frame.y - above, height: frame.height + above }];
  });
  const badges = [...geometry.badges].flatMap(([id, frame]) => (picture.badges.get(id)?.visible && wanted(id, frame) ? [frame] : []));
  return [...cards, ...badges, ...geometry.floors.map(({ words }) => words), ...geometry.regions.flatMap(({ words }) => words)];
}

/**
 * A sum that would be read as another card's has no words: what was added up becomes the number that its own card shows.
 * @param {Omit<Unplaced, 'anchors' | 'also' | 'parts' | 'brief'>} note @param {Part[]} parts @param {Geometry} geometry @param {Picture} picture @returns {Note}
 */
function tucked(note, parts, geometry, picture) {
  const frame = /** @type {Frame} */ (geometry.cards.get(note.card ?? ''));
  const waits = picture.cards.get(note.card ?? '')?.waiting !== null;
  const anchor = /** @type {Point} */ ([frame.x + frame.width - ROW.right, waits ? frame.y - ROW.above : frame.y + frame.height - ROW.below]);
  return { ...note, parts, also: [], lines: [], anchor, box: { x: anchor[0], y: anchor[1], width: 0, height: 0 } };
}

/** @param {Frame} frame @returns {Frame} */
function grown({ x, y, width, height }) {
  return { x: x - BEAD, y: y - BEAD, width: width + BEAD * 2, height: height + BEAD * 2 };
}

/** @typedef {Omit<Note, 'lines' | 'box' | 'anchor' | 'also'> & {anchors: Point[], also?: Point[], brief?: Part[][]}} Unplaced  `brief`: what is said where there is no room for all parts, the longest first */

/** What the running node hands back, each with the op's own formula in numbers. @param {Graph} graph @param {Geometry} geometry @param {State} state @param {Translate} translate @returns {Unplaced[]} */
function sentNotes(graph, geometry, state, translate) {
  const fn = state.running === null ? undefined : state.functions.get(state.running);
  if (!fn || state.phase !== 'backward') return [];
  return fn.sent.flatMap((sent) => {
    const edge = edgeOf(graph, { function: fn.function, input: sent.input }) ?? writtenInto(graph, fn.function, sent.tensor);
    const curve = edge && geometry.curves.get(edge.id);
    if (!edge || !curve || sent.to === null) return [];
    const parts = sentParts(sent, shapeOfOutput(state, fn), translate);
    return [{ kind: /** @type {const} */ ('note'), id: `n${edge.id}`, says: /** @type {const} */ ('sent'), tone: /** @type {const} */ ('backward'), parts, brief: [parts.slice(-1)], edge: edge.id, card: edge.from, anchors: ANCHOR_SHARES.map((share) => pointAt(laneBeside(geometry, edge.id, 4), share).point), moved: null }];
  });
}

/** The line by which a tensor that a function changed in place came to it. @param {Graph} graph @param {number} fn @param {number | null} tensor */
function writtenInto(graph, fn, tensor) {
  const card = graph.badges.find((badge) => badge.function === fn)?.card;
  return graph.edges.find((edge) => edge.kind === 'output' && edge.tensor === tensor && (edge.to === card || edge.to === `f${fn}`));
}

/** The shape that a gradient has as it comes to a node. @param {State} state @param {import('../state/types.js').FunctionState} fn */
function shapeOfOutput(state, fn) {
  const output = state.tensors.get(fn.outputs[0]);
  return output ? shapeText(output.value) : '';
}

/**
 * Where an input was broadcast, its gradient is folded: summed over the axes along which it was repeated.
 * @param {import('../state/types.js').Sent} sent
 * @param {string} shape of the gradient before it is folded
 * @param {Translate} translate
 * @returns {Part[]}
 */
function sentParts(sent, shape, translate) {
  const result = { text: spelled(sent.value, true), role: /** @type {const} */ ('result') };
  const folded = sent.summed_axes.length > 0 ? [{ text: `${translate('stage.note.fold', { axes: sent.summed_axes.join(', '), before: shape, after: shapeText(sent.value) })}  `, role: /** @type {const} */ ('sign') }] : [];
  const formula = (sent.arithmetic ?? '').replaceAll('-', '−');
  if (formula === '' || formula === 'g' || formula.includes(' if ') || formula.length > LONGEST || Number(formula.replaceAll('−', '-')) === Number(result.text.replaceAll('−', '-'))) return [...folded, result];
  const [, first, rest] = /^(−?[\d.]+(?:e−?\d+)?)(.*)$/u.exec(formula) ?? ['', '', formula];
  return [...folded, { text: first, role: 'operand' }, { text: rest, role: 'term' }, { text: ' = ', role: 'sign' }, result];
}

/** Sums and writes of this step, from the ledgers and the writes in place. @param {Graph} graph @param {Geometry} geometry @param {State} state @param {number} from @param {import('./writes.js').Write[]} writes @param {Translate} translate @returns {Unplaced[]} */
function ledgerNotes(graph, geometry, state, from, writes, translate) {
  return graph.cards.filter((card) => !card.twin).flatMap((card) => {
    const tensor = state.tensors.get(card.tensor);
    const frame = geometry.cards.get(card.id);
    const row = tensor?.ledger.findLast((item) => item.seq >= from && item.seq <= state.cursor && item.kind !== 'contribution') ?? writeRow(writes.findLast((write) => write.tensor === card.tensor));
    if (!tensor || !frame || !row) return [];
    const sum = row.kind === 'sum';
    if (row.kind === 'hook') return [hookNote(card.id, frame, row, translate)];
    const name = card.title === '' ? '' : `${card.title}${row.kind === 'modify' ? '' : '.grad'}  `;
    const sums = sum ? sumsUpTo(tensor.ledger, row, from) : [];
    const parts = sum ? sumParts(sums) : writeParts(name, row);
    const brief = sum ? [] : [writeParts('', row)];
    const middle = frame.x + frame.width / 2;
    const anchors = /** @type {Point[]} */ (sum ? [[frame.x + frame.width, frame.y + frame.height / 2], [middle, frame.y + frame.height + 2], [frame.x, frame.y + frame.height / 2]] : [[middle, frame.y + frame.height + 2], [card.kind === 'leaf' ? Math.max(middle, frame.x + BESIDE_TAB) : middle, frame.y - 2], [frame.x + frame.width - 14, frame.y + frame.height + 2], [frame.x + frame.width - 14, frame.y - 2]]);
    return [{ kind: /** @type {const} */ ('note'), id: `l${card.id}`, says: sum ? /** @type {const} */ ('sum') : /** @type {const} */ ('write'), tone: sum ? /** @type {const} */ ('backward') : /** @type {const} */ ('leaf'), parts, brief, edge: null, card: card.id, anchors, moved: row.added ? spelled(row.added, false) : null, waited: sum ? sums.map(({ added }) => (added ? spelled(added, false) : '0')) : undefined }];
  });
}

/**
 * The sums of one step in one buffer, which follow each other: each begins with what the one before it made.
 * @param {Row[]} ledger @param {Pick<Row, 'kind' | 'before' | 'added' | 'after'>} last @param {number} from
 */
function sumsUpTo(ledger, last, from) {
  const sums = [last];
  for (let at = ledger.indexOf(/** @type {Row} */ (last)) - 1; at >= 0 && ledger[at].seq >= from && !overwrote(last); at -= 1) {
    if (ledger[at].kind === 'sum') sums.unshift(ledger[at]);
    else if (ledger[at].kind !== 'contribution') break;
  }
  return sums;
}

/** A hook taps what has arrived, before the node runs. @param {string} card @param {Frame} frame @param {Pick<Row, 'before' | 'after'>} row @param {Translate} translate @returns {Unplaced} */
function hookNote(card, frame, row, translate) {
  const [before, after] = [row.before, row.after].map((value, index) => (value ? spelled(value, index === 1) : 'None'));
  const parts = [{ text: `${translate('stage.note.hook')}  `, role: /** @type {const} */ ('sign') }, { text: before, role: /** @type {const} */ ('operand') }, { text: ' → ', role: /** @type {const} */ ('sign') }, { text: after, role: /** @type {const} */ ('result') }];
  return { kind: 'note', id: `h${card}`, says: 'hook', tone: 'backward', parts, edge: null, card, anchors: [[frame.x + frame.width, frame.y + frame.height / 2], [frame.x + frame.width / 2, frame.y + frame.height + 2]], moved: row.after && row.before && after !== before ? spelled(row.after, false) : null };
}

/** A write in place as the row that a leaf's ledger has of it. @param {import('./writes.js').Write | undefined} write @returns {Pick<Row, 'kind' | 'before' | 'added' | 'after'> | undefined} */
function writeRow(write) {
  return write && { kind: 'modify', before: write.before, added: null, after: write.after };
}

/** @param {Pick<Row, 'before' | 'added' | 'after'>[]} sums @returns {Part[]} */
function sumParts(sums) {
  const say = (/** @type {Value | null} */ value, whole = false) => (value ? spelled(value, whole) : '0');
  const last = sums[sums.length - 1];
  const terms = sums.flatMap(({ added }) => [{ text: ' + ', role: /** @type {const} */ ('sign') }, { text: bracketed(say(added)), role: /** @type {const} */ ('operand') }]);
  return [{ text: say(sums[0].before), role: 'operand' }, ...terms, { text: overwrote(last) ? ' ≠ ' : ' = ', role: 'sign' }, { text: say(last.after, true), role: 'result' }];
}

/** @param {string} name @param {Pick<Row, 'kind' | 'before' | 'added' | 'after'>} row @returns {Part[]} */
function writeParts(name, row) {
  const say = (/** @type {Value | null} */ value, whole = false) => (value ? spelled(value, whole) : 'None');
  const before = { text: `${name}${say(row.before)}`, role: /** @type {const} */ ('term') };
  const after = { text: say(row.after, true), role: /** @type {const} */ ('result') };
  if (row.kind !== 'accumulate' || row.before === null) return [before, { text: ' → ', role: 'sign' }, after];
  if (overwrote(row)) return [before, { text: ' → ', role: 'sign' }, after, { text: ` ≠ ${say(row.before)} + ${bracketed(say(row.added))}`, role: 'term' }];
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

/**
 * What went wrong: at the node that it went wrong in, else at the inputs of the expression.
 * @param {Geometry} geometry @param {Picture} picture @param {State} state
 * @param {{translate: Translate, brief: boolean, shorter: boolean}} options `brief`: says only what the picture adds to the error's words; `shorter`: of a long message its first sentence, or what the picture adds to it rather than cover a card
 * @returns {Unplaced[]}
 */
function faultNotes(geometry, picture, state, { translate, brief, shorter }) {
  if (!state.error) return [];
  const failed = (/** @type {Map<string, {mark: string}>} */ items, /** @type {Map<string, Frame>} */ frames) => [...items].flatMap(([id, item]) => (item.mark === 'fault' && frames.has(id) ? [/** @type {Frame} */ (frames.get(id))] : []));
  const badges = failed(picture.badges, geometry.badges);
  const lamps = [...picture.badges.values()].find((item) => item.mark === 'fault')?.lamps.length ?? 0;
  const frames = (badges.length > 0 ? badges : failed(picture.cards, geometry.cards)).sort((a, b) => b.y - a.y);
  if (frames.length === 0) return [];
  const cause = brief || shorter ? causeOf(state) : null;
  if (brief && !cause) return [];
  const { error } = state.error;
  const message = state.error.message.replace(ADVICE, '');
  const told = (/** @type {string} */ text) => [{ text: `${error}: `, role: /** @type {const} */ ('result') }, { text, role: /** @type {const} */ ('term') }];
  const caused = cause ? [[{ text: translate(cause.key, cause.given), role: /** @type {const} */ ('result') }]] : [];
  const [parts, ...less] = brief ? caused : shorter ? [told(message.split(SENTENCE_END)[0]), ...caused] : [told(message)];
  const below = frames.map((frame) => /** @type {Point} */ ([frame.x + frame.width / 2, frame.y + frame.height + 3]));
  const above = frames.map((frame) => /** @type {Point} */ ([frame.x + frame.width / 2, frame.y - 3]));
  const beside = frames.map((frame) => /** @type {Point} */ ([frame.x + frame.width + 3, frame.y + frame.height / 2]));
  /** What was freed hangs over the badge: the leader ends there rather than run through it. */
  const [hung] = frames.map((frame) => lampsAt(frame, lamps));
  const anchors = frames.length > 1 ? [below[0], beside[0]] : lamps > 0 ? [hung, below[0]] : [below[0], above[0]];
  const culprit = cause && cause.tensor !== null ? geometry.cards.get(`t${cause.tensor}`) : undefined;
  const also = culprit ? [/** @type {Point} */ ([culprit.x + culprit.width / 2, culprit.y - 3])] : beside.slice(1);
  return [{ kind: /** @type {const} */ ('note'), id: 'fault', says: /** @type {const} */ ('fault'), tone: /** @type {const} */ ('fault'), parts, brief: less, edge: null, card: null, anchors, also, moved: null }];
}
