/**
 * Where a note stands and how its words break: beside its subject, over nothing, in view.
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./notes.js').Part} Part
 */

const AWAY = [32, 48, 70, 96, 126, 160];
const ASIDE = [0, -50, 50, -110, 110, -170, 170, -230, 230];
const COST = { crossed: 150, covered: 60, point: 9 };
const CLEARANCE = 7;
const PADDING = 11;
const LINE = { first: 28, more: 18, most: 3 };
/** How far from the corner of a box its leader begins. */
const CORNER = 8;
/** A result stands in bold, which is a little wider. */
const BOLD = 1.03;
/** A single line may be a little longer than the lines of a note that breaks. */
const UNBROKEN = 1.15;

/**
 * Words broken into at most three lines no longer than a width; what does not fit ends in an ellipsis.
 * @param {Part[]} parts
 * @param {number} most
 * @param {import('./text.js').Measure} measure
 * @returns {{lines: Part[][], width: number, height: number}} the size of the box around them
 */
export function broken(parts, most, measure) {
  const length = (/** @type {Part[]} */ line) => line.reduce((sum, part) => sum + measure(part.text, 'value') * (part.role === 'result' ? BOLD : 1), 0);
  const lines = length(parts) <= most * UNBROKEN ? [parts] : wrapped(parts, most, length);
  if (lines.length > LINE.most) {
    lines.length = LINE.most;
    lines[LINE.most - 1].push({ text: ' …', role: 'sign' });
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
 * The nearest place for a box that covers nothing: above the anchor if it can be, else below, else aside; always within bounds.
 * @param {Point} anchor
 * @param {{width: number, height: number}} size
 * @param {Frame[]} obstacles
 * @param {Frame | null} [bounds] what it may not leave
 * @param {Point[]} [points] of lines that it would rather not lie on
 * @returns {{cost: number, box: Frame}}
 */
export function freePlace([x, y], { width, height }, obstacles, bounds = null, points = []) {
  const corner = width / 2 - CORNER;
  const asides = [...ASIDE, -corner, corner];
  let best = { cost: Infinity, box: { x: x - width / 2, y: y - 60, width, height } };
  for (const away of AWAY) {
    for (const side of [-1, 1]) {
      for (const aside of asides) {
        const wanted = { x: Math.round(x + aside - width / 2), y: Math.round(y + side * (away + height / 2) - height / 2), width, height };
        const box = bounds ? { ...wanted, x: kept(wanted.x, width, bounds.x, bounds.width), y: kept(wanted.y, height, bounds.y, bounds.height) } : wanted;
        const crossed = obstacles.filter((frame) => leaderCrosses([x, y], box, frame)).length;
        const cost = (Math.abs(box.y - wanted.y) + Math.abs(box.x - wanted.x)) * 0.6 + away + Math.abs(aside) * 0.9 + (side > 0 ? 6 : 0) + crossed * COST.crossed + obstacles.reduce((sum, frame) => sum + overlap(box, frame), 0) + points.filter((point) => holds(box, point)).length * COST.point;
        if (cost < best.cost) best = { cost, box };
      }
    }
  }
  return best;
}

/** @param {Frame} frame @param {Point} point */
export function holds(frame, [x, y]) {
  return x >= frame.x && x <= frame.x + frame.width && y >= frame.y && y <= frame.y + frame.height;
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

/** Whether the line from an anchor to its box runs over a frame that does not hold the anchor. @param {Point} anchor @param {Frame} box @param {Frame} frame */
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
  return enters < leaves && !holds(frame, anchor);
}

/** @param {Frame} a @param {Frame} b */
function overlap(a, b) {
  const width = Math.min(a.x + a.width, b.x + b.width + CLEARANCE) - Math.max(a.x, b.x - CLEARANCE);
  const height = Math.min(a.y + a.height, b.y + b.height + CLEARANCE) - Math.max(a.y, b.y - CLEARANCE);
  return width > 0 && height > 0 ? COST.covered + width * height * 0.5 : 0;
}
