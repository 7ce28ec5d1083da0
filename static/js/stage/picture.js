/**
 * What every card, badge and edge shows at one cursor: plain data, from which the stage draws and between which motion is planned.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Badge} Badge
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {'values' | 'gradients' | 'shapes'} View
 * @typedef {{text: string, level: number}} Cell
 * @typedef {{style: 'kept' | 'flow' | 'passed' | 'none' | 'empty' | 'tangent', label: string, text: string, cells: Cell[][] | null}} Gradient
 * @typedef {{visible: boolean, kind: string, title: string, value: string, muted: boolean, cells: Cell[][] | null, gradient: Gradient | null,
 *   bar: {expected: number, arrived: number, done: boolean} | null, waiting: string | null, version: number, pinned: boolean, mark: Mark, label: string,
 *   saved?: Lamp[]}} CardItem  `saved`: the lamps of a card of the backward graph
 * @typedef {{name: string, lit: boolean}} Lamp
 * @typedef {'' | 'running' | 'receiving' | 'made' | 'written' | 'fault'} Mark
 * @typedef {{visible: boolean, text: string, lamps: Lamp[], mark: Mark, label: string, folded?: boolean}} BadgeItem
 * @typedef {{width: number, style: 'flow' | 'zero' | 'broken', text: string, along?: boolean}} Lane  `along`: it goes the way of the values
 * @typedef {{visible: boolean, cut: boolean, lane: Lane | null}} EdgeItem
 * @typedef {{cursor: number, cards: Map<string, CardItem>, badges: Map<string, BadgeItem>, edges: Map<string, EdgeItem>,
 *   notes: import('./notes.js').Note[]}} Picture
 * @typedef {(key: string, args?: Record<string, unknown>) => string} Translate
 * @typedef {Map<string, {facts: object, item: any}>} Memory  items by what they were made of
 * @typedef {{value: Value, grad: Value | null, flow: Value | null, passed: Value | null, leaf: boolean, retains: boolean, version: number, mark: Mark,
 *   counted: boolean, expected: number, arrived: number, done: boolean, pending: boolean, waiting: number, op: string | null}} CardFacts  all that a card's item depends on beside the card and the view
 */
import { faultsOf } from './faults.js';
import { cellText } from './grids.js';
import { laneOf } from './lane-width.js';
import { isScalar, isWhole, scalarOf, shapeText, shortNumber, summary, tableOf } from './numbers.js';

/** How many of the operations that use a tensor its label tells. */
const MOST_FED = 4;
const HEAT_OPACITY = 0.5;

/**
 * @param {Graph} graph
 * @param {Map<string, Face>} faces
 * @param {State} state
 * @param {{view: View, scale: {least: number, most: number}, translate: Translate, from: number, source?: string, written?: Set<number>, memory?: Memory}} options `from`: the first event of
 *   the step; `source`: the program, whose failing expression names its inputs; `written`: the tensors that the step wrote into; `memory`: of pictures of this graph in this view and
 *   language: what is as it was in the last one is the same item
 * @returns {Picture}
 */
export function pictureOf(graph, faces, state, options) {
  const { view, translate, memory = new Map() } = options;
  const faults = faultsOf(state, options.source ?? '');
  const cards = new Map(graph.cards.map((card) => {
    const face = /** @type {Face} */ (faces.get(card.id));
    return [card.id, recalled(memory, card.id, cardFacts(card, state, faults, options), (facts) => cardItem(card, face, facts, view, translate))];
  }));
  const badges = new Map(graph.badges.map((badge) => [badge.id, recalled(memory, badge.id, badgeFacts(badge, state, faults, options), (facts) => badgeItem(badge, facts, translate))]));
  const edges = new Map(graph.edges.map((edge) => [edge.id, recalled(memory, edge.id, edgeFacts(edge, state), (facts) => edgeItem(edge, facts, options.scale))]));
  return { cursor: state.cursor, cards, badges, edges, notes: [] };
}

/**
 * The item that was made of the same facts, else a new one.
 * @template {Record<string, unknown>} Facts @template Item
 * @param {Memory} memory @param {string} id @param {Facts} facts @param {(facts: Facts) => Item} make @returns {Item}
 */
function recalled(memory, id, facts, make) {
  const known = memory.get(id);
  if (known && same(facts, /** @type {Facts} */ (known.facts))) return known.item;
  const item = make(facts);
  memory.set(id, { facts, item });
  return item;
}

/** @param {Record<string, unknown>} one @param {Record<string, unknown>} other of the same names */
function same(one, other) {
  for (const name in one) if (one[name] !== other[name]) return false;
  return true;
}

/** Where there is no tensor yet. */
const ABSENT = { value: undefined };

/**
 * @param {Card} card
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {{from: number, written?: Set<number>}} options
 * @returns {CardFacts | typeof ABSENT}
 */
function cardFacts(card, state, faults, { from, written }) {
  const tensor = state.tensors.get(card.tensor);
  if (!tensor) return ABSENT;
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  const here = tensor.call === state.call;
  return {
    value: tensor.value, grad: tensor.grad, flow: tensor.flow, passed: passedGradient(tensor, state), leaf: tensor.is_leaf, retains: tensor.retains_grad, version: tensor.version,
    mark: markOf(tensor, state, faults, from, written?.has(tensor.tensor) ?? false),
    ...arrivalsOf(tensor, state), pending: tensor.is_leaf && tensor.flow !== null && here,
    waiting: here && state.phase === 'backward' ? tensor.expected - tensor.contributions.length : 0,
    op: producer?.op ?? null,
  };
}

/**
 * @param {Card} card
 * @param {Face} face
 * @param {CardFacts | typeof ABSENT} facts
 * @param {View} view
 * @param {Translate} translate
 * @returns {CardItem}
 */
function cardItem(card, face, facts, view, translate) {
  if (facts.value === undefined) return hiddenCard(card, face);
  const { value, grad, flow, passed } = facts;
  const grid = card.twin ? null : face.grid;
  const shapes = view === 'shapes';
  const shown = view === 'gradients' && grid?.digits === 0 && face.gradientGrid === null && face.gradientRow !== null ? grad ?? flow ?? passed : value;
  const text = card.twin ? '' : shapes ? shapeText(value) : isScalar(value) ? shortNumber(scalarOf(value), 4, isWhole(value)) : shapeText(value);
  return {
    visible: true,
    kind: card.kind,
    title: face.title,
    value: text,
    muted: shapes || !isScalar(value),
    cells: grid ? cellsOf(shown ?? value, grid) : null,
    gradient: face.gradientRow === null ? null : gradientOf(facts, card, face, view),
    bar: !facts.counted ? null : { expected: facts.expected, arrived: facts.arrived, done: facts.done },
    waiting: facts.pending && !card.twin ? summary(/** @type {Value} */ (flow)) : null,
    version: card.twin ? 0 : facts.version,
    pinned: facts.retains && !facts.leaf,
    mark: facts.mark,
    /** Worked out where it is asked for: of a large graph most cards are out of view. */
    get label() {
      return cardLabel(card, facts, translate);
    },
  };
}

/** @param {Card} card @param {Face} face @returns {CardItem} */
function hiddenCard(card, face) {
  return { visible: false, kind: card.kind, title: face.title, value: '', muted: false, cells: null, gradient: null, bar: null, waiting: null, version: 0, pinned: false, mark: '', label: '' };
}

/**
 * Kept gradients and flowing ones never look the same: a `.grad` is named and upright, a flow is in italics and goes.
 * @param {CardFacts} facts
 * @param {Card} card what it is in the end: a Function's result is a leaf while the Function computes
 * @param {Face} face
 * @param {View} view
 * @returns {Gradient}
 */
function gradientOf({ grad, flow, passed, leaf, retains }, card, face, view) {
  const say = (/** @type {Value} */ value) => (view === 'shapes' ? shapeText(value) : face.gradientGrid?.digits ? '' : summary(value));
  const cells = (/** @type {Value} */ value) => (face.gradientGrid ? cellsOf(value, face.gradientGrid) : null);
  if (grad) return { style: 'kept', label: '.grad', text: say(grad), cells: cells(grad) };
  if (!leaf && flow) return { style: 'flow', label: '∂', text: say(flow), cells: cells(flow) };
  if ((leaf && card.kind === 'leaf') || retains) return { style: 'none', label: '.grad', text: 'None', cells: null };
  if (view === 'gradients' && passed) return { style: 'passed', label: '∂', text: say(passed), cells: cells(passed) };
  return { style: 'empty', label: '∂', text: '·', cells: null };
}

/** What went through a non-leaf in this call: its node received it, nobody kept it. @param {TensorState} tensor @param {State} state @returns {Value | null} */
export function passedGradient(tensor, state) {
  const reached = tensor.producer === null ? null : state.functions.get(tensor.producer)?.reached ?? null;
  return reached !== null && reached.call === state.call ? reached.gradients[tensor.output] ?? null : null;
}

/** What has come of what comes to a buffer in this call, and whether it is counted on the card. @param {TensorState} tensor @param {State} state */
function arrivalsOf(tensor, state) {
  if (tensor.call === null || tensor.call !== state.call) return { counted: false, expected: 0, arrived: 0, done: false };
  const { expected, is_leaf: leaf } = tensor;
  const arrived = tensor.contributions.length;
  return { counted: tensor.requires_grad && (leaf || expected >= 2), expected, arrived, done: leaf ? wroteIn(tensor, tensor.call) : arrived >= expected };
}

/** Whether a leaf's `.grad` was written in a call; the newest rows come first, for a ledger may be long. @param {TensorState} tensor @param {number} call */
function wroteIn({ ledger }, call) {
  for (let at = ledger.length - 1; at >= 0; at -= 1) {
    const row = ledger[at];
    if (row.call === call && row.kind === 'accumulate' && row.retained !== true) return true;
    if (row.call !== null && row.call < call) return false;
  }
  return false;
}

/** Whether a ledger has a row, but for contributions and sums, from an event on. @param {TensorState} tensor @param {number} from */
function changedSince({ ledger }, from) {
  for (let at = ledger.length - 1; at >= 0 && ledger[at].seq >= from; at -= 1) if (ledger[at].kind !== 'contribution' && ledger[at].kind !== 'sum') return true;
  return false;
}

/**
 * @param {TensorState} tensor
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {number} from
 * @param {boolean} written in place
 * @returns {Mark}
 */
function markOf(tensor, state, faults, from, written) {
  if (faults.tensors.has(tensor.tensor) || (tensor.producer !== null && faults.functions.has(tensor.producer))) return 'fault';
  if (written || changedSince(tensor, from)) return 'written';
  if (state.phase === 'forward' && tensor.seq >= from) return 'made';
  if (state.phase !== 'backward') return '';
  if (state.calls.at(-1)?.from === state.cursor && tensor.contributions.length > 0 && tensor.call === state.call) return 'receiving';
  if (state.running !== null && tensor.producer === state.running) return 'running';
  const runner = state.running === null ? undefined : state.functions.get(state.running);
  if (runner?.sent.some((sent) => sent.tensor === tensor.tensor && sent.to !== null)) return 'receiving';
  return '';
}

/**
 * @param {Value} value
 * @param {import('./grids.js').Grid} grid
 * @returns {Cell[][] | null}
 */
function cellsOf(value, grid) {
  const table = tableOf(value);
  if (!table || table.rows !== grid.rows || table.columns !== grid.columns) return null;
  const finite = table.cells.flat().filter((cell) => typeof cell !== 'string').map((cell) => Math.abs(Number(cell)));
  const largest = Math.max(...finite, 0);
  const whole = isWhole(value);
  return table.cells.map((row) => row.map((cell) => ({
    text: grid.digits > 0 ? cellText(cell, grid, whole) : '',
    level: typeof cell === 'string' ? NaN : largest === 0 || finite.length === 1 ? 0 : Math.round((Number(cell) / largest) * HEAT_OPACITY * 100) / 100,
  })));
}

/**
 * @param {Card} card
 * @param {CardFacts} facts
 * @param {Translate} translate
 */
function cardLabel(card, { value, grad, flow, op, waiting, expected }, translate) {
  const parts = [card.title || translate('stage.unnamed'), translate(`stage.kind.${card.kind}`), translate('stage.label.value', { value: spoken(value) })];
  if (grad) parts.push(translate('stage.label.gradient', { value: spoken(grad) }));
  else if (flow) parts.push(translate('stage.label.flow', { value: spoken(flow) }));
  if (op !== null) parts.push(translate('stage.label.from', { op }));
  if (card.feeds?.length) parts.push(translate('stage.label.feeds', { names: card.feeds.slice(0, MOST_FED).join(' ') }));
  if (waiting > 0) parts.push(translate('stage.label.waiting', { waiting, expected }));
  if (typeof card.storey === 'number') parts.push(translate('stage.storey', { number: card.storey + 1 }));
  return parts.join(translate('stage.label.separator'));
}

/** @param {Value} value */
function spoken(value) {
  return isScalar(value) ? summary(value) : `${shapeText(value)} ${summary(value)}`;
}

/**
 * @param {Badge} badge
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {{from: number}} options
 * @returns {{fn: FunctionState | undefined, freed: boolean, mark: Mark}} a function is what it is, but for its buffers
 */
function badgeFacts(badge, state, faults, { from }) {
  if (badge.fold) return foldFacts(badge.fold, state, faults, { from });
  const fn = state.functions.get(badge.function);
  const mark = faults.functions.has(badge.function) ? 'fault' : state.phase === 'backward' && state.running === badge.function ? 'running' : fn && state.phase === 'forward' && fn.seq >= from ? 'made' : '';
  return { fn, freed: fn?.freed ?? false, mark };
}

/** @param {Badge} badge @param {ReturnType<typeof badgeFacts>} facts @param {Translate} translate @returns {BadgeItem} */
function badgeItem(badge, facts, translate) {
  if (badge.fold) return foldItem(badge, badge.fold, facts, translate);
  const { fn, freed, mark } = facts;
  const lamps = fn && fn.name !== null ? fn.saved.map((name) => ({ name, lit: !freed })) : [];
  const saved = lamps.map((lamp) => lamp.name).join(', ');
  const label = !fn ? '' : saved === '' ? fn.name ?? fn.op : translate(freed ? 'stage.label.freed' : 'stage.label.saved', { op: fn.name ?? fn.op, saved });
  return { visible: fn !== undefined, text: badge.text, lamps, mark, label };
}

/** A closed group is at work while any of its functions is. @param {import('./fold.js').Group} group @param {State} state @param {import('./faults.js').Faults} faults @param {{from: number}} options @returns {ReturnType<typeof badgeFacts>} */
function foldFacts(group, state, faults, { from }) {
  const ran = group.functions.flatMap((id) => state.functions.get(id) ?? []);
  const mark = group.functions.some((id) => faults.functions.has(id)) ? 'fault' : state.phase === 'backward' && state.running !== null && group.functions.includes(state.running) ? 'running'
    : state.phase === 'forward' && ran.some((fn) => fn.seq >= from) ? 'made' : '';
  return { fn: ran.find((fn) => fn.name !== null && fn.saved.length > 0) ?? ran[0], freed: !ran.some((fn) => fn.name !== null && fn.saved.length > 0 && !fn.freed), mark };
}

/** One lamp tells of all that a closed group saved. @param {Badge} badge @param {import('./fold.js').Group} group @param {ReturnType<typeof badgeFacts>} facts @param {Translate} translate @returns {BadgeItem} */
function foldItem(badge, group, { fn, freed, mark }, translate) {
  const saves = fn !== undefined && fn.name !== null && fn.saved.length > 0;
  return { visible: fn !== undefined, text: badge.text, lamps: saves ? [{ name: group.label, lit: !freed }] : [], mark, folded: true, label: translate('stage.fold', { label: group.label, count: group.functions.length }) };
}

/** @param {Edge} edge @param {State} state @returns {{visible: boolean, value: Value | null}} `value`: the gradient that came back */
function edgeFacts(edge, state) {
  if (edge.function === null) return { visible: state.tensors.has(Number(edge.to.slice(1))), value: null };
  const fn = state.functions.get(edge.function);
  if (!fn || fn.reached === null || fn.reached.call !== state.call) return { visible: fn !== undefined, value: null };
  const value = edge.kind === 'output' ? fn.reached.gradients[fn.outputs.indexOf(edge.tensor)] : fn.sent.find((sent) => sent.input === edge.input && sent.to !== null)?.value;
  return { visible: true, value: value ?? null };
}

/** @param {Edge} edge @param {ReturnType<typeof edgeFacts>} facts @param {{least: number, most: number}} scale @returns {EdgeItem} */
function edgeItem(edge, { visible, value }, scale) {
  return { visible, cut: edge.cut, lane: value ? laneOf(value, scale) : null };
}
