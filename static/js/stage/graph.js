/**
 * The drawn graph of one scene: which cards, badges and edges there are, without places or pixels.
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {'leaf' | 'constant' | 'computed' | 'untracked' | 'node' | 'accumulate'} Kind
 * @typedef {{id: string, key: string, place: string, tensor: number, kind: Kind, title: string, named: boolean,
 *   badge: string | null, twin: boolean, keepsGrad: boolean, feeds?: string[], storey?: number | null}} Card  `storey`: the backward call that made it under create_graph (see storeys.js)
 * @typedef {{id: string, key: string, place: string, function: number, text: string, card: string | null, fold?: import('./fold.js').Group}} Badge  `fold`: the group that it
 *   stands for, whose first function it bears
 * @typedef {{id: string, from: string, to: string, function: number | null, input: number, tensor: number,
 *   kind: 'data' | 'output' | 'view', cut: boolean, ordered: boolean, ghosts: number, climbs?: boolean, also?: {function: number, input: number}[]}} Edge  `climbs`: from one storey to
 *   another; `also`: further uses of the tensor in the closed group that it goes to, told by one edge
 * An edge's `ghosts` are how many copies a broadcast value is drawn as on its way, and its gradient before it is folded; 1 where it is not broadcast.
 * @typedef {{cards: Card[], badges: Badge[], edges: Edge[], backward: boolean, groups?: import('./fold.js').Group[]}} Graph  `groups`: what could be folded
 * A graph that is `backward` is PyTorch's own (see backward.js): its edges are drawn against the way of the values.
 */
import { only } from '../state/format.js';
import { label } from '../state/labels.js';
import { drawnFunctions, drawnTensors } from './drawn.js';
import { closedOf, groupsOf, insideOf, namesOf } from './fold.js';
import { groupBy } from './groups.js';
import { badgeText, isOrdered } from '../state/signs.js';

const TWINS_FROM_NODES = 100;
const TWINS_FROM_USES = 4;
const TWINS_IN_ROWS = 3;
/** So many lines from one leaf are no longer read as a fan, in however small a graph. */
const LARGEST_FAN = 16;
const LONGEST_EXPRESSION = 10;
const LONGEST_GROUP = 18;
const MOST_GHOSTS = 4;

/**
 * The graph of a scene, from the state at the scene's end.
 * @param {State} state
 * @param {number} scene
 * @param {import('./fold.js').Folds | null} [folds] which groups are closed; null: none
 * @param {boolean} [inRows] it will stand in rows
 * @returns {Graph}
 */
export function buildGraph(state, scene, folds = null, inRows = false) {
  const drawn = drawnFunctions(state, scene);
  const groups = folds ? groupsOf([...drawn.values()]) : [];
  const closed = folds ? closedOf(groups, folds, drawn.size) : [];
  const tensors = drawnTensors(state, scene, drawn);
  for (const id of insideOf(closed, drawn, state)) tensors.delete(id);
  const cards = [...tensors].sort((a, b) => a - b).map((id) => card(state, id, drawn));
  const byTensor = new Map(cards.map((item) => [item.tensor, item]));
  /** @type {Badge[]} */
  const badges = [];
  /** @type {Edge[]} */
  const edges = [];
  for (const { functions, group } of unitsOf(drawn, closed)) {
    const own = new Set(functions.flatMap((fn) => fn.outputs));
    const outputs = [...own].filter((id) => byTensor.has(id) && functions.some((fn) => fn.function === state.tensors.get(id)?.producer));
    const single = outputs.length === 1 ? `t${outputs[0]}` : null;
    const badge = group ? foldOf(group, functions[0], single) : badgeOf(functions[0], single);
    badges.push(badge);
    /** @param {number} fn @param {number} id @param {string} to @returns {Edge} */
    const output = (fn, id, to) => ({ id: `o${fn}.${id}`, from: badge.id, to, function: fn, input: -1, tensor: id, kind: 'output', cut: false, ordered: false, ghosts: 1 });
    for (const id of outputs) {
      const made = /** @type {Card} */ (byTensor.get(id));
      if (badge.card) made.badge = badge.id;
      else edges.push(output(state.tensors.get(id)?.producer ?? badge.function, id, made.id));
    }
    for (const id of group ? [] : own) {
      const writer = byTensor.has(id) && !outputs.includes(id) ? laterWriter(functions[0], id, state, drawn) : null;
      if (writer !== null) edges.push(output(badge.function, id, writer));
    }
    /** @type {Map<number, Edge>} */
    const used = new Map();
    for (const fn of functions) fn.inputs.forEach((id, input) => {
      if (id === null || !byTensor.has(id) || own.has(id)) return;
      const cut = fn.name === null && state.tensors.get(id)?.requires_grad === true;
      const known = used.get(id);
      if (group && known) {
        known.also = [...(known.also ?? []), { function: fn.function, input }];
        known.cut &&= cut;
        return;
      }
      const ordered = !group && isOrdered(fn.op) && fn.inputs.filter((other) => other !== null).length > 1;
      /** @type {Edge} */
      const edge = { id: `e${fn.function}.${input}`, from: `t${id}`, to: badge.card ?? badge.id, function: fn.function, input, tensor: id, kind: 'data', cut, ordered, ghosts: ghostsOf(state, fn, input) };
      used.set(id, edge);
      edges.push(edge);
    });
  }
  edges.push(...viewLines(state, cards, byTensor, drawn));
  addTwins(cards, edges, inRows);
  tellFeeds(cards, badges, edges);
  numberKeys(cards);
  numberKeys(badges);
  return { cards, badges, edges, backward: false, groups };
}

/** The edge that tells of a function's input, by itself or for all uses in a closed group. @param {Graph} graph @param {{function: number, input: number}} use */
export function edgeOf({ edges }, use) {
  return edges.find((edge) => [edge, ...(edge.also ?? [])].some((one) => one.function === use.function && one.input === use.input));
}

/** The names of a scene's closed groups. @param {State} state @param {number} scene @param {import('./fold.js').Folds} folds */
export function closedNames(state, scene, folds) {
  const drawn = drawnFunctions(state, scene);
  const groups = groupsOf([...drawn.values()]);
  return namesOf(groups, closedOf(groups, folds, drawn.size));
}

/** What is drawn as one badge each: a closed group, or a function of none, in the order of their first functions. @param {Map<number, FunctionState>} drawn @param {import('./fold.js').Group[]} closed @returns {{functions: FunctionState[], group: import('./fold.js').Group | null}[]} */
function unitsOf(drawn, closed) {
  const groupOf = new Map(closed.flatMap((group) => group.functions.map((fn) => /** @type {const} */ ([fn, group]))));
  const firsts = [...drawn.values()].filter((fn) => (groupOf.get(fn.function)?.functions[0] ?? fn.function) === fn.function);
  return firsts.map((fn) => {
    const group = groupOf.get(fn.function) ?? null;
    return { functions: group ? group.functions.flatMap((id) => drawn.get(id) ?? []) : [fn], group };
  });
}

/** @param {import('./fold.js').Group} group @param {FunctionState} first @param {string | null} fused @returns {Badge} */
function foldOf(group, first, fused) {
  const made = badgeOf(first, fused);
  const name = group.label.length > LONGEST_GROUP ? `${group.label.slice(0, LONGEST_GROUP - 1)}…` : group.label;
  return { ...made, id: `${made.id}~${group.depth}`, key: `fold|${group.key}`, text: `${name} (${group.functions.length})`, fold: group };
}

/**
 * @param {State} state
 * @param {number} id
 * @param {Map<number, FunctionState>} drawn
 * @returns {Card}
 */
function card(state, id, drawn) {
  const tensor = /** @type {TensorState} */ (state.tensors.get(id));
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  const kind = kindOf(state, tensor, producer);
  const owner = typeof tensor.grad_of === 'number' ? state.tensors.get(tensor.grad_of) : undefined;
  const named = tensor.names.length > 0 || owner !== undefined;
  const title = named ? label(state, id) : expression(state, tensor);
  const op = producer && drawn.has(producer.function) ? producer.op : 'made';
  const place = `${tensor.span?.[0] ?? tensor.line}:${tensor.span?.[1] ?? 0}`;
  const keepsGrad = tensor.requires_grad || tensor.grad !== null;
  return { id: `t${id}`, key: `${op}|${named ? title : ''}`, place, tensor: id, kind, title, named, badge: null, twin: false, keepsGrad };
}

/** How a tensor without a variable is told, where that is short; else its badge must do. @param {State} state @param {TensorState} tensor */
function expression(state, tensor) {
  const text = tensor.producer === null ? seed(state, tensor) : label(state, tensor.tensor);
  return text.length <= LONGEST_EXPRESSION && !text.includes('…') ? text : '';
}

/** What a recorded backward call begins with, made right before it: the derivative of its root by itself, 1. @param {State} state @param {TensorState} tensor */
function seed(state, { seq, value }) {
  const call = only(value) === 1 ? state.calls.find(({ create_graph: recorded, roots, from }) => recorded && roots.length === 1 && from === seq + 1) : undefined;
  return call ? `∂${label(state, call.roots[0])}/∂${label(state, call.roots[0])}` : '';
}

/**
 * @param {State} state
 * @param {TensorState} tensor
 * @param {FunctionState | undefined} producer
 * @returns {Kind}
 */
function kindOf(state, tensor, producer) {
  if (tensor.requires_grad) return tensor.is_leaf ? 'leaf' : 'computed';
  const cutOff = producer?.inputs.some((id) => id !== null && state.tensors.get(id)?.requires_grad);
  const detached = producer === undefined && tensor.base !== null && state.tensors.get(tensor.base)?.requires_grad;
  return cutOff || detached ? 'untracked' : 'constant';
}

/**
 * @param {FunctionState} fn
 * @param {string | null} fused
 * @returns {Badge}
 */
function badgeOf(fn, fused) {
  const place = `${fn.span?.[0] ?? fn.line}:${fn.span?.[1] ?? 0}`;
  return { id: `f${fn.function}`, key: fn.op, place, function: fn.function, text: badgeText(fn), card: fused };
}

/**
 * Where the result of a function goes that was then changed in place: to the next function that wrote into it, or to its card.
 * @param {FunctionState} fn
 * @param {number} id
 * @param {State} state
 * @param {Map<number, FunctionState>} drawn
 */
function laterWriter(fn, id, state, drawn) {
  const next = [...drawn.values()].find((other) => other.function > fn.function && other.outputs.includes(id));
  if (!next) return null;
  return state.tensors.get(id)?.producer === next.function ? `t${id}` : `f${next.function}`;
}

/** @param {State} state @param {FunctionState} fn @param {number} input */
function ghostsOf(state, fn, input) {
  const sent = fn.sent.find((item) => item.input === input);
  const output = state.tensors.get(fn.outputs[0]);
  if (!sent || !output || sent.summed_axes.length === 0) return 1;
  const size = (/** @type {number[]} */ shape) => shape.reduce((product, length) => product * length, 1);
  return Math.max(1, Math.min(MOST_GHOSTS, size(output.value.shape) / size(sent.value.shape)));
}

/**
 * Thin lines from a view or a detached tensor to the tensor whose memory it shares.
 * @param {State} state
 * @param {Card[]} cards
 * @param {Map<number, Card>} byTensor
 * @param {Map<number, FunctionState>} drawn
 * @returns {Edge[]}
 */
function viewLines(state, cards, byTensor, drawn) {
  return cards.flatMap((item) => {
    const tensor = /** @type {TensorState} */ (state.tensors.get(item.tensor));
    const base = tensor.base === null || tensor.base === undefined ? undefined : byTensor.get(tensor.base);
    const producer = tensor.producer === null ? undefined : drawn.get(tensor.producer);
    if (!base || base === item || producer?.inputs.includes(base.tensor)) return [];
    const cut = producer === undefined && state.tensors.get(base.tensor)?.requires_grad === true && !tensor.requires_grad;
    return [{ id: `v${item.tensor}`, from: base.id, to: item.id, function: null, input: -1, tensor: base.tensor, kind: /** @type {const} */ ('view'), cut, ordered: false, ghosts: 1 }];
  });
}

/**
 * Gives each further use of a heavily shared leaf, in a large graph or one in rows of any shared one, a thin twin of its own, so that the layout stays quick and readable.
 * @param {Card[]} cards
 * @param {Edge[]} edges
 * @param {boolean} inRows
 */
export function addTwins(cards, edges, inRows) {
  const least = inRows ? TWINS_IN_ROWS : cards.length > TWINS_FROM_NODES ? TWINS_FROM_USES : LARGEST_FAN + 1;
  for (const leaf of cards.filter((item) => item.badge === null && !item.twin)) {
    const uses = edges.filter((edge) => edge.from === leaf.id && edge.kind === 'data');
    if (uses.length < least) continue;
    for (const [index, edge] of uses.entries()) {
      if (index === 0) continue;
      const twin = { ...leaf, id: `${leaf.id}~${index}`, twin: true };
      cards.push(twin);
      edge.from = twin.id;
    }
  }
}

/** Tells each card which operations use it, as they are written. @param {Card[]} cards @param {Badge[]} badges @param {Edge[]} edges */
function tellFeeds(cards, badges, edges) {
  const signs = new Map(badges.map((badge) => [badge.card ?? badge.id, badge.text]));
  const used = groupBy(edges.filter((edge) => edge.kind === 'data'), (edge) => edge.from);
  for (const card of cards) card.feeds = [...new Set((used.get(card.id) ?? []).flatMap((edge) => signs.get(edge.to) ?? []))];
}

/**
 * Tells equal keys apart by their order, so that a key names one item and the next run's item can be recognised by it.
 * @param {{key: string}[]} items
 */
function numberKeys(items) {
  /** @type {Map<string, number>} */
  const seen = new Map();
  for (const item of items) {
    const order = seen.get(item.key) ?? 0;
    seen.set(item.key, order + 1);
    item.key = `${item.key}|${order}`;
  }
}
