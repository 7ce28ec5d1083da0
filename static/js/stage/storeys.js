/**
 * The graph that a backward call leaves behind under create_graph stands one storey above what it was made from; of further calls each has a storey of its own,
 * above the earlier ones that would be under it, else at their height.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./layout.js').Box} Box
 * @typedef {import('./layout.js').Link} Link
 * @typedef {import('./layout.js').Places} Places
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {{call: number, items: Set<string>}} Storey  the backward call and the cards and badges that it made
 * @typedef {{call: number, items: Set<string>, frame: Frame, words: Frame}} Floor  `words`: where it is said whose it is
 * @typedef {{top: number, bottom: number, left: number, right: number}} Reach  `left`, `right`: of the ground under it
 */
import { grownIn } from '../state/lineage.js';
import { LEAST_FLOOR, wordsOn } from './floors.js';
import { groupBy } from './groups.js';

/** What the ground under a storey's cards reaches beyond them. */
export const GROUND = { side: 12, above: 34, below: 14 };
/** What hangs above a leaf, and room for edges to turn. */
const LANDING = 30;
const BETWEEN = 10;

/**
 * The storeys above the ground, the first made first. Cards are told theirs, and edges that lead from one storey to another that they do.
 * @param {Graph} graph @param {import('../state/types.js').State} state the state at the scene's end
 * @returns {Storey[]}
 */
export function storeysOf(graph, state) {
  /** @type {Map<string, number>} */
  const calls = new Map();
  for (const badge of graph.badges) {
    const call = grownIn(state, badge.function);
    if (call === null) continue;
    calls.set(badge.id, call);
    if (badge.card !== null) calls.set(badge.card, call);
  }
  if (calls.size === 0) return [];
  for (const card of graph.cards) {
    if (card.badge !== null && !card.twin) continue;
    if (card.named && !card.twin) continue;
    const used = graph.edges.filter((edge) => edge.from === card.id).map((edge) => calls.get(edge.to));
    const upstairs = used.flatMap((call) => call ?? []);
    if (used.length > 0 && upstairs.length === used.length) calls.set(card.id, Math.min(...upstairs));
  }
  for (const card of graph.cards) card.storey = calls.get(card.id) ?? null;
  for (const edge of graph.edges) edge.climbs = calls.get(edge.from) !== calls.get(edge.to);
  return [...new Set(calls.values())].sort((one, other) => one - other).map((call) => ({ call, items: new Set([...calls].filter(([, made]) => made === call).map(([id]) => id)) }));
}

/** Boxes with the storey that they are kept together in. @param {Box[]} boxes @param {Storey[]} storeys @returns {Box[]} */
export function grouped(boxes, storeys) {
  return storeys.length === 0 ? boxes : boxes.map((box) => ({ ...box, storey: storeyOf(box.id, storeys) }));
}

/** 0 is the ground. @param {string} id @param {Storey[]} storeys */
function storeyOf(id, storeys) {
  return storeys.findIndex(({ items }) => items.has(id)) + 1;
}

/**
 * The same places with each storey above the one below it. What is within a storey keeps its order.
 * @param {Places} places @param {Box[]} boxes @param {Link[]} links @param {Storey[]} storeys
 * @returns {Places}
 */
export function stacked(places, boxes, links, storeys) {
  if (storeys.length === 0) return places;
  const sizes = new Map(boxes.map((box) => [box.id, box]));
  const upright = turned(places, storeys);
  const reaches = [0, ...storeys.map((_, index) => index + 1)].map((storey) => reachOf(upright.boxes.filter(([id]) => storeyOf(id, storeys) === storey), sizes));
  const lifts = liftsOf(reaches);
  const top = Math.min(...reaches.map((reach, storey) => reach.top + lifts[storey])) - GROUND.above;
  const bottom = Math.max(...reaches.map((reach, storey) => reach.bottom + lifts[storey]));
  const ends = new Map(links.map(({ id, from, to }) => [id, [storeyOf(from, storeys), storeyOf(to, storeys)]]));
  const apart = reaches.every((reach, storey) => storey === 0 || reach.bottom <= reaches[storey - 1].top);
  return {
    width: places.width, height: bottom - top,
    boxes: upright.boxes.map(([id, x, y, width]) => [id, x, y + lifts[storeyOf(id, storeys)] - top, width]),
    links: upright.links.flatMap(([id, points]) => {
      const [from, to] = ends.get(id) ?? [0, 0];
      if (from !== to && !apart) return [];
      return [[id, points.map(([x, y]) => [x, y + (from === to ? lifts[from] : liftAt(y, reaches, lifts)) - top])]];
    }),
  };
}

/** Upside down, where the storeys would otherwise have to change places with the ground. @param {Places} places @param {Storey[]} storeys @returns {Places} */
function turned(places, storeys) {
  const middle = (/** @type {boolean} */ above) => {
    const rows = places.boxes.filter(([id]) => (storeyOf(id, storeys) > 0) === above).map(([, , y]) => y);
    return rows.reduce((sum, y) => sum + y, 0) / Math.max(1, rows.length);
  };
  if (middle(true) <= middle(false)) return places;
  const { height } = places;
  return { ...places, boxes: places.boxes.map(([id, x, y, width]) => [id, x, height - y, width]), links: places.links.map(([id, points]) => [id, points.map(([x, y]) => [x, height - y])]) };
}

/** @param {Places['boxes']} boxes @param {Map<string, Box>} sizes @returns {Reach} */
function reachOf(boxes, sizes) {
  const frames = boxes.map(([id, x, y, width = sizes.get(id)?.width ?? 0]) => ({ x: x - width / 2, y: y - (sizes.get(id)?.height ?? 0) / 2, width, height: sizes.get(id)?.height ?? 0 }));
  const { x, width } = groundUnder(frames);
  return { top: Math.min(...frames.map((frame) => frame.y)), bottom: Math.max(...frames.map((frame) => frame.y + frame.height)), left: x, right: x + width };
}

/** From where to where the ground goes under some things. @param {Frame[]} frames */
function groundUnder(frames) {
  const x = Math.min(...frames.map((frame) => frame.x)) - GROUND.side;
  return { x, width: Math.max(LEAST_FLOOR, Math.max(...frames.map((frame) => frame.x + frame.width)) + GROUND.side - x) };
}

/** How far each storey moves, the ground not at all. @param {Reach[]} reaches */
function liftsOf(reaches) {
  const lifts = [0];
  const [ground, ...storeys] = reaches;
  for (const [index, { left, right, bottom }] of storeys.entries()) {
    const under = storeys.slice(0, index).flatMap((one, at) => (one.left < right && left < one.right ? one.top + lifts[at + 1] - GROUND.above - BETWEEN : []));
    lifts.push(Math.min(ground.top - LANDING, ...under) - GROUND.below - bottom);
  }
  return lifts;
}

/** How far a point moves that an edge passes between storeys. @param {number} y @param {Reach[]} reaches @param {number[]} lifts */
function liftAt(y, reaches, lifts) {
  const above = reaches.findIndex((reach) => reach.top <= y);
  if (above < 0) return lifts[lifts.length - 1];
  const reach = reaches[above];
  if (above === 0 || y <= reach.bottom) return lifts[above];
  const share = (y - reach.bottom) / Math.max(1, reaches[above - 1].top - reach.bottom);
  return lifts[above] + (lifts[above - 1] - lifts[above]) * share;
}

/**
 * The ground under each storey, in each row by itself.
 * @param {Graph} graph @param {Storey[]} storeys @param {Geometry} geometry @param {Places['rows']} [rows]
 * @returns {Floor[]}
 */
export function floorsOf(graph, storeys, { cards, badges, curves }, rows = new Map()) {
  const cardOf = new Map(graph.badges.map(({ id, card }) => [id, card]));
  const rowOf = (/** @type {string} */ id) => String(rows.get(cardOf.get(id) ?? id) ?? 0);
  const parts = storeys.flatMap(({ call, items }) => [...groupBy([...items], rowOf).values()].map((ids) => ({ call, items: new Set(ids) })));
  return parts.map(({ call, items }) => {
    const frames = [...items].flatMap((id) => cards.get(id) ?? badges.get(id) ?? []);
    const top = Math.min(...frames.map((frame) => frame.y)) - GROUND.above;
    const bottom = Math.max(...frames.map((frame) => frame.y + frame.height)) + GROUND.below;
    const frame = { ...groundUnder(frames), y: top, height: bottom - top };
    return { call, items, frame, words: wordsOn(frame, curves.values()) };
  });
}
