/**
 * Curves as lists of points: sampling, offsetting beside an edge, keeping clear of boxes, and SVG path text.
 * @typedef {[number, number]} Point
 * @typedef {{left: number, top: number, right: number, bottom: number}} Rect
 */

const SAMPLES = 36;
const LEAST_ACROSS = 8;
/** An edge goes straight on at first, so that the arrowhead of the gradient that comes back along it points at its card. */
const STRAIGHT = { most: 20, share: 0.32 };
const BACKWARDS_REACH = 60;
const CORNER = 12;
const LEAST_PIECE = 4;

/**
 * The calm curve between two points: it leaves and arrives horizontally.
 * @param {Point} from
 * @param {Point} to
 * @returns {Point[]}
 */
export function horizontalCurve(from, to) {
  if (Math.abs(from[1] - to[1]) < 0.5) return segment(from, to);
  const across = to[0] - from[0];
  const straight = across > LEAST_ACROSS ? Math.min(STRAIGHT.most, across * STRAIGHT.share) : 0;
  const reach = across > LEAST_ACROSS ? (across - straight) * 0.5 : BACKWARDS_REACH;
  const start = /** @type {Point} */ ([from[0] + straight, from[1]]);
  return [...(straight > 0 ? [from] : []), ...bezier([start, [start[0] + reach, start[1]], [to[0] - reach, to[1]], to], SAMPLES)];
}

/** A straight way. @param {Point} from @param {Point} to @returns {Point[]} */
export function segment(from, to) {
  return Array.from({ length: 9 }, (_, index) => /** @type {Point} */ ([from[0] + ((to[0] - from[0]) * index) / 8, from[1] + ((to[1] - from[1]) * index) / 8]));
}

/** @param {Point[]} controls @param {number} samples @returns {Point[]} */
function bezier([a, b, c, d], samples) {
  return Array.from({ length: samples + 1 }, (_, index) => {
    const t = index / samples;
    const u = 1 - t;
    const weight = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
    return /** @type {Point} */ ([0, 1].map((axis) => weight[0] * a[axis] + weight[1] * b[axis] + weight[2] * c[axis] + weight[3] * d[axis]));
  });
}

/**
 * A curve that starts and ends at our slots but follows Graphviz's route between, which keeps clear of cards.
 * @param {Point} from
 * @param {Point} to
 * @param {number[][]} route control points of a piecewise cubic
 * @returns {Point[]}
 */
export function routedCurve(from, to, route) {
  /** @type {Point[]} */
  const path = [];
  const pieces = Math.floor((route.length - 1) / 3);
  for (let piece = 0; piece < pieces; piece += 1) {
    const controls = /** @type {Point[]} */ (route.slice(piece * 3, piece * 3 + 4));
    path.push(...bezier(controls, 16).slice(piece === 0 ? 0 : 1));
  }
  if (path.length < 2) return horizontalCurve(from, to);
  const shiftStart = [from[0] - path[0][0], from[1] - path[0][1]];
  const last = path[path.length - 1];
  const shiftEnd = [to[0] - last[0], to[1] - last[1]];
  const lengths = distances(path);
  const total = lengths[lengths.length - 1];
  return smoothed(path.map((point, index) => {
    const start = fade(lengths[index] / (total * 0.5));
    const end = fade((total - lengths[index]) / (total * 0.5));
    return [point[0] + shiftStart[0] * start + shiftEnd[0] * end, point[1] + shiftStart[1] * start + shiftEnd[1] * end];
  }));
}

/**
 * A way along straight lines that turns at right angles, its corners rounded.
 * @param {Point} from @param {Point} to @param {number[]} runs the x and y that it runs along, in turn, from an x to an x
 * @returns {Point[]}
 */
export function turningCurve(from, to, runs) {
  const corners = runs.map((run, index) => /** @type {Point} */ (index % 2 === 0 ? [run, runs[index - 1] ?? from[1]] : [runs[index - 1], run]));
  const stops = [from, ...corners, /** @type {Point} */ ([runs[runs.length - 1], to[1]]), to];
  /** @type {Point[]} */
  const way = [];
  let begin = from;
  for (let index = 1; index < stops.length - 1; index += 1) {
    const corner = stops[index];
    const [before, after] = [stops[index - 1], stops[index + 1]].map((other) => toward(corner, other, CORNER));
    way.push(...segment(begin, before), ...bezier([before, toward(before, corner, CORNER / 2), toward(after, corner, CORNER / 2), after], CORNER).slice(1, -1));
    begin = after;
  }
  return [...way, ...segment(begin, to)];
}

/** A point so far from another on the way to a third, at most half of it. @param {Point} from @param {Point} to @param {number} distance @returns {Point} */
function toward(from, to, distance) {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const share = Math.min(distance / length, 0.5);
  return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
}

/** A curve that swings out below its way, or above it by a distance below 0, and keeps its ends. @param {Point[]} points @param {number} distance @returns {Point[]} */
export function bowed(points, distance) {
  return evenly(points, SAMPLES).map(([x, y], index) => [x, y + distance * Math.sin((Math.PI * index) / SAMPLES)]);
}

/** The same way in even steps. @param {Point[]} points @param {number} count @returns {Point[]} */
function evenly(points, count) {
  const lengths = distances(points);
  return Array.from({ length: count + 1 }, (_, index) => pointAt(points, index / count, lengths).point);
}

/** The same way in even steps, with its bends rounded. @param {Point[]} points @returns {Point[]} */
function smoothed(points) {
  const count = 60;
  let even = evenly(points, count);
  for (let pass = 0; pass < 10; pass += 1) {
    even = even.map((point, index) => {
      if (index === 0 || index === count) return point;
      const [before, after] = [even[index - 1], even[index + 1]];
      return [(before[0] + point[0] * 2 + after[0]) / 4, (before[1] + point[1] * 2 + after[1]) / 4];
    });
  }
  return even;
}

/** @param {number} t */
function fade(t) {
  const clamped = Math.min(1, Math.max(0, t));
  return 1 - clamped * clamped * (3 - 2 * clamped);
}

/** Length along the curve at each of its points. @param {Point[]} points @returns {number[]} */
export function distances(points) {
  const lengths = [0];
  for (let index = 1; index < points.length; index += 1) {
    lengths.push(lengths[index - 1] + Math.hypot(points[index][0] - points[index - 1][0], points[index][1] - points[index - 1][1]));
  }
  return lengths;
}

/**
 * The point at a share (0 to 1) of the curve's length, with its direction.
 * @param {Point[]} points
 * @param {number} share
 * @param {number[]} [lengths] the distances of the points, where they are known
 * @returns {{point: Point, angle: number}}
 */
export function pointAt(points, share, lengths = distances(points)) {
  const wanted = lengths[lengths.length - 1] * Math.min(1, Math.max(0, share));
  let index = 1;
  while (index < points.length - 1 && lengths[index] < wanted) index += 1;
  const [x0, y0] = points[index - 1];
  const [x1, y1] = points[index];
  const span = lengths[index] - lengths[index - 1];
  const t = span === 0 ? 0 : (wanted - lengths[index - 1]) / span;
  return { point: [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t], angle: Math.atan2(y1 - y0, x1 - x0) };
}

/** The part of a curve between two shares of its length. @param {Point[]} points @param {number} from @param {number} to @returns {Point[]} */
export function partOf(points, from, to) {
  const lengths = distances(points);
  const total = lengths[lengths.length - 1];
  const inside = points.filter((_, index) => lengths[index] > from * total && lengths[index] < to * total);
  return [pointAt(points, from, lengths).point, ...inside, pointAt(points, to, lengths).point];
}

/**
 * The pieces of a curve outside of what covers it, as its length is walked; one that is too short for a dash is left out.
 * @param {Point[]} points @param {(point: Point) => boolean} covers
 * @returns {Point[][]}
 */
export function clearOf(points, covers) {
  const lengths = distances(points);
  const total = lengths[lengths.length - 1];
  /** @type {[number, number][]} */
  const spans = [];
  let from = 0;
  for (let at = 0; at < total; at += 1) {
    if (!covers(pointAt(points, at / total, lengths).point)) continue;
    spans.push([from, at]);
    from = at + 1;
  }
  if (spans.length === 0) return [points];
  return [...spans, /** @type {const} */ ([from, total])].filter(([start, end]) => end - start >= LEAST_PIECE).map(([start, end]) => partOf(points, start / total, end / total));
}

/** A curve beside a curve: to its right by a distance. @param {Point[]} points @param {number} distance @returns {Point[]} */
export function beside(points, distance) {
  return points.map((point, index) => {
    const before = points[Math.max(0, index - 1)];
    const after = points[Math.min(points.length - 1, index + 1)];
    const length = Math.hypot(after[0] - before[0], after[1] - before[1]) || 1;
    return [point[0] - ((after[1] - before[1]) / length) * distance, point[1] + ((after[0] - before[0]) / length) * distance];
  });
}

/** A zigzag along a curve, for what is not a number. @param {Point[]} points @param {number} height @returns {Point[]} */
export function zigzag(points, height) {
  const lengths = distances(points);
  const count = Math.max(4, Math.round(lengths[lengths.length - 1] / 7));
  return Array.from({ length: count + 1 }, (_, index) => {
    const { point, angle } = pointAt(points, index / count, lengths);
    const side = index === 0 || index === count ? 0 : index % 2 === 0 ? height : -height;
    return [point[0] - Math.sin(angle) * side, point[1] + Math.cos(angle) * side];
  });
}

/** @param {Point[]} points @param {Rect} rect */
export function crosses(points, rect) {
  return points.some(([x, y]) => x > rect.left && x < rect.right && y > rect.top && y < rect.bottom);
}

/** SVG path text through the points. @param {Point[]} points @param {boolean} [angular] */
export function pathText(points, angular = false) {
  const at = (/** @type {Point} */ [x, y]) => `${round(x)} ${round(y)}`;
  if (isLine(points)) return `M${at(points[0])}L${at(points[points.length - 1])}`;
  if (angular || points.length < 4) return `M${points.map(at).join('L')}`;
  const middle = (/** @type {Point} */ a, /** @type {Point} */ b) => /** @type {Point} */ ([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
  let text = `M${at(points[0])}L${at(middle(points[0], points[1]))}`;
  for (let index = 1; index < points.length - 1; index += 1) text += `Q${at(points[index])} ${at(middle(points[index], points[index + 1]))}`;
  return `${text}L${at(points[points.length - 1])}`;
}

/** @param {Point[]} points */
function isLine(points) {
  const [x0, y0] = points[0];
  const [x1, y1] = points[points.length - 1];
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  return points.every(([x, y]) => Math.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length < 0.05);
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** What a curve covers. @param {Point[]} curve @returns {Rect} */
export function boundsOf(curve) {
  const rect = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [x, y] of curve) {
    if (x < rect.left) rect.left = x;
    if (x > rect.right) rect.right = x;
    if (y < rect.top) rect.top = y;
    if (y > rect.bottom) rect.bottom = y;
  }
  return rect;
}

/** Whether two rectangles share a point. @param {Rect} one @param {Rect} other */
export function meet(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** How far a point is from a curve. @param {Point[]} curve @param {Point} point */
export function distanceTo(curve, [x, y]) {
  let least = Infinity;
  for (let at = 1; at < curve.length; at += 1) {
    const [[ax, ay], [bx, by]] = [curve[at - 1], curve[at]];
    const [wide, high] = [bx - ax, by - ay];
    const share = Math.min(1, Math.max(0, ((x - ax) * wide + (y - ay) * high) / (wide * wide + high * high || 1)));
    least = Math.min(least, Math.hypot(ax + share * wide - x, ay + share * high - y));
  }
  return least;
}
