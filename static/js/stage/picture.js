/**
 * What every card, badge and edge shows at one cursor: plain data, from which the stage draws and between which motion is planned.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Badge} Badge
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('./moment.js').TensorFacts} TensorFacts
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
 * @typedef {Map<string, {facts: any, item: any}>} Memory  items by what they were made of
 */
import { faultsOf } from './faults.js';
import { cellText } from './grids.js';
import { laneOf } from './lane-width.js';
import { badgeFacts, edgeFacts, sameBadge, sameEdge, sameTensor, tensorFacts } from './moment.js';
import { isScalar, isWhole, shapeText, sizeText, summary, tableOf } from './numbers.js';

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
  /** @type {Picture['cards']} */
  const cards = new Map();
  /** @type {Picture['badges']} */
  const badges = new Map();
  /** @type {Picture['edges']} */
  const edges = new Map();
  for (const card of graph.cards) {
    const face = /** @type {Face} */ (faces.get(card.id));
    cards.set(card.id, recalled(memory, card.id, tensorFacts(state.tensors.get(card.tensor), state, faults, options), sameTensor, (facts) => cardItem(card, face, facts, view, translate)));
  }
  for (const badge of graph.badges) badges.set(badge.id, recalled(memory, badge.id, badgeFacts(badge, state, faults, options), sameBadge, (facts) => badgeItem(badge, facts, translate)));
  for (const edge of graph.edges) edges.set(edge.id, recalled(memory, edge.id, edgeFacts(edge, state), sameEdge, (facts) => edgeItem(edge, facts, options.scale)));
  return { cursor: state.cursor, cards, badges, edges, notes: [] };
}

/**
 * The item that was made of the same facts, else a new one.
 * @template Facts, Item
 * @param {Memory} memory @param {string} id @param {Facts} facts @param {(one: Facts, other: Facts) => boolean} same @param {(facts: Facts) => Item} make @returns {Item}
 */
function recalled(memory, id, facts, same, make) {
  const known = memory.get(id);
  if (known && same(facts, known.facts)) return known.item;
  const item = make(facts);
  memory.set(id, { facts, item });
  return item;
}

/**
 * @param {Card} card
 * @param {Face} face
 * @param {TensorFacts} facts
 * @param {View} view
 * @param {Translate} translate
 * @returns {CardItem}
 */
function cardItem(card, face, facts, view, translate) {
  if (facts.value === undefined) return hiddenCard(card, face);
  const { value, grad, flow, passed } = facts;
  const grid = card.twin ? null : face.grid;
  const shapes = view === 'shapes';
  const shown = view === 'gradients' && grid !== null && face.gradientGrid === null && face.gradientRow !== null ? grad ?? flow ?? passed : value;
  const text = card.twin ? '' : shapes ? shapeText(value) : isScalar(value) ? summary(value, face.digits?.value) : shapeText(value);
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
 * @param {TensorFacts} facts
 * @param {Card} card what it is in the end: a Function's result is a leaf while the Function computes
 * @param {Face} face
 * @param {View} view
 * @returns {Gradient}
 */
function gradientOf({ grad, flow, passed, leaf, retains }, card, face, view) {
  const say = (/** @type {Value} */ value) => (view === 'shapes' ? shapeText(value) : face.gradientGrid?.digits ? '' : face.barred ? sizeText(value, true, face.digits?.gradient) : summary(value, face.digits?.gradient));
  const cells = (/** @type {Value} */ value) => (face.gradientGrid ? cellsOf(value, face.gradientGrid) : null);
  if (grad) return { style: 'kept', label: '.grad', text: say(grad), cells: cells(grad) };
  if (!leaf && flow) return { style: 'flow', label: '∂', text: say(flow), cells: cells(flow) };
  if ((leaf && card.kind === 'leaf') || retains) return { style: 'none', label: '.grad', text: 'None', cells: null };
  if (view === 'gradients' && passed) return { style: 'passed', label: '∂', text: say(passed), cells: cells(passed) };
  return { style: 'empty', label: '∂', text: '·', cells: null };
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
 * @param {TensorFacts} facts
 * @param {Translate} translate
 */
function cardLabel(card, { value, grad, flow, op, waiting, expected }, translate) {
  const parts = [card.title || translate('stage.unnamed'), translate(`stage.kind.${card.kind}`), translate('stage.label.value', { value: spoken(/** @type {Value} */ (value)) })];
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

/** @param {Badge} badge @param {import('./moment.js').BadgeFacts} facts @param {Translate} translate @returns {BadgeItem} */
function badgeItem(badge, facts, translate) {
  if (badge.fold) return foldItem(badge, badge.fold, facts, translate);
  const { fn, freed, mark } = facts;
  const lamps = fn && fn.name !== null ? fn.saved.map((name) => ({ name, lit: !freed })) : [];
  const saved = lamps.map((lamp) => lamp.name).join(', ');
  const label = !fn ? '' : saved === '' ? fn.name ?? fn.op : translate(freed ? 'stage.label.freed' : 'stage.label.saved', { op: fn.name ?? fn.op, saved });
  return { visible: fn !== undefined, text: badge.text, lamps, mark, label };
}

/** One lamp tells of all that a closed group saved. @param {Badge} badge @param {import('./fold.js').Group} group @param {import('./moment.js').BadgeFacts} facts @param {Translate} translate @returns {BadgeItem} */
function foldItem(badge, group, { fn, freed, mark }, translate) {
  const saves = fn !== undefined && fn.name !== null && fn.saved.length > 0;
  return { visible: fn !== undefined, text: badge.text, lamps: saves ? [{ name: group.label, lit: !freed }] : [], mark, folded: true, label: translate('stage.fold', { label: group.label, count: group.functions.length }) };
}

/** @param {Edge} edge @param {import('./moment.js').EdgeFacts} facts @param {{least: number, most: number}} scale @returns {EdgeItem} */
function edgeItem(edge, { visible, value, count }, scale) {
  const lane = value && laneOf(value, scale);
  return { visible, cut: edge.cut, lane: lane && count > 1 ? { ...lane, text: `× ${count}` } : lane };
}
