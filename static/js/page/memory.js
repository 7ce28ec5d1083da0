import { whenIdle } from '../stage/breath.js';
import { memoryAfter, peakOf, stepsLookedAt } from '../state/memory.js';
import { slides } from './chart.js';
import { html, svg } from './dom.js';
import { t } from './language.js';

/**
 * The memory of a run as it comes and goes: a line under the timeline, and a chart that says how much of it is what.
 * @typedef {import('../state/memory.js').Moment} Moment
 * @typedef {import('../state/trace.js').Trace} Trace
 */

const KINDS = /** @type {const} */ (['values', 'saved', 'gradients']);
const CHART = { width: 248, height: 124, left: 58, right: 8, top: 14, bottom: 20 };
const UNITS = ['B', 'kB', 'MB', 'GB'];

/** @type {WeakMap<Trace, Moment[]>} */
const known = new WeakMap();

/** How many steps are looked at in one go. */
const MOST_AT_ONCE = 8;
/** How long an idle page is held up by it, in ms. */
const TURN = 4;

/** What a trace holds, from its end to its beginning, a few steps in each turn. @param {Trace} trace @param {import('./ops.js').OpTable} ops @returns {Generator<null, Moment[], void>} */
function* gathering(trace, ops) {
  const before = known.get(trace);
  if (before || trace.last < 0) return before ?? [];
  const steps = stepsLookedAt(trace);
  /** @type {Moment[][]} */
  const parts = [];
  for (let end = steps.length; end > 0; end -= MOST_AT_ONCE) {
    if (parts.length > 0) yield null;
    parts.unshift(memoryAfter(trace, steps.slice(Math.max(0, end - MOST_AT_ONCE), end), (op) => ops.get(op)?.inputs ?? []));
  }
  const moments = parts.flat();
  if (trace.complete) known.set(trace, moments);
  return moments;
}

/** All of it at once. @param {Trace} trace @param {import('./ops.js').OpTable} ops */
function momentsOf(trace, ops) {
  for (const turns = gathering(trace, ops); ;) {
    const { done, value } = turns.next();
    if (done) return value;
  }
}

/** "1.2 kB" @param {number} bytes */
export function bytesText(bytes) {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? bytes : Number((bytes / 1000 ** power).toPrecision(3))} ${UNITS[power]}`;
}

/** A stair of values: each lasts from the beginning of its step to the next one's. @param {Moment[]} moments @param {(moment: Moment) => number} y @param {(step: number) => number} x @param {number} steps */
function stair(moments, y, x, steps) {
  return moments.map((moment, index) => `${index === 0 ? 'M' : 'L'}${x(moment.step).toFixed(2)} ${y(moment).toFixed(2)}H${x(moments[index + 1]?.step ?? steps).toFixed(2)}`).join('');
}

/** The same stair from its end back to its beginning. @param {Moment[]} moments @param {(moment: Moment) => number} y @param {(step: number) => number} x @param {number} steps */
function descent(moments, y, x, steps) {
  return moments.map((moment, index) => `L${x(moments[index + 1]?.step ?? steps).toFixed(2)} ${y(moment).toFixed(2)}H${x(moment.step).toFixed(2)}`).reverse().join('');
}

/**
 * The line under the timeline, as wide as it: it is part of the track, so that a press seeks there.
 * @param {HTMLElement} track @param {{page: import('./session.js').PageStore, ops: import('./ops.js').OpTable}} parts
 */
export function createMemoryLine(track, { page, ops }) {
  const element = svg('svg', { class: 'track-memory', viewBox: '0 0 100 100', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  track.prepend(element);
  /** How many steps the line stands for. */
  let told = 0;

  /** Whenever nobody waits for the page, until another trace is there. @param {Trace} trace @param {ReturnType<typeof gathering>} turns */
  function gather(trace, turns) {
    const until = performance.now() + TURN;
    while (page.value.trace === trace) {
      const { done, value } = turns.next();
      if (done) return show(trace, value);
      if (performance.now() > until) return whenIdle(() => gather(trace, turns));
    }
  }

  /** @param {Trace} trace @param {Moment[]} moments */
  function show(trace, moments) {
    const peak = peakOf(moments);
    const steps = trace.steps.length;
    told = steps;
    element.toggleAttribute('hidden', peak === null || peak.total === 0);
    if (peak === null || peak.total === 0) return element.replaceChildren();
    const x = (/** @type {number} */ step) => (step / steps) * 100;
    const line = stair(moments, ({ total }) => 100 - (total / peak.total) * 92, x, steps);
    element.replaceChildren(svg('path', { class: 'memory-area', d: `${line}V100H0Z` }), svg('path', { class: 'memory-line', d: line }),
      svg('path', { class: 'memory-peak', d: `M${x(peak.step)} 4H${x(peak.step + 1)}` }));
  }
  const begin = () => {
    const { trace } = page.value;
    if (trace.steps.length !== told) element.toggleAttribute('hidden', true); // it is another program's
    whenIdle(() => gather(trace, gathering(trace, ops)));
  };
  page.subscribe((_, changed) => {
    if (changed.has('trace')) begin();
  });
  begin();
}

/**
 * @param {Trace} trace @param {import('./ops.js').OpTable} ops @param {(seq: number) => void} onSeek
 * @returns {import('./chart.js').Drawn | null}
 */
export function memoryChart(trace, ops, onSeek) {
  const moments = momentsOf(trace, ops);
  const peak = peakOf(moments);
  if (peak === null || peak.total === 0) return null;
  const { width, height, left, right, top, bottom } = CHART;
  const steps = trace.steps.length;
  const x = (/** @type {number} */ step) => left + (step / steps) * (width - left - right);
  const y = (/** @type {number} */ bytes) => height - bottom - (bytes / peak.total) * (height - top - bottom);
  /** Each kind stands on those before it. @param {Moment} moment @param {number} kinds */
  const sum = (moment, kinds) => KINDS.slice(0, kinds).reduce((total, kind) => total + moment[kind], 0);
  const areas = KINDS.map((kind, below) => svg('path', { class: 'memory-part', 'data-kind': kind, d: `${stair(moments, (moment) => y(sum(moment, below + 1)), x, steps)}${descent(moments, (moment) => y(sum(moment, below)), x, steps)}Z` }));
  const cursor = svg('line', { class: 'chart-cursor', y1: top, y2: height - bottom });
  const peakX = (x(peak.step) + x(peak.step + 1)) / 2;
  const picture = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, role: 'slider', tabindex: 0, 'aria-label': t('memory.title'), 'aria-valuemin': 0, 'aria-valuemax': steps - 1, 'aria-valuenow': 0 },
    ...areas, svg('path', { class: 'memory-line', d: stair(moments, ({ total }) => y(total), x, steps) }),
    svg('path', { class: 'chart-axis', d: `M${left} ${top}V${height - bottom}H${width - right}` }),
    svg('text', { class: 'chart-tick', x: left - 6, y: top + 4, 'text-anchor': 'end' }, bytesText(peak.total)), svg('text', { class: 'chart-tick', x: left - 6, y: height - bottom + 4, 'text-anchor': 'end' }, '0'),
    svg('path', { class: 'memory-peak-mark', d: `M${peakX - 4} ${top - 9}h8l-4 7z` }), cursor);
  const told = html('p', { class: 'panel-note', 'data-memory': true });
  let index = 0;

  /** @param {number} wanted */
  const go = (wanted) => onSeek(moments[Math.min(Math.max(wanted, 0), moments.length - 1)].seq);
  slides(picture, width, {
    step: (by) => go(index + by),
    point(at) {
      const step = Math.floor(((at - left) / (width - left - right)) * steps);
      go(moments.findLastIndex((moment) => moment.step <= step));
    },
  });

  return {
    element: html('figure', { class: 'figure', id: 'memory' },
      html('figcaption', { class: 'inspector-title' }, t('memory.title'), html('span', { class: 'memory-key' }, ...KINDS.map((kind) => html('span', { 'data-kind': kind }, t(`memory.${kind}`))))),
      picture, told, html('p', { class: 'panel-note' }, html('button', { type: 'button', class: 'memory-go', onclick: () => onSeek(peak.seq) }, t('memory.peak', { total: bytesText(peak.total), step: peak.step })), ' ', t('memory.how'))),
    move(at) {
      index = Math.max(0, moments.findLastIndex((moment) => moment.step <= trace.stepAt(at)));
      const moment = moments[index];
      const middle = ((x(moment.step) + x(moment.step + 1)) / 2).toFixed(1);
      cursor.setAttribute('x1', middle);
      cursor.setAttribute('x2', middle);
      const text = t('memory.now', { step: moment.step, total: bytesText(moment.total), values: bytesText(moment.values), saved: bytesText(moment.saved), gradients: bytesText(moment.gradients) });
      told.textContent = text;
      picture.setAttribute('aria-valuenow', String(moment.step));
      picture.setAttribute('aria-valuetext', text);
    },
  };
}
