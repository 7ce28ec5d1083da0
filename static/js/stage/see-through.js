/**
 * A picture with nothing behind it: where lines pass behind words they have gaps, in the place of a ground over them, so that the words are read on any page.
 * No mask makes the gaps, for few programs know them.
 * @typedef {import('./curve.js').Point} Point
 * @typedef {{element: SVGElement, matrix: DOMMatrix, ways: Point[][], angular: boolean, cut: boolean}} Line  `matrix` leads to the picture's coordinates
 */
import { boundsOf, clearOf, meet, pathText } from './curve.js';
import { matrixOf } from './display.js';
import { svg } from './svg.js';

/** A path as `pathText` writes it, or a straight one. */
const WRITTEN = /^[MLQ\d\s.-]+$/;
const COMMAND = /([MLQ])([^MLQ]+)/g;
const CORNER = 8;
const BOX = ['x', 'y', 'width', 'height', 'rx', 'ry'];

/** Takes the grounds out of a finished picture, and of the lines under them what they hide. @param {SVGSVGElement} root */
export function seeThrough(root) {
  /** @type {Line[]} */
  const lines = [];
  for (const child of [...root.children]) visit(/** @type {SVGElement} */ (child), new DOMMatrix(), lines);
  for (const { element, ways, angular, cut } of lines) {
    if (!cut) continue;
    const path = element.tagName === 'path' ? element : outlined(element);
    path.setAttribute('d', ways.map((way) => pathText(way, angular)).join(''));
  }
}

/** In the order of painting, for a ground hides what was painted before it. @param {SVGElement} element @param {DOMMatrix} above @param {Line[]} lines */
function visit(element, above, lines) {
  const moved = matrixOf(element);
  const matrix = moved === null ? above : above.multiply(moved);
  const isGround = element.hasAttribute('data-ground');
  if (isGround) hide(element, matrix, lines);
  const ways = isLine(element) ? waysOf(element) : null;
  if (ways) lines.push({ element, matrix, ways, angular: !element.getAttribute('d')?.includes('Q'), cut: false });
  for (const child of [...element.children]) visit(/** @type {SVGElement} */ (child), matrix, lines);
  if (!isGround) return;
  if (!isLine(element)) return element.remove();
  element.removeAttribute('data-ground');
  element.setAttribute('fill', 'none');
}

/** @param {Element} element */
function isLine(element) {
  const [fill, stroke] = ['fill', 'stroke'].map((name) => element.getAttribute(name) ?? 'none');
  return stroke !== 'none' && (fill === 'none' || element.hasAttribute('data-ground'));
}

/** @param {SVGElement} ground @param {DOMMatrix} matrix @param {Line[]} lines */
function hide(ground, matrix, lines) {
  const { left, top, right, bottom } = boxOf(ground);
  const round = ground.tagName === 'circle';
  const corners = [[left, top], [right, top], [right, bottom], [left, bottom]];
  for (const line of lines) {
    const there = matrix.inverse().multiply(line.matrix);
    const back = there.inverse();
    const bounds = boundsOf(corners.map((corner) => mapped(back, corner)));
    const covers = (/** @type {Point} */ point) => {
      const [x, y] = mapped(there, point);
      return round ? Math.hypot(x, y) < right : x > left && x < right && y > top && y < bottom;
    };
    line.ways = line.ways.flatMap((way) => {
      const pieces = meet(boundsOf(way), bounds) ? clearOf(way, covers) : [way];
      line.cut ||= pieces[0] !== way;
      return pieces;
    });
  }
}

/** @param {DOMMatrix} matrix @param {number[]} point @returns {Point} */
function mapped({ a, b, c, d, e, f }, [x, y]) {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** @param {Element} element @param {string} name */
const number = (element, name) => Number(element.getAttribute(name) ?? 0);

/** What a rectangle, or a circle around its own middle, takes. @param {Element} element */
function boxOf(element) {
  const [x, y, width, height, r] = ['x', 'y', 'width', 'height', 'r'].map((name) => number(element, name));
  return { left: x - r, top: y - r, right: x + width + r, bottom: y + height + r };
}

/** The points that a line was written from; null for one that is written otherwise. @param {Element} element @returns {Point[][] | null} */
function waysOf(element) {
  if (element.tagName === 'rect') return [cornered(boxOf(element), number(element, 'rx'))];
  const text = element.getAttribute('d') ?? '';
  if (!WRITTEN.test(text)) return null;
  return text.split(/(?=M)/).map((part) => {
    const commands = [...part.matchAll(COMMAND)].map(([, letter, numbers]) => ({ letter, numbers: numbers.trim().split(/\s+/).map(Number) }));
    const curved = commands.some(({ letter }) => letter === 'Q');
    const kept = commands.filter(({ letter }, index) => !curved || letter !== 'L' || index === commands.length - 1);
    return kept.map(({ numbers: [x, y] }) => /** @type {Point} */ ([x, y]));
  });
}

/** The outline of a rectangle with round corners. @param {import('./curve.js').Rect} rect @param {number} radius @returns {Point[]} */
function cornered({ left, top, right, bottom }, radius) {
  const corners = [[right - radius, top + radius], [right - radius, bottom - radius], [left + radius, bottom - radius], [left + radius, top + radius]];
  const points = corners.flatMap(([x, y], quarter) => Array.from({ length: CORNER + 1 }, (_, step) => {
    const angle = ((quarter - 1) * Math.PI) / 2 + (step * Math.PI) / (2 * CORNER);
    return /** @type {Point} */ ([x + radius * Math.cos(angle), y + radius * Math.sin(angle)]);
  }));
  return [...points, points[0]];
}

/** A path that looks like a rectangle and stands in its place. @param {SVGElement} rect */
function outlined(rect) {
  const path = svg('path');
  for (const { name, value } of rect.attributes) if (!BOX.includes(name)) path.setAttribute(name, value);
  rect.replaceWith(path);
  return path;
}
