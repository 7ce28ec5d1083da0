import { SIZES, fitted, measureWithCanvas } from '../stage/text.js';
import { Trace } from '../state/trace.js';
import { fill, html } from './dom.js';
import { onLanguage, t } from './language.js';
import { trackOf } from './track.js';

/** In pixels: beside a phase's name within the phase, and between it and the count. */
const PADDING = 12;
const GAP = 8;
/** A chip's path of names, such as `net.fc.weight`, and the sign of what happens to it. */
const PATH_AND_SIGN = /^(\S+\.[^\s+]+?)(\s?(?:\+=|∅|←))?$/u;
/** How many names a phase has; a backward call among several has its number besides. */
const NAMES = 2;
const measure = measureWithCanvas();

/** The longest name of a phase that fits a width; found without the page, for to measure there lays it out. @param {string[][]} names @param {number} width @param {number} letters their size @returns {string[]} */
function fitting(names, width, letters) {
  const zeros = (/** @type {string} */ text) => text.replace(/\d/g, '0'); // digits are set as wide as one another
  return names.find(([name, count]) => (measure(zeros(name), 'title') * letters) / SIZES.title + (count === undefined ? 0 : GAP + (measure(zeros(count), 'label') * letters) / SIZES.label) <= width - PADDING) ?? [];
}

/** A path cut to a width, by its last part; the sign goes before that does. @param {string} path @param {string} sign @param {number} width */
function cutPath(path, sign, width) {
  const signed = fitted(path, width - measure(sign, 'label'), measure, 'label');
  return signed.endsWith(path.slice(path.lastIndexOf('.') + 1)) ? signed + sign : fitted(path, width, measure, 'label');
}

/**
 * What stands over each phase. Backward calls are called alike: where one has room for its number only, so have those after the first.
 * @param {import('./track.js').Track} track @param {number} width @param {number} letters @returns {string[][]}
 */
function named({ phases, steps, lanes }, width, letters) {
  const found = phases.map(({ from, to, names }) => fitting(names, ((to - from + 1) / steps) * width, letters));
  const calls = phases.flatMap(({ names }, index) => (names.length > NAMES ? [index] : []));
  const tight = lanes === 0 && calls.some((index) => found[index] === phases[index].names[NAMES]);
  return tight ? found.map((name, index) => (calls.indexOf(index) > 0 && name.length > 0 ? phases[index].names[NAMES] : name)) : found;
}

/**
 * The track under the stage: phases, a chip for each step, marks, and a true range input over all of it.
 * @param {HTMLElement} root
 * @param {{onSeek: (seq: number) => void, sentence: (index: number, cursor?: number) => string, picture?: (seq: number) => Node | null, onPoint?: (tensor: number | null) => void}} options
 *   `picture` of a moment; `onPoint`: the tensor of the step under the pointer
 */
export function createTimeline(root, { onSeek, sentence, picture = () => null, onPoint = () => {} }) {
  const phases = html('div', { class: 'track-phases', 'aria-hidden': 'true' });
  const chips = html('div', { class: 'track-chips', 'aria-hidden': 'true' });
  /** Over what of a strip is still to come; a move of it lays nothing out. */
  const veil = html('div', { class: 'track-veil' });
  const marks = html('div', { class: 'track-marks', 'aria-hidden': 'true' });
  const head = html('div', { class: 'track-head', 'aria-hidden': 'true' });
  const ghost = html('div', { class: 'track-ghost', 'aria-hidden': 'true', hidden: true });
  const tip = html('div', { class: 'track-tip', 'aria-hidden': 'true', hidden: true });
  const slider = html('input', { type: 'range', 'data-timeline': true, min: 0, max: 0, step: 1, value: 0 });
  root.append(chips, ghost, head, phases, marks, slider, tip);

  let trace = new Trace();
  let cursor = -1;
  let source = '';
  /** @type {ReadonlySet<number>} */
  let breakpoints = new Set();
  /** Kept, for to ask the element lays the page out. */
  let width = root.clientWidth;
  /** What is drawn, as text: most edits of a program change nothing of it. */
  let drawn = '';
  /** @type {{from: number, to: number, lane: number, element: HTMLElement, time: string}[]} */
  let units = [];

  /** @param {PointerEvent} event */
  function stepUnder(event) {
    const box = slider.getBoundingClientRect();
    const count = trace.steps.length;
    return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * count), 0), count - 1);
  }

  /** A stem leads down to the lane of a step. @param {HTMLElement} stem @param {number} at */
  function reach(stem, at) {
    stem.style.setProperty('--lane', String(units.find(({ from, to }) => from <= at && at <= to)?.lane ?? 0));
  }

  /** @param {HTMLElement} element @param {number} at a step @param {number} [steps] its width in steps */
  function place(element, at, steps) {
    const count = trace.steps.length || 1;
    element.style.left = `${(at / count) * 100}%`;
    if (steps !== undefined) element.style.width = `${(steps / count) * 100}%`;
  }

  function build() {
    const letters = Number.parseFloat(getComputedStyle(root).getPropertyValue('--text-least'));
    const track = trackOf(trace, source, { width, letters }, breakpoints);
    const wanted = JSON.stringify([track, width, letters]);
    if (wanted !== drawn) draw(track, letters);
    drawn = wanted;
    slider.max = String(Math.max(trace.last, 0));
    slider.disabled = track.steps === 0;
    slider.setAttribute('aria-label', t('timeline.label'));
    update();
  }

  /** @param {import('./track.js').Track} track @param {number} letters */
  function draw(track, letters) {
    root.dataset.density = track.strip ? 'strip' : 'chips';
    root.toggleAttribute('data-lanes', track.lanes > 0);
    root.style.setProperty('--lanes', String(track.lanes));
    const names = named(track, width, letters);
    fill(phases, track.phases.map((phase, index) => {
      const steps = phase.to - phase.from + 1;
      const [name, count] = names[index];
      const element = html('div', { class: 'track-phase', 'data-phase': phase.phase }, name && html('span', { class: 'track-phase-name' }, name), count && html('span', { class: 'track-phase-count' }, count));
      element.style.setProperty('--lane', String(phase.lane));
      place(element, phase.from, steps);
      return element;
    }));
    units = track.units.map(({ from, to, phase, kind, text, lane }) => {
      const element = html('div', { class: 'track-chip', 'data-phase': phase, 'data-kind': kind }, text === null ? null : html('span', {}, text));
      element.style.setProperty('--lane', String(lane));
      place(element, from, to - from + 1);
      return { from, to, lane, element, time: '' };
    });
    fill(chips, [...units.map((unit) => unit.element), track.strip && veil]);
    fill(marks, track.marks.map((mark) => {
      const element = html('div', { class: 'track-mark', 'data-kind': mark.kind }, mark.name === '' ? null : html('span', {}, mark.name));
      place(element, mark.step + 0.5);
      return element;
    }));
    const texts = [...chips.querySelectorAll('span')];
    const rooms = texts.map((text) => (text.scrollWidth > text.clientWidth ? text.clientWidth : null));
    texts.forEach((text, index) => {
      const room = rooms[index];
      text.toggleAttribute('data-cut', room !== null);
      if (room === null) return;
      const [, path, sign = ''] = PATH_AND_SIGN.exec(text.textContent ?? '') ?? [];
      if (path) text.textContent = cutPath(path, sign, (room * SIZES.label) / letters);
    });
  }

  function update() {
    const count = trace.steps.length;
    head.hidden = count === 0;
    if (count === 0) return;
    const at = Math.max(trace.stepAt(cursor), 0);
    head.style.left = `${((at + 0.5) / count) * 100}%`;
    head.dataset.phase = trace.steps[at].phase;
    reach(head, at);
    if (veil.isConnected) veil.style.transform = `scaleX(${1 - (at + 1) / count})`;
    else for (const unit of units) {
      const time = at > unit.to ? 'past' : at < unit.from ? 'future' : 'now';
      if (unit.time !== time) unit.element.dataset.time = unit.time = time;
    }
    slider.value = String(Math.max(cursor, 0));
    slider.setAttribute('aria-valuetext', sentence(at, cursor));
  }

  slider.addEventListener('input', () => onSeek(Number(slider.value)));
  slider.addEventListener('focus', () => root.toggleAttribute('data-focus', slider.matches(':focus-visible')));
  slider.addEventListener('blur', () => root.removeAttribute('data-focus'));
  slider.addEventListener('mousedown', (event) => event.preventDefault());
  slider.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
  slider.addEventListener('pointerdown', (event) => {
    if (trace.steps.length === 0 || event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    slider.focus({ preventScroll: true });
    onSeek(trace.steps[stepUnder(event)].to);
  });
  slider.addEventListener('pointermove', (event) => {
    if (trace.steps.length === 0) return;
    const at = stepUnder(event);
    if (slider.hasPointerCapture(event.pointerId)) onSeek(trace.steps[at].to);
    hover(at);
  });
  slider.addEventListener('pointerleave', () => hover(null));

  /** The step under the pointer. @type {number | null} */
  let pointed = null;

  /** @param {number | null} at */
  function hover(at) {
    pointed = at;
    onPoint(at === null ? null : trace.steps[at].tensor);
    tip.hidden = at === null;
    ghost.hidden = at === null;
    if (at === null) return;
    const share = (at + 0.5) / trace.steps.length;
    fill(tip, [picture(trace.steps[at].to), html('span', {}, sentence(at))]);
    ghost.style.left = `${share * 100}%`;
    reach(ghost, at);
    const half = tip.offsetWidth / 2;
    const x = Math.min(Math.max(share * width, half - 8), Math.max(width - half + 8, half));
    tip.style.left = `${x}px`;
  }

  new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - width) < 2) return;
    width = root.clientWidth;
    build();
  }).observe(root);
  onLanguage(build);

  return {
    /** @param {import('../state/trace.js').Trace} next @param {string} text @param {number} at */
    show(next, text, at) {
      trace = next;
      source = text;
      cursor = at;
      build();
    },
    /** Marks the steps at which playing stops. @param {ReadonlySet<number>} lines */
    breakAt(lines) {
      breakpoints = lines;
      build();
    },
    /** Marks the steps about a tensor that is pointed at elsewhere. @param {number | null} tensor */
    hint(tensor) {
      for (const { from, to, element } of units) element.toggleAttribute('data-hinted', tensor !== null && trace.steps.slice(from, to + 1).some((step) => step.tensor === tensor || step.tensors?.includes(tensor)));
    },
    /** Tells of the step under the pointer anew. */
    tell: () => hover(pointed),
    /** @param {number} at */
    move(at) {
      cursor = at;
      update();
    },
  };
}
