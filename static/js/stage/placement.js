/**
 * Where a note stands and how its words break: beside its subject, over nothing, in view.
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./notes.js').Part} Part
 * @typedef {{lines: Part[][], width: number, height: number}} Words  as they break, and the size of the box around them
 * @typedef {{cost: number, box: Frame}} Place
 */
import { segment } from './curve.js';

const AWAY = [32, 48, 70, 96, 126, 160];
const ASIDE = [0, -50, 50, -110, 110, -170, 170, -230, 230];
/** A leader that crosses something costs more than any way, and to cover something more than any crossings. */
const COST = { crossed: 10_000, covered: 1_000_000, point: 9, strayed: 400 };
/** A note this far from its subject is taken for another's that is four times nearer. */
const ASTRAY = { away: 60, share: 0.25 };
/** From one place that is tried to the next, where all within reach is looked through. */
const STRIDE = 16;
/** How far from its anchor a note may stand, up and down, left and right. */
export const REACH = 400;
const CLEARANCE = 7;
const PADDING = 11;
const LINE = { first: 28, more: 18, most: 3 };
/** How far from the corner of a box its leader begins. */
const CORNER = 8;
/** How far a leader may run over the card that it points into. */
const INTO = 30;
/** A result stands in bold, which is a little wider. */
const BOLD = 1.03;
/** A single line may be a little longer than the lines of a note that breaks. */
const UNBROKEN = 1.15;

/**
 * Words broken into lines no longer than a width; what does not fit ends in an ellipsis.
 * @param {Part[]} parts
 * @param {number} most
 * @param {import('./text.js').Measure} measure
 * @param {number} [longest] how many lines at most
 * @returns {Words}
 */
export function broken(parts, most, measure, longest = LINE.most) {
  const length = (/** @type {Part[]} */ line) => line.reduce((sum, part) => sum + measure(part.text, 'value') * (part.role === 'result' ? BOLD : 1), 0);
  const lines = length(parts) <= most * UNBROKEN ? [parts] : wrapped(parts, most, length);
  if (lines.length > longest) {
    lines.length = longest;
    lines[longest - 1].push({ text: ' …', role: 'sign' });
  }
  return { lines, width: Math.ceil(Math.max(...lines.map(length))) + PADDING * 2, height: LINE.first + (lines.length - 1) * LINE.more };
}

/** @param {Part[]} parts @param {number} most @param {(line: Part[]) => number} length */
function wrapped(parts, most, length) {
  const words = parts.flatMap(({ text, role }) => (text.match(/\s*\S+\s*/gu) ?? []).flatMap((word) => pieces(word, most, (piece) => length([{ text: piece, role }]))).map((word) => ({ text: word, role })));
  /** @type {Part[][]} */
  const lines = [[]];
  for (const word of words) {
    const line = lines[lines.length - 1];
    if (line.length > 0 && length([...line, { ...word, text: word.text.trimEnd() }]) > most) lines.push([{ ...word, text: word.text.trimStart() }]);
    else line.push(word);
  }
  return lines;
}

/** A word without blanks that is longer than a line. @param {string} word @param {number} most @param {(text: string) => number} length */
function pieces(word, most, length) {
  const letters = [...word];
  const share = Math.max(1, Math.floor((letters.length * most) / Math.max(most, length(word))));
  return Array.from({ length: Math.ceil(letters.length / share) }, (_, index) => letters.slice(index * share, (index + 1) * share).join(''));
}

/**
 * Where a note stands: in full near its subject where it covers nothing and its leader crosses nothing, else in brief, else wherever within reach there is room.
 * @param {Words[]} words in full, and in brief
 * @param {Point[]} anchors of which the best is taken
 * @param {Frame[]} obstacles
 * @param {Frame} bounds what it may not leave
 * @param {Point[]} points of lines that it would rather not lie on
 * @param {Frame[]} [others] whose it might be taken for
 * @returns {{words: Words, anchor: Point, box: Frame, covers: boolean, crosses: boolean, strays: boolean}} where there is no such place, the one that covers and crosses least
 */
export function placed(words, anchors, obstacles, bounds, points, others = []) {
  const near = (/** @type {Words} */ those) => anchors.map((anchor) => ({ words: those, anchor, ...freePlace(anchor, those, obstacles, bounds, points, others) }));
  const last = words[words.length - 1];
  const far = () => [{ words: last, anchor: anchors[0], ...farPlace(anchors[0], last, obstacles, bounds, points, others) }];
  let best = null;
  for (const find of [...words.map((those) => () => near(those)), far]) {
    best = [...(best ? [best] : []), ...find()].reduce((one, other) => (other.cost < one.cost ? other : one));
    if (best.cost < COST.crossed) break;
  }
  if (best === null) throw new RangeError('a note needs words');
  const { cost, ...place } = best;
  return { ...place, strays: strays(place.anchor, place.box, others), covers: cost >= COST.covered, crosses: cost >= COST.crossed };
}

/**
 * The nearest place for a box that covers nothing: above the anchor if it can be, else below, else aside; always within bounds.
 * @param {Point} anchor
 * @param {{width: number, height: number}} size
 * @param {Frame[]} obstacles
 * @param {Frame | null} [bounds] what it may not leave
 * @param {Point[]} [points] of lines that it would rather not lie on
 * @param {Frame[]} [others] whose it might be taken for
 * @returns {Place}
 */
export function freePlace([x, y], { width, height }, obstacles, bounds = null, points = [], others = []) {
  const corner = width / 2 - CORNER;
  const asides = [...ASIDE, -corner, corner];
  let best = { cost: Infinity, box: { x: x - width / 2, y: y - 60, width, height } };
  for (const away of AWAY) {
    for (const side of [-1, 1]) {
      for (const aside of asides) {
        const wanted = { x: Math.round(x + aside - width / 2), y: Math.round(y + side * (away + height / 2) - height / 2), width, height };
        const box = bounds ? { ...wanted, x: kept(wanted.x, width, bounds.x, bounds.width), y: kept(wanted.y, height, bounds.y, bounds.height) } : wanted;
        const moved = (Math.abs(box.y - wanted.y) + Math.abs(box.x - wanted.x)) * 0.6;
        best = cheaper(best, box, moved + away + Math.abs(aside) * 0.9 + (side > 0 ? 6 : 0), [x, y], obstacles, points, others);
      }
    }
  }
  return best;
}

/** The nearest place within bounds and reach, wherever it is. @param {Point} anchor @param {{width: number, height: number}} size @param {Frame[]} obstacles @param {Frame} bounds @param {Point[]} points @param {Frame[]} others @returns {Place} */
function farPlace([x, y], { width, height }, obstacles, bounds, points, others) {
  /** @type {Place} */
  let best = { cost: Infinity, box: { x: bounds.x, y: bounds.y, width, height } };
  const [right, bottom] = [Math.min(x + REACH, bounds.x + bounds.width) - width, Math.min(y + REACH, bounds.y + bounds.height) - height];
  for (let top = Math.max(y - REACH, bounds.y); top <= bottom; top += STRIDE) {
    for (let left = Math.max(x - REACH, bounds.x); left <= right; left += STRIDE) {
      const box = { x: Math.round(left), y: Math.round(top), width, height };
      const [startX, startY] = leaderStart(box, [x, y]);
      best = cheaper(best, box, Math.hypot(startX - x, startY - y), [x, y], obstacles, points, others);
    }
  }
  return best;
}

/** The cheaper of a place and a box that is `away` from where it would best be. @param {Place} best @param {Frame} box @param {number} away @param {Point} anchor @param {Frame[]} obstacles @param {Point[]} points @param {Frame[]} others @returns {Place} */
function cheaper(best, box, away, anchor, obstacles, points, others) {
  let cost = away;
  for (const frame of obstacles) {
    if (cost >= best.cost) return best;
    cost += overlap(box, frame) + (leaderCrosses(anchor, box, frame) ? COST.crossed : 0);
  }
  cost += points.filter((point) => holds(box, point)).length * COST.point;
  if (cost < best.cost && strays(anchor, box, others)) cost += COST.strayed;
  return cost < best.cost ? { cost, box } : best;
}

/** Whether a note is taken for that of another card, which it is much nearer to or has behind its leader. @param {Point} anchor @param {Frame} box @param {Frame[]} others */
function strays(anchor, box, others) {
  const start = leaderStart(box, anchor);
  const away = Math.hypot(start[0] - anchor[0], start[1] - anchor[1]);
  return away > ASTRAY.away && others.some((frame) => gap(box, frame) < away * ASTRAY.share || leaderCrosses(anchor, box, frame));
}

/** How far two frames are from each other. @param {Frame} a @param {Frame} b */
function gap(a, b) {
  return Math.hypot(Math.max(0, a.x - b.x - b.width, b.x - a.x - a.width), Math.max(0, a.y - b.y - b.height, b.y - a.y - a.height));
}

/** @param {Frame} frame @param {Point} point */
export function holds(frame, [x, y]) {
  return x >= frame.x && x <= frame.x + frame.width && y >= frame.y && y <= frame.y + frame.height;
}

/** The point of a frame that is nearest. @param {Frame} frame @param {Point} point @returns {Point} */
export function within(frame, [x, y]) {
  return [kept(x, 0, frame.x, frame.width), kept(y, 0, frame.y, frame.height)];
}

/** A place moved as far as it must be to lie within bounds. @param {number} at @param {number} size @param {number} from @param {number} room */
function kept(at, size, from, room) {
  return Math.max(from, Math.min(at, from + room - size));
}

/** Where the leader of a box begins: at its nearest side. @param {Frame} box @param {Point} anchor @returns {Point} */
export function leaderStart(box, [x, y]) {
  const side = y > box.y + box.height ? box.y + box.height : y < box.y ? box.y : box.y + box.height / 2;
  return [Math.min(box.x + box.width - CORNER, Math.max(box.x + CORNER, x)), side];
}

/** The ways from a note to all that it points at. @param {{box: Frame, anchor: Point, also: Point[]}} note @returns {Point[][]} */
export function leadersOf({ box, anchor, also }) {
  return [anchor, ...also].map((end) => segment(leaderStart(box, end), end));
}

/** Whether the line from an anchor to its box runs over a frame: anywhere, or far through the one that holds the anchor. @param {Point} anchor @param {Frame} box @param {Frame} frame */
export function leaderCrosses(anchor, box, frame) {
  const start = leaderStart(box, anchor);
  /** The shares of the line that lie between the sides of the frame. */
  let [enters, leaves] = [0, 1];
  for (const [axis, low, high] of /** @type {const} */ ([[0, frame.x, frame.x + frame.width], [1, frame.y, frame.y + frame.height]])) {
    const way = start[axis] - anchor[axis];
    if (way === 0 && (anchor[axis] <= low || anchor[axis] >= high)) return false;
    if (way === 0) continue;
    const sides = [(low - anchor[axis]) / way, (high - anchor[axis]) / way];
    [enters, leaves] = [Math.max(enters, Math.min(...sides)), Math.min(leaves, Math.max(...sides))];
  }
  const length = Math.hypot(start[0] - anchor[0], start[1] - anchor[1]);
  return enters < leaves && (!holds(frame, anchor) || (leaves - enters) * length > INTO);
}

/** @param {Frame} a @param {Frame} b */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width + CLEARANCE) - Math.max(a.x, b.x - CLEARANCE);
  const height = Math.min(a.y + a.height, b.y + b.height + CLEARANCE) - Math.max(a.y, b.y - CLEARANCE);
  return width > 0 && height > 0 ? COST.covered + width * height * 0.5 : 0;
}
