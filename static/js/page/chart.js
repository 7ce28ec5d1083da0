import { number } from '../state/format.js';
import { html, svg } from './dom.js';

/**
 * A small line or bar chart, linked to the timeline: a point leads to its event.
 * @typedef {import('../state/series.js').Series} Series
 * @typedef {{series: Series[], title: string, words: (series: Series) => string, logarithmic?: boolean, onSeek: (seq: number) => void}} Chart
 * @typedef {{element: HTMLElement, move: (cursor: number) => void}} Drawn
 */

/** As wide as the panel, so that letters keep their size. */
const SIZE = { width: 248, height: 124, left: 64, right: 8, top: 10, bottom: 20 };
const MOST_DOTS = 60;
const BAR = { height: 28, letter: 7.2, gap: 8, right: 62 };
const MOST_LETTERS = 13;

/** Where a value stands between two others, 0 to 1. @param {number} value @param {number} least @param {number} most */
const share = (value, least, most) => (most === least ? 0.5 : (value - least) / (most - least));

/** The range of finite values; of logarithms where they are asked for. @param {Series[]} series @param {(y: number) => number} scaled @returns {[number, number]} */
export function rangeOf(series, scaled) {
  const all = series.flatMap((one) => one.points.map((point) => scaled(point.y))).filter(Number.isFinite);
  return all.length === 0 ? [0, 1] : [all.reduce((a, b) => Math.min(a, b)), all.reduce((a, b) => Math.max(a, b))];
}

/**
 * A chart is a slider: arrows, Home and End step along it, a pointer goes to a place on it.
 * @param {SVGSVGElement} picture @param {number} width of its drawing
 * @param {{step: (by: number) => void, point: (at: number) => void}} can `by` may be infinite
 */
export function slides(picture, width, { step, point }) {
  picture.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    step(by);
  });
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const box = picture.getBoundingClientRect();
    point(((event.clientX - box.left) / box.width) * width);
  };
  picture.addEventListener('pointerdown', (event) => {
    picture.setPointerCapture(event.pointerId);
    follow(event);
  });
  picture.addEventListener('pointermove', (event) => {
    if (picture.hasPointerCapture(event.pointerId)) follow(event);
  });
}

/** @param {Chart} chart @returns {Drawn} */
export function lineChart({ series, title, words, logarithmic = false, onSeek }) {
  const { width, height, left, right, top, bottom } = SIZE;
  const scaled = (/** @type {number} */ y) => (logarithmic ? Math.log10(y) : y);
  const [least, most] = rangeOf(series, scaled);
  const longest = Math.max(...series.map((one) => one.points.length));
  const x = (/** @type {number} */ index) => left + share(index, 0, Math.max(longest - 1, 1)) * (width - left - right);
  const y = (/** @type {number} */ value) => height - bottom - share(scaled(value), least, most) * (height - top - bottom);
  const cursor = svg('line', { class: 'chart-cursor', y1: top, y2: height - bottom });
  const [shownLeast, shownMost] = rangeOf(series.map((one) => ({ ...one, points: one.points.filter((point) => Number.isFinite(scaled(point.y))) })), (value) => value);
  /** @type {{seq: number, element: SVGElement}[]} */
  const dots = [];
  const lines = series.flatMap((one, order) => {
    const finite = one.points.map((point, index) => ({ ...point, x: x(index) })).filter((point) => Number.isFinite(scaled(point.y)));
    const path = svg('path', { class: 'chart-line', 'data-order': order % 4, d: finite.map((point, index) => `${index === 0 ? 'M' : 'L'}${point.x.toFixed(1)} ${y(point.y).toFixed(1)}`).join('') });
    const marks = finite.length > MOST_DOTS ? [] : finite.map((point) => {
      const dot = svg('circle', { class: 'chart-dot', 'data-order': order % 4, cx: point.x.toFixed(1), cy: y(point.y).toFixed(1), r: 3.5 });
      dots.push({ seq: point.seq, element: dot });
      return dot;
    });
    return [path, ...marks];
  });
  const axis = [[shownMost, top + 4], [shownLeast, height - bottom]].map(([value, at]) => svg('text', { class: 'chart-tick', x: left - 6, y: Number(at) + 4, 'text-anchor': 'end' }, number(value, 'float32', 3)));
  const ends = [['1', left], [String(longest), width - right]].map(([text, at]) => svg('text', { class: 'chart-tick', x: at, y: height - 3, 'text-anchor': 'middle' }, text));
  const picture = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'slider', tabindex: 0, 'aria-label': title, 'aria-valuemin': 1, 'aria-valuemax': longest, 'aria-valuenow': longest },
    svg('path', { class: 'chart-axis', d: `M${left} ${top}V${height - bottom}H${width - right}` }), ...axis, ...ends, ...lines, cursor);
  let index = 0;

  /** @param {number} wanted */
  const go = (wanted) => onSeek(series[0].points[Math.min(Math.max(wanted, 0), series[0].points.length - 1)].seq);
  slides(picture, width, { step: (by) => go(index + by), point: (at) => go(Math.round(((at - left) / (width - left - right)) * (longest - 1))) });

  return {
    element: html('figure', { class: 'figure' }, html('figcaption', { class: 'inspector-title' }, title, key(series)), picture),
    move(at) {
      const { points } = series[0];
      index = points.reduce((found, one, order) => (one.seq <= at ? order : found), -1);
      cursor.toggleAttribute('hidden', index < 0);
      cursor.setAttribute('x1', x(Math.max(index, 0)).toFixed(1));
      cursor.setAttribute('x2', x(Math.max(index, 0)).toFixed(1));
      for (const { seq, element } of dots) element.toggleAttribute('data-future', seq > at);
      picture.setAttribute('aria-valuenow', String(index + 1));
      picture.setAttribute('aria-valuetext', series.map((one) => words({ ...one, points: one.points.filter((found) => found.seq <= at).slice(-1) })).join('; '));
    },
  };
}

/** Which line is whose. @param {Series[]} series */
function key(series) {
  return series.length < 2 ? null : html('span', { class: 'chart-key' }, ...series.slice(0, 4).map((one, order) => html('span', { 'data-order': order }, one.name)));
}

/** Names without the module that all of them lie in; of a long one its end is kept, for there they differ. @param {string[]} names */
export function tailNames(names) {
  const [first = ''] = names;
  let shared = first.lastIndexOf('.') + 1;
  while (shared > 0 && !names.every((name) => name.startsWith(first.slice(0, shared)))) shared = first.lastIndexOf('.', shared - 2) + 1;
  return names.map((name) => name.slice(shared)).map((name) => (name.length > MOST_LETTERS ? `…${name.slice(1 - MOST_LETTERS)}` : name));
}

/** One bar for each series, by the size of its last point: which layers hardly learn. @param {Omit<Chart, 'words'>} chart @returns {Drawn} */
export function barChart({ series, title, onSeek }) {
  const { width } = SIZE;
  const height = series.length * BAR.height + 4;
  const names = tailNames(series.map((one) => one.name));
  const left = Math.max(...names.map((name) => name.length)) * BAR.letter + BAR.gap;
  const room = width - left - BAR.right;
  const [least, most] = rangeOf(series, (y) => Math.log10(y));
  const length = (/** @type {number} */ value) => (value > 0 && Number.isFinite(value) ? 4 + share(Math.log10(value), Math.min(least, most - 2), most) * (room - 4) : 0);
  const bars = series.map((one, order) => {
    const { y, seq } = one.points[one.points.length - 1];
    const top = order * BAR.height + 4;
    return svg('g', { class: 'chart-bar', role: 'button', tabindex: 0, onclick: () => onSeek(seq), onkeydown: (/** @type {KeyboardEvent} */ event) => (event.key === 'Enter' ? onSeek(seq) : undefined) },
      svg('rect', { class: 'chart-row', x: 0, y: top - 2, width, height: BAR.height }),
      svg('text', { class: 'chart-name', x: left - BAR.gap, y: top + 15, 'text-anchor': 'end' }, names[order]),
      svg('rect', { class: 'chart-fill', x: left, y: top + 3, width: length(y).toFixed(1), height: BAR.height - 10, rx: 2 }),
      svg('text', { class: 'chart-tick', x: left + length(y) + 6, y: top + 15 }, Number.isNaN(y) ? 'nan' : number(y, 'float32', 3)));
  });
  return {
    element: html('figure', { class: 'figure' }, html('figcaption', { class: 'inspector-title' }, title), svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'group', 'aria-label': title }, ...bars)),
    move(at) {
      bars.forEach((bar, order) => bar.toggleAttribute('data-future', series[order].points[0].seq > at));
    },
  };
}
