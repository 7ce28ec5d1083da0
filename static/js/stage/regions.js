/**
 * Blocks in which nothing is recorded, as regions: what was made within one stands in a frame with its name, on whose border the edges from outside are cut.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {{label: string, items: Set<string>, frames: Frame[], words: Frame[]}} Region  more than one frame where something else stands between its cards; `words`: where each is named
 */
import { distances } from './curve.js';
import { shape } from './shape.js';

const BLOCKS = ['no_grad', 'inference_mode'];
/** Kept around cards, as much as there is room for. */
const PADS = [14, 9, 5];
const LETTER = 8;
const WORDS = { x: 12, height: 18, room: 8 };
const HATCH = 9;
/** Of a block with more items each has a frame of its own, and the first is named. */
const MOST_JOINED = 60;

/**
 * The regions of a graph, the first made first.
 * @param {Graph} graph @param {import('../state/types.js').State} state the state at the scene's end @param {Geometry} geometry
 * @returns {Region[]}
 */
export function regionsOf(graph, state, geometry) {
  /** @type {Map<import('../state/types.js').Scope, Set<string>>} */
  const blocks = new Map();
  /** @param {import('../state/types.js').Scope[]} scopes @param {...(string | null)} ids */
  const add = (scopes, ...ids) => {
    const block = scopes.findLast(({ scope }) => scope === 'mode');
    if (!block || !BLOCKS.includes(block.label)) return;
    blocks.set(block, new Set([...(blocks.get(block) ?? []), ...ids.filter((id) => id !== null)]));
  };
  for (const { id, tensor, badge, twin } of graph.cards) {
    const made = state.tensors.get(tensor);
    if (made && !twin && made.producer !== null && !made.requires_grad) add(made.scopes, id, badge);
  }
  for (const { id, card, function: fn } of graph.badges) {
    const applied = state.functions.get(fn);
    if (applied && card === null && applied.name === null) add(applied.scopes, id);
  }
  /** @type {Map<string, Frame[]>} by label: no two signs of the same word lie on one another */
  const signs = new Map();
  return [...blocks].map(([{ label }, items]) => {
    const frames = joined([...items].flatMap((id) => placeOf(id, geometry) ?? []), [...geometry.cards, ...geometry.badges].flatMap(([id, frame]) => (items.has(id) ? [] : [frame])));
    const named = items.size > MOST_JOINED ? frames.slice(0, 1) : frames;
    const written = signs.get(label) ?? [];
    signs.set(label, written);
    const words = named.map(({ x, y }) => signAt(label, x, y)).filter((sign) => !written.some((other) => meets(sign, other)) && written.push(sign) > 0);
    return { label, items, frames, words };
  });
}

/** Where a frame is named: on its border, at its left corner. @param {string} label @param {number} x @param {number} y @returns {Frame} */
function signAt(label, x, y) {
  return { x: x + WORDS.x, y: y - WORDS.height / 2, width: label.length * LETTER + WORDS.room, height: WORDS.height };
}

/** @param {string} id @param {Geometry} geometry */
function placeOf(id, { cards, badges }) {
  return cards.get(id) ?? badges.get(id);
}

/** As few frames as hold all that is inside and nothing of what is outside, the one furthest to the left first. @param {Frame[]} inside @param {Frame[]} outside */
function joined(inside, outside) {
  const free = (/** @type {Frame} */ frame) => !outside.some((other) => meets(frame, other));
  const open = inside.map((frame) => padded(frame, PADS.find((pad) => free(padded(frame, pad))) ?? PADS[PADS.length - 1]));
  /** @type {Frame[]} */
  const frames = [];
  for (let next = open.pop(); next; next = open.pop()) {
    const frame = next;
    const near = inside.length > MOST_JOINED ? -1 : open.findIndex((other) => free(around(frame, other)));
    if (near < 0) frames.push(frame);
    else open.push(around(frame, open.splice(near, 1)[0]), ...frames.splice(0));
  }
  return frames.sort((one, other) => one.x - other.x || one.y - other.y);
}

/** @param {Frame} one @param {Frame} other */
const meets = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

/** @param {Frame} frame @param {number} by @returns {Frame} */
const padded = ({ x, y, width, height }, by) => ({ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by });

/** @param {Frame} one @param {Frame} other @returns {Frame} */
function around(one, other) {
  const [x, y] = [Math.min(one.x, other.x), Math.min(one.y, other.y)];
  return { x, y, width: Math.max(one.x + one.width, other.x + other.width) - x, height: Math.max(one.y + one.height, other.y + other.height) - y };
}

/**
 * Where an edge is cut: on the border of the region that it leads into, else halfway; as a share of its length.
 * @param {import('./graph.js').Edge} edge @param {Geometry} geometry
 */
export function cutAt({ id, to }, { curves, regions }) {
  const frames = regions.flatMap((region) => (region.items.has(to) ? region.frames : []));
  const curve = curves.get(id) ?? [];
  const lengths = distances(curve);
  const border = curve.findIndex(([x, y]) => frames.some((frame) => x > frame.x && x < frame.x + frame.width && y > frame.y && y < frame.y + frame.height));
  return border > 0 ? lengths[border] / lengths[lengths.length - 1] : 0.5;
}

/** @param {Region} region @param {number} share how far it has appeared */
export function regionShape({ frames }, share) {
  return shape('g', { class: 'region', opacity: share < 1 ? share : null }, frames.flatMap(({ x, y, width, height }) => [
    shape('rect', { class: 'region-ground', 'data-ground': 'yes', x, y, width, height, rx: 14 }),
    shape('path', { class: 'region-hatch', transform: `translate(${x} ${y})`, d: hatching(width, height) }),
  ]));
}

/** Whose a region is, on the border of its frames. @param {Region} region @param {number} share */
export function regionSign({ label, words }, share) {
  return shape('g', { class: 'region-sign', opacity: share < 1 ? share : null }, words.map(({ x, y, width, height }) => shape('g', { transform: `translate(${x} ${y})` }, [
    shape('rect', { 'data-ground': 'yes', width, height, rx: height / 2 }),
    shape('text', { x: width / 2, y: height / 2 + 4.4, 'text-anchor': 'middle' }, [label]),
  ])));
}

/** Slanting lines inside a frame. @param {number} width @param {number} height */
function hatching(width, height) {
  const inset = 5;
  const [right, bottom] = [width - inset, height - inset];
  const lines = [];
  for (let sum = inset * 2 + HATCH; sum < right + bottom; sum += HATCH) {
    const [from, to] = [Math.min(right, sum - inset), Math.max(inset, sum - bottom)];
    lines.push(`M${from} ${sum - from}L${to} ${sum - to}`);
  }
  return lines.join('');
}
