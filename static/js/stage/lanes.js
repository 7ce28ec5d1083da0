/**
 * An edge, with the mark of one that is not there; and beside it the way back of a gradient: a dashed line with an arrowhead, and its number.
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('./geometry.js').Frame} Frame
 */
import { clearOf, crosses, distances, partOf, pathText, pointAt, zigzag } from './curve.js';
import { shape } from './shape.js';

const LABEL_HEIGHT = 16;
/** Arrowheads end where the ring around a card does. */
const CLEAR = 5;
const LEFT_OF_LANE = 24;
/** What an arrowhead takes of its lane. */
const HEAD = 20;
/** An arrowhead has the direction of its tip: where a lane turns right behind it, it still points at its card. */
const AIMED = 0.7;
const LABEL_SHARES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
const ARROW = { least: 5, share: 0.9 };
const BLADES = ['M-1.6-1.4 5 4M-3.4-4.6a2 2 0 1 0 .01 0z', 'M-1.6 1.4 5-4M-3.4.6a2 2 0 1 0 .01 0z'];
/** Scissors come up wide open and large, close, and stay. */
const [WIDE, GRIP, FADE, BITE] = [26, 1.7, 0.25, 0.6];

/**
 * A place on a lane where its number covers no card, no badge, no arrowhead, no other number and no other lane; null where there is none, or where hardly any lane would be left.
 * @param {Point[]} lane
 * @param {number} width
 * @param {Frame[]} taken
 * @param {Point[][]} ways
 * @returns {Frame | null}
 */
export function labelPlace(lane, width, taken, ways) {
  const length = distances(lane)[lane.length - 1];
  if (length < width + LEFT_OF_LANE) return null;
  const head = partOf(lane, 0, HEAD / length);
  for (const share of LABEL_SHARES) {
    const [x, y] = pointAt(lane, share).point;
    const box = { x: x - width / 2, y: y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT };
    const free = taken.every((other) => box.x > other.x + other.width + 2 || other.x > box.x + width + 2 || box.y > other.y + other.height + 1 || other.y > box.y + LABEL_HEIGHT + 1);
    const rect = { left: box.x - 3, top: box.y - 2, right: box.x + width + 3, bottom: box.y + LABEL_HEIGHT + 2 };
    if (free && ![head, ...ways].some((way) => crosses(way, rect))) return box;
  }
  return null;
}

/** @param {import('./picture.js').Lane} lane @param {Frame} box */
export function laneLabel({ text, along }, { x, y, width, height }) {
  return shape('g', { class: 'lane-label', 'data-along': along ? 'yes' : null, transform: `translate(${x + width / 2} ${y + height / 2})` }, [
    shape('rect', { 'data-ground': 'yes', x: -width / 2, y: -height / 2, width, height, rx: 4 }),
    shape('text', { 'text-anchor': 'middle', y: 4.2 }, [text]),
  ]);
}

/**
 * @param {Point[]} way
 * @param {import('./picture.js').Lane} lane
 * @param {number} share how much of it the gradient has travelled, from the loss's side
 * @param {Frame | null} [label] where its number stands
 * @returns {import('./shape.js').Shape[]}
 */
export function laneContent(way, lane, share, label = null) {
  const path = lane.along ? [...way].reverse() : way;
  const size = Math.max(ARROW.least, lane.width * ARROW.share + 3);
  const travelled = share >= 1 ? path : partOf(path, 1 - share, 1);
  if (lane.style === 'broken') return [shape('path', { class: 'lane-line', d: pathText(zigzag(travelled, 3), true), 'stroke-width': lane.width })];
  const length = distances(path)[path.length - 1];
  const clear = Math.min(CLEAR, length / 8);
  const tip = pointAt(path, clear / length);
  const [x, y] = tip.point;
  const line = share >= 1 ? partOf(path, Math.min(0.6, (clear + size) / length), 1) : travelled;
  const dashed = lane.style !== 'zero' && !lane.along;
  const nodes = (dashed && share >= 1 ? around(line, label) : [line]).map((piece) => shape('path', { class: 'lane-line', d: pathText(piece), 'stroke-width': lane.width, 'stroke-dasharray': dashed ? dashesOf(piece, lane.width) : null }));
  if (share >= 1) {
    const [bx, by] = pointAt(path, Math.min(1, (clear + size * AIMED) / length)).point;
    const degrees = (Math.atan2(by - y, bx - x) * 180) / Math.PI;
    nodes.push(shape('path', { class: 'lane-arrow', d: `M0 0L${size * 1.5} ${-size * 0.72}L${size * 1.5} ${size * 0.72}Z`, transform: `translate(${x} ${y}) rotate(${degrees})` }));
  }
  return nodes;
}

/** The pieces of a line before and behind its number. @param {Point[]} line @param {Frame | null} label */
function around(line, label) {
  return label === null ? [line] : clearOf(line, ([x, y]) => x > label.x && x < label.x + label.width && y > label.y && y < label.y + label.height);
}

/** Dashes and gaps of about one size, of which a line begins and ends with a whole dash. @param {Point[]} line @param {number} width */
function dashesOf(line, width) {
  const [dash, gap] = [6 + width * 1.5, 2.5 + width * 0.45];
  const length = distances(line)[line.length - 1];
  const scale = (length + gap) / ((dash + gap) * Math.max(1, Math.round((length + gap) / (dash + gap))));
  return [dash, gap].map((part) => Math.round(part * scale * 100) / 100).join(' ');
}

/**
 * An edge; in a graph that is drawn against the way of the values, with an arrowhead.
 * @param {import('./graph.js').Edge} edge @param {Point[]} curve @param {boolean} backward
 * @param {{at: number, share: number} | null} [cut] where it is cut, and how far that has come: the blades close, then the line gives way
 */
export function edgeContent(edge, curve, backward, cut = null) {
  const path = shape('path', { class: 'edge', 'data-edge': edge.id, 'data-kind': edge.kind, 'data-cut': cut && cut.share >= BITE ? 'yes' : null, 'data-climbs': edge.climbs ? 'yes' : null, d: pathText(curve) });
  const arrow = backward ? [shape('path', { class: 'edge-arrow', d: 'M-1 0l9-4.4v8.8z', transform: `translate(${curve[0][0]} ${curve[0][1]})` })] : [];
  return [path, ...arrow, ...(cut && cut.share > 0 ? [scissors(curve, cut)] : [])];
}

/** @param {Point[]} curve @param {{at: number, share: number}} cut */
function scissors(curve, { at, share }) {
  const { point: [x, y], angle } = pointAt(curve, at);
  const open = WIDE * Math.max(0, 1 - share / BITE);
  const size = 1 + (GRIP - 1) * (1 - share);
  const blades = [open, -open].map((turn, index) => shape('path', { d: BLADES[index], transform: turn === 0 ? null : `rotate(${turn})` }));
  return shape('g', { class: 'scissors', opacity: share < FADE ? share / FADE : null, transform: `translate(${x} ${y}) rotate(${(angle * 180) / Math.PI - 90})${size === 1 ? '' : ` scale(${size})`}` }, [shape('circle', { 'data-ground': 'yes', r: 10 }), ...blades]);
}
