/**
 * PyTorch's own graph of a scene: a card for each `grad_fn` and each AccumulateGrad, an edge for each entry of `next_functions`. A card takes the id of the
 * tensor whose gradient its node receives, so selection, notes and motion are those of the teaching graph, and the cards glide from one to the other.
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./picture.js').CardItem} CardItem
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./text.js').Measure} Measure
 */
import { label } from '../state/labels.js';
import { BADGE_HEIGHT, badgeWidth, gradientsOf, isHigh, PADDING, parallels, widest } from './faces.js';
import { addTwins, buildGraph } from './graph.js';
import { groupBy } from './groups.js';
import { isScalar, sizeText, summary } from './numbers.js';
import { badgeText } from '../state/signs.js';
import { fitted } from './text.js';

const ROW = 22;
const EDGE = 4;
const MOST_TITLE = 220;
const MOST_NAME = 90;
const GAP = 14;
const BADGE_GAP = 6;
/** Between both in a high card. */
const NEAR = 7;
const LABEL = 41;
const FLOW = 16;
const LAMP = { radius: 3.2, before: 12, after: 10 };
const BAR = 6;
const APPROACH = 76;

/**
 * @param {State} state the state at the scene's end
 * @param {number} scene
 * @returns {Graph}
 */
export function buildBackward(state, scene, inRows = false) {
  const teaching = buildGraph(state, scene);
  const places = new Map([...teaching.cards, ...teaching.badges].map((item) => [item.id, item]));
  /** @type {Map<string, Card>} */
  const cards = new Map();
  /** @type {Graph['badges']} */
  const badges = [];
  /** @type {Graph['edges']} */
  const edges = [];

  /** @param {FunctionState} node @returns {Card} */
  function cardOf(node) {
    const tensor = node.outputs[0];
    const id = state.tensors.get(tensor)?.producer === node.function ? `t${tensor}` : `n${node.function}`;
    const known = cards.get(id);
    if (known) return known;
    const badge = `f${node.function}`;
    const { key, place } = places.get(id) ?? { key: `${node.name}|${node.function}`, place: `${node.span?.[0] ?? node.line}:${node.span?.[1] ?? 0}` };
    const made = { id, key, place, tensor, kind: /** @type {const} */ ('node'), title: String(node.name), named: true, badge, twin: false, keepsGrad: true };
    cards.set(id, made);
    const { key: badgeKey, place: badgePlace } = places.get(badge) ?? { key, place };
    badges.push({ id: badge, key: badgeKey, place: badgePlace, function: node.function, text: badgeText(node), card: id });
    return made;
  }

  /** @param {import('../state/types.js').Target | null} target @returns {Card | null} */
  function targetOf(target) {
    if (target === null) return null;
    const [sort, number] = target;
    if (sort === 'function') {
      const node = state.functions.get(number);
      return node ? cardOf(node) : null;
    }
    const id = `t${number}`;
    const { key, place } = places.get(id) ?? { key: `leaf|${number}`, place: '' };
    const made = cards.get(id) ?? { id, key, place, tensor: number, kind: /** @type {const} */ ('accumulate'), title: 'AccumulateGrad', named: true, badge: null, twin: false, keepsGrad: true };
    cards.set(id, made);
    return made;
  }

  for (const badge of teaching.badges) {
    const node = state.functions.get(badge.function);
    if (!node || node.name === null) continue;
    const to = cardOf(node);
    node.next.forEach((target, input) => {
      const from = targetOf(target);
      if (from && from !== to) edges.push({ id: `e${node.function}.${input}`, from: from.id, to: to.id, function: node.function, input, tensor: from.tensor, kind: 'data', cut: false, ordered: false, ghosts: 1 });
    });
  }
  const all = [...cards.values()];
  addTwins(all, edges, inRows);
  return { cards: all, badges, edges, backward: true };
}

/**
 * @param {Graph} graph
 * @param {State} state the state at the scene's end
 * @param {Measure} measure
 * @param {number} [from] the scene's first event
 * @param {import('./faces.js').Form} [form] where room is short from left to right, names go over two rows, and no badge says again which function it is
 * @returns {Map<string, Face>}
 */
export function backwardFaces(graph, state, measure, from = 0, form = 'wide') {
  const badges = new Map(graph.badges.map((badge) => [badge.id, badge]));
  const shared = parallels(graph.edges);
  const uses = new Map();
  for (const edge of graph.edges) uses.set(edge.from, (uses.get(edge.from) ?? 0) + 1);
  return new Map(graph.cards.map((card) => {
    const high = isHigh(form) && !card.twin;
    const badge = high || card.twin ? undefined : badges.get(card.badge ?? '');
    const badgeRoom = badge ? badgeWidth(badge, measure) : 0;
    const left = badge ? BADGE_HEIGHT / 2 + BADGE_GAP : PADDING;
    const tensor = /** @type {import('../state/types.js').TensorState} */ (state.tensors.get(card.tensor));
    const barred = high && !isScalar(tensor.value);
    const heading = (high ? highHeading : wideHeading)(card, nameOf(card, state, measure), left, measure);
    const { rows } = heading;
    const label = !high ? LABEL : card.kind === 'node' && !tensor.retains_grad && tensor.grad === null ? FLOW : LABEL + NEAR;
    const said = Math.max(measure('None', 'label'), widest(measure, gradientsOf(tensor, from), (value) => (barred ? sizeText(value, true) : summary(value))));
    const told = Math.max(heading.width, left + label + said);
    const saved = savedPlaces(savedBy(card, state), left, measure, high ? told : Infinity);
    const width = Math.ceil(Math.max(told, ...saved.map(({ end }) => end)) + PADDING);
    const counted = card.kind === 'accumulate' || (uses.get(card.id) ?? 0) > 1;
    const height = card.twin ? EDGE * 2 + ROW : EDGE * 2 + ROW * (rows + 1 + (saved.length > 0 ? saved[saved.length - 1].row + 1 : 0)) + (counted ? BAR : 0);
    return [card.id, {
      width, height, reach: badge ? badgeRoom - BADGE_HEIGHT / 2 : 0, approach: graph.edges.some((edge) => edge.to === card.id && shared.has(edge.id)) ? APPROACH : 0, badgeWidth: badgeRoom,
      ...heading.face, grid: null, gridY: 0, gradientRow: card.twin ? null : middle(rows), gradientGrid: null, gradientGridY: null,
      barY: counted && !card.twin ? height - EDGE - BAR + 1 : null, saved: saved.map(({ row, ...place }) => ({ ...place, y: middle(rows + 1 + row) })), barred,
    }];
  }));
}

/** The middle of a row. @param {number} row */
const middle = (row) => EDGE + ROW * (row + 0.5);

/**
 * A node's name, with that of the variable at the right.
 * @typedef {{width: number, rows: number, face: Pick<Face, 'titleX' | 'title' | 'valueRow' | 'stack' | 'titleRest'>}} Heading
 * @param {Card} card @param {string} name @param {number} left where rows begin @param {Measure} measure
 * @returns {Heading}
 */
function wideHeading(card, name, left, measure) {
  const title = fitted(card.title, MOST_TITLE, measure, 'value');
  return { width: left + measure(title, 'value') + nameRoom(name, GAP, measure), rows: 1, face: { titleX: left, title, valueRow: middle(0) } };
}

/** The same over two rows, that of the variable in the one with more room. @type {typeof wideHeading} */
function highHeading(card, name, left, measure) {
  const [title, rest] = parted(card.title).map((part) => fitted(part, MOST_TITLE, measure, 'value'));
  if (rest === '') return wideHeading(card, name, left, measure);
  const widths = [title, rest].map((part) => measure(part, 'value'));
  const beside = widths[0] <= widths[1] ? 0 : 1;
  widths[beside] += nameRoom(name, NEAR, measure);
  return {
    width: left + Math.max(...widths), rows: 2,
    face: { titleX: left, title, valueRow: middle(beside), stack: { titleRow: middle(0), labelRow: middle(2), labelX: left }, titleRest: { x: left, y: middle(1), text: rest } },
  };
}

/** @param {string} name @param {number} gap @param {Measure} measure */
function nameRoom(name, gap, measure) {
  return name === '' ? 0 : gap + measure(name, 'cell');
}

/** A name in two, where a capital begins a word, as evenly as can be. @param {string} name @returns {[string, string]} */
function parted(name) {
  const places = [...name.matchAll(/(?<=[a-z0-9])(?=[A-Z])/g)].map(({ index }) => index);
  const longer = (/** @type {number} */ at) => Math.max(at, name.length - at);
  const at = places.sort((one, other) => longer(one) - longer(other))[0] ?? name.length;
  return [name.slice(0, at), name.slice(at)];
}

/** @param {Graph} graph @param {{measure: Measure, translate: Translate}} tools @returns {import('./scene.js').Teller} */
export function nodePainter(graph, tools) {
  const tell = nodeTeller(graph, tools);
  const cards = new Map(graph.cards.map((card) => [card.id, card]));
  return {
    show: (made, state) => ({
      ...made,
      cards: new Map([...made.cards].map(([id, item]) => [id, tell(item, /** @type {Card} */ (cards.get(id)), state)])),
      badges: new Map([...made.badges].map(([id, item]) => [id, { ...item, lamps: [] }])),
    }),
  };
}

/** What each card of the graph says instead of its tensor's value. @param {Graph} graph @param {{measure: Measure, translate: Translate}} tools */
export function nodeTeller(graph, tools) {
  const users = groupBy(graph.edges, (edge) => edge.from);
  /** @param {CardItem} item @param {Card} card @param {State} state @returns {CardItem} */
  return (item, card, state) => {
    const used = card.kind !== 'accumulate' || users.get(card.id)?.some((edge) => state.functions.has(Number(edge.function))) === true;
    return nodeItem(item, card, state, used, tools);
  };
}

/** A leaf has its AccumulateGrad from its first use on. @param {CardItem} item @param {Card} card @param {State} state @param {boolean} used @param {{measure: Measure, translate: Translate}} tools @returns {CardItem} */
function nodeItem(item, card, state, used, { measure, translate }) {
  const node = nodeOf(card, state);
  const visible = card.kind === 'accumulate' ? item.visible && used : node !== undefined;
  const saved = node ? node.saved.map((name) => ({ name, lit: !node.freed })) : [];
  const parts = [card.title, card.kind === 'accumulate' ? translate('stage.label.writes', { name: label(state, card.tensor) }) : translate('stage.label.of', { name: label(state, card.tensor) })];
  if (item.gradient && item.gradient.text !== '·') parts.push(translate(item.gradient.style === 'kept' ? 'stage.label.gradient' : 'stage.label.flow', { value: item.gradient.text }));
  if (saved.length > 0) parts.push(translate(node?.freed ? 'stage.label.freed' : 'stage.label.saved', { op: String(node?.name), saved: node?.saved.join(', ') ?? '' }));
  return { ...item, visible, kind: card.kind, value: card.twin ? '' : nameOf(card, state, measure), muted: true, cells: null, version: 0, saved, label: visible ? parts.join(translate('stage.label.separator')) : '' };
}

/** @param {Card} card @param {State} state */
function nodeOf(card, state) {
  return card.badge === null ? undefined : state.functions.get(Number(card.badge.slice(1)));
}

/** @param {Card} card @param {State} state */
function savedBy(card, state) {
  return card.twin ? [] : nodeOf(card, state)?.saved ?? [];
}

/** The variable whose gradient the node works out. @param {Card} card @param {State} state @param {Measure} measure */
function nameOf(card, state, measure) {
  const tensor = state.tensors.get(card.tensor);
  return tensor && tensor.names.length > 0 ? fitted(label(state, card.tensor), MOST_NAME, measure, 'cell') : '';
}

/** Where each saved tensor's lamp and name stand: in one row, or in as many as they need to end where the card does. @param {string[]} saved @param {number} left @param {Measure} measure @param {number} most */
function savedPlaces(saved, left, measure, most) {
  let x = left;
  let row = 0;
  return saved.map((name) => {
    const room = LAMP.before + measure(name, 'cell');
    if (x > left && x + room > most) [x, row] = [left, row + 1];
    const place = { name, row, lamp: x + LAMP.radius, text: x + LAMP.before, end: x + room };
    x = place.end + LAMP.after;
    return place;
  });
}
