/**
 * What every card, badge and edge shows at one cursor: plain data, from which the stage draws and between which motion is planned.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Badge} Badge
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {'values' | 'gradients' | 'shapes'} View
 * @typedef {{text: string, level: number}} Cell
 * @typedef {{style: 'kept' | 'flow' | 'passed' | 'none' | 'empty', label: string, text: string, cells: Cell[][] | null}} Gradient
 * @typedef {{visible: boolean, kind: string, title: string, value: string, muted: boolean, cells: Cell[][] | null, gradient: Gradient | null,
 *   bar: {expected: number, arrived: number, done: boolean} | null, waiting: string | null, version: number, pinned: boolean, hatched: boolean, mark: Mark, label: string,
 *   saved?: Lamp[]}} CardItem  `saved`: the lamps of a card of the backward graph
 * @typedef {{name: string, lit: boolean}} Lamp
 * @typedef {'' | 'running' | 'receiving' | 'made' | 'written' | 'fault'} Mark
 * @typedef {{visible: boolean, text: string, lamps: Lamp[], mark: Mark, label: string}} BadgeItem
 * @typedef {{width: number, style: 'flow' | 'zero' | 'broken', text: string}} Lane
 * @typedef {{visible: boolean, cut: boolean, lane: Lane | null}} EdgeItem
 * @typedef {{cursor: number, cards: Map<string, CardItem>, badges: Map<string, BadgeItem>, edges: Map<string, EdgeItem>,
 *   notes: import('./notes.js').Note[]}} Picture
 * @typedef {(key: string, args?: Record<string, unknown>) => string} Translate
 */
import { faultsOf } from './faults.js';
import { cellText } from './grids.js';
import { brokenWord, isScalar, isWhole, normOf, scalarOf, shapeText, shortNumber, summary, tableOf } from './numbers.js';

/** Widths in pixels; gradients of one size of magnitude stay near the middle, so that a small difference looks small. */
const LANE = { least: 1.5, most: 6, decades: 2 };
const HEAT_OPACITY = 0.5;

/**
 * @param {Graph} graph
 * @param {Map<string, Face>} faces
 * @param {State} state
 * @param {{view: View, scale: {least: number, most: number}, translate: Translate, from: number, source?: string, written?: Set<number>}} options `from`: the first event of the step;
 *   `source`: the program, whose failing expression names its inputs; `written`: the tensors that the step wrote into
 * @returns {Picture}
 */
export function pictureOf(graph, faces, state, options) {
  const faults = faultsOf(state, options.source ?? '');
  const cards = new Map(graph.cards.map((card) => [card.id, cardItem(card, /** @type {Face} */ (faces.get(card.id)), state, faults, options)]));
  const badges = new Map(graph.badges.map((badge) => [badge.id, badgeItem(badge, state, faults, options)]));
  const edges = new Map(graph.edges.map((edge) => [edge.id, edgeItem(edge, state, options.scale)]));
  return { cursor: state.cursor, cards, badges, edges, notes: [] };
}


/**
 * @param {Card} card
 * @param {Face} face
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {{view: View, translate: Translate, from: number, written?: Set<number>}} options
 * @returns {CardItem}
 */
function cardItem(card, face, state, faults, { view, translate, from, written }) {
  const tensor = state.tensors.get(card.tensor);
  if (!tensor) return hiddenCard(card, face);
  const value = tensor.value;
  const grid = card.twin ? null : face.grid;
  const shapes = view === 'shapes';
  const shown = view === 'gradients' && grid?.digits === 0 && face.gradientGrid === null && face.gradientRow !== null ? tensor.grad ?? tensor.flow ?? passedGradient(tensor, state) : value;
  const text = card.twin ? '' : shapes ? shapeText(value) : isScalar(value) ? shortNumber(scalarOf(value), 4, isWhole(value)) : shapeText(value);
  const gradient = face.gradientRow === null ? null : gradientOf(tensor, face, state, view);
  const pending = tensor.is_leaf && tensor.flow !== null && tensor.call === state.call;
  return {
    visible: true,
    kind: card.kind,
    title: face.title,
    value: text,
    muted: shapes || !isScalar(value),
    cells: grid ? cellsOf(shown ?? value, grid) : null,
    gradient,
    bar: barOf(tensor, state),
    waiting: pending ? summary(/** @type {Value} */ (tensor.flow)) : null,
    version: card.twin ? 0 : tensor.version,
    hatched: !tensor.requires_grad && tensor.producer !== null && tensor.scopes.some((scope) => scope.label === 'no_grad'),
    pinned: tensor.retains_grad && !tensor.is_leaf,
    mark: markOf(tensor, state, faults, from, written?.has(tensor.tensor) ?? false),
    label: cardLabel(card, tensor, state, translate),
  };
}

/** @param {Card} card @param {Face} face @returns {CardItem} */
function hiddenCard(card, face) {
  return { visible: false, kind: card.kind, title: face.title, value: '', muted: false, cells: null, gradient: null, bar: null, waiting: null, version: 0, pinned: false, hatched: false, mark: '', label: '' };
}

/**
 * Kept gradients and flowing ones never look the same: a `.grad` is named and upright, a flow is in italics and goes.
 * @param {TensorState} tensor
 * @param {Face} face
 * @param {State} state
 * @param {View} view
 * @returns {Gradient}
 */
function gradientOf(tensor, face, state, view) {
  const say = (/** @type {Value} */ value) => (view === 'shapes' ? shapeText(value) : face.gradientGrid?.digits ? '' : summary(value));
  const cells = (/** @type {Value} */ value) => (face.gradientGrid ? cellsOf(value, face.gradientGrid) : null);
  if (tensor.grad) return { style: 'kept', label: '.grad', text: say(tensor.grad), cells: cells(tensor.grad) };
  if (!tensor.is_leaf && tensor.flow) return { style: 'flow', label: '∂', text: say(tensor.flow), cells: cells(tensor.flow) };
  if (tensor.is_leaf || tensor.retains_grad) return { style: 'none', label: '.grad', text: 'None', cells: null };
  const passed = view === 'gradients' ? passedGradient(tensor, state) : null;
  if (passed) return { style: 'passed', label: '∂', text: say(passed), cells: cells(passed) };
  return { style: 'empty', label: '∂', text: '·', cells: null };
}

/** What went through a non-leaf in this call: its node received it, nobody kept it. @param {TensorState} tensor @param {State} state @returns {Value | null} */
function passedGradient(tensor, state) {
  const reached = tensor.producer === null ? null : state.functions.get(tensor.producer)?.reached ?? null;
  return reached !== null && reached.call === state.call ? reached.gradients[tensor.output] ?? null : null;
}

/** @param {TensorState} tensor @param {State} state */
function barOf(tensor, state) {
  if (tensor.call === null || tensor.call !== state.call || !tensor.requires_grad) return null;
  if (!tensor.is_leaf && tensor.expected < 2) return null;
  const written = tensor.ledger.some((row) => row.kind === 'accumulate' && row.call === state.call && row.retained !== tensor.is_leaf);
  return { expected: tensor.expected, arrived: tensor.contributions.length, done: tensor.is_leaf ? written : tensor.contributions.length >= tensor.expected };
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
  if (written || tensor.ledger.some((row) => row.seq >= from && row.kind !== 'contribution' && row.kind !== 'sum')) return 'written';
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
 * @param {TensorState} tensor
 * @param {State} state
 * @param {Translate} translate
 */
function cardLabel(card, tensor, state, translate) {
  const parts = [card.title || translate('stage.unnamed'), translate(`stage.kind.${card.kind}`), translate('stage.label.value', { value: spoken(tensor.value) })];
  if (tensor.grad) parts.push(translate('stage.label.gradient', { value: spoken(tensor.grad) }));
  else if (tensor.flow) parts.push(translate('stage.label.flow', { value: spoken(tensor.flow) }));
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  if (producer) parts.push(translate('stage.label.from', { op: producer.op }));
  const waiting = tensor.call === state.call && state.phase === 'backward' ? tensor.expected - tensor.contributions.length : 0;
  if (waiting > 0) parts.push(translate('stage.label.waiting', { waiting, expected: tensor.expected }));
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
 * @param {{translate: Translate, from: number}} options
 * @returns {BadgeItem}
 */
function badgeItem(badge, state, faults, { translate, from }) {
  const fn = state.functions.get(badge.function);
  const lamps = fn && fn.name !== null ? fn.saved.map((name) => ({ name, lit: !fn.freed })) : [];
  const mark = faults.functions.has(badge.function) ? 'fault' : state.phase === 'backward' && state.running === badge.function ? 'running' : fn && state.phase === 'forward' && fn.seq >= from ? 'made' : '';
  const saved = lamps.map((lamp) => lamp.name).join(', ');
  const label = !fn ? '' : saved === '' ? fn.name ?? fn.op : translate(fn.freed ? 'stage.label.freed' : 'stage.label.saved', { op: fn.name ?? fn.op, saved });
  return { visible: fn !== undefined, text: badge.text, lamps, mark, label };
}

/**
 * @param {Edge} edge
 * @param {State} state
 * @param {{least: number, most: number}} scale
 * @returns {EdgeItem}
 */
function edgeItem(edge, state, scale) {
  if (edge.function === null) return { visible: state.tensors.has(Number(edge.to.slice(1))), cut: edge.cut, lane: null };
  const fn = state.functions.get(edge.function);
  if (!fn) return { visible: false, cut: edge.cut, lane: null };
  if (fn.reached === null || fn.reached.call !== state.call) return { visible: true, cut: edge.cut, lane: null };
  const value = edge.kind === 'output' ? fn.reached.gradients[fn.outputs.indexOf(edge.tensor)] : fn.sent.find((sent) => sent.input === edge.input && sent.to !== null)?.value;
  return { visible: true, cut: edge.cut, lane: value ? laneOf(value, scale) : null };
}

/**
 * @param {Value} value
 * @param {{least: number, most: number}} scale logarithms (base 10) of the least and most magnitude of the scene
 * @returns {Lane}
 */
export function laneOf(value, scale) {
  const word = brokenWord(value);
  if (word) return { width: LANE.least, style: 'broken', text: word };
  const size = normOf(value);
  if (size === 0) return { width: 1, style: 'zero', text: '0' };
  const span = Math.max(scale.most - scale.least, LANE.decades);
  const middle = (scale.most + scale.least) / 2;
  const share = (Math.log10(size) - middle) / span + 0.5;
  const width = LANE.least + Math.min(1, Math.max(0, share)) * (LANE.most - LANE.least);
  return { width: Math.round(width * 100) / 100, style: 'flow', text: summary(value) };
}

/**
 * The magnitudes of every gradient of a scene, as logarithms, so that a lane's width means the same at every step.
 * @param {Graph} graph
 * @param {State} state the state at the scene's end
 */
export function scaleOf(graph, state) {
  let least = Infinity;
  let most = -Infinity;
  for (const badge of graph.badges) {
    for (const sent of state.functions.get(badge.function)?.sent ?? []) {
      const size = normOf(sent.value);
      if (!Number.isFinite(size) || size === 0) continue;
      least = Math.min(least, Math.log10(size));
      most = Math.max(most, Math.log10(size));
    }
  }
  return least > most ? { least: 0, most: 0 } : { least, most };
}
