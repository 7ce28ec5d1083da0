import { badgeText } from '../stage/symbols.js';
import { fill, html } from './dom.js';
import { onLanguage, t } from './language.js';
import { lineOf } from './source.js';

/**
 * @typedef {import('../state/types.js').Step} Step
 * @typedef {import('../state/types.js').State} State
 * @typedef {{from: number, to: number, phase: 'forward' | 'backward', call: number | null}} Segment  steps `from` to `to`, both included
 * @typedef {{step: number, kind: 'write' | 'freed' | 'error' | 'clear', name: string}} Mark
 */

const MOST_CHIPS = 60;
const LEAST_CHIP = 2.8; // times the size of its letters
const LEAST_LABEL = 14;
const LEAST_MARK_NAME = 12;
const MARK_LETTER = 7;
const LEAST_MARK = 9;
const LEAST_UNIT = 5;

/** Consecutive steps of one phase and one call. @param {Step[]} steps @returns {Segment[]} */
export function segmentsOf(steps) {
  /** @type {Segment[]} */
  const segments = [];
  for (const [index, step] of steps.entries()) {
    const call = step.phase === 'backward' ? step.call : null;
    const open = segments.at(-1);
    if (open && open.phase === step.phase && open.call === call) open.to = index;
    else segments.push({ from: index, to: index, phase: step.phase, call });
  }
  return segments;
}

/** Segments of at least this many steps; those that are shorter share one. @param {Segment[]} segments @param {number} least @returns {{from: number, to: number, phase: string}[]} */
export function coarse(segments, least) {
  /** @type {{from: number, to: number, phase: string}[]} */
  const units = [];
  for (const { from, to, phase } of segments) {
    const open = units.at(-1);
    if (open && (open.to - open.from + 1 < least || (to - from + 1 < least && open.phase === 'mixed' && open.to - open.from + 1 < 2 * least))) {
      open.to = to;
      if (open.phase !== phase) open.phase = 'mixed';
    } else units.push({ from, to, phase });
  }
  return units;
}

/** What can be written over a phase, the longest first: its name and length, its name, the number of its call. @param {Segment} segment @param {number} calls */
function namesOf(segment, calls) {
  const name = t(`phase.${segment.phase}`);
  const numbered = segment.phase === 'backward' && calls > 1;
  const whole = numbered ? t('phase.call', { phase: name, number: (segment.call ?? 0) + 1 }) : name;
  return [[whole, t('phase.steps', { count: segment.to - segment.from + 1 })], [whole], ...(numbered ? [[String((segment.call ?? 0) + 1)]] : [])];
}

/** Writes the longest of the texts that fits, or none. @param {HTMLElement} element @param {string[][]} names @param {number} width */
function nameFitting(element, names, width) {
  if (width < LEAST_LABEL) return;
  for (const [name, count] of names) {
    fill(element, [html('span', { class: 'track-phase-name' }, name), count ? html('span', { class: 'track-phase-count' }, count) : null]);
    if (element.scrollWidth <= element.clientWidth) return;
  }
  fill(element, []);
}

/** What stands on a step's chip. @param {Step} step @param {State} state @param {string} source @returns {string} */
export function chipText(step, state, source) {
  const tensor = step.tensor === null ? undefined : state.tensors.get(step.tensor);
  const applied = step.function === null ? undefined : state.functions.get(step.function);
  const name = tensor?.name ?? '';
  switch (step.kind) {
    case 'op':
    case 'node':
      return applied ? badgeText(applied) : name;
    case 'create':
      return name || '□';
    case 'write':
      return name.length > 1 ? `${name}+=` : name ? `${name} +=` : '+=';
    case 'clear':
      return name ? `${name} ∅` : '∅';
    case 'set':
    case 'modify':
      return name ? `${name} ←` : '←';
    case 'backward':
      return t('chip.seed');
    case 'print':
      return 'print';
    case 'error':
    case 'caught':
      return '!';
    case 'done':
      return '✓';
    case 'hook':
      return 'hook';
    case 'start':
      return t('chip.start');
    default:
      return /\w+/.exec(step.line === null ? '' : lineOf(source, step.line))?.[0] ?? '=';
  }
}

/** Marks that stand apart; where many would cover one another the first of each heap is left, and every error. @param {Mark[]} marks @param {number} least steps */
function apart(marks, least) {
  let last = -Infinity;
  return marks.filter((mark) => {
    if (mark.step - last < least && mark.kind !== 'error') return false;
    last = mark.step;
    return true;
  });
}

/** Leaf writes, freed buffers and errors, by step. @param {import('../state/trace.js').Trace} trace @param {State} state @returns {Mark[]} */
export function marksOf(trace, state) {
  /** @type {Mark[]} */
  const marks = [];
  for (const [index, step] of trace.steps.entries()) {
    const name = (step.tensor === null ? undefined : state.tensors.get(step.tensor))?.name ?? '';
    if (step.kind === 'write') marks.push({ step: index, kind: 'write', name: `${name}.grad` });
    else if (step.kind === 'clear') marks.push({ step: index, kind: 'clear', name: `${name}.grad` });
    else if (step.kind === 'error' || step.kind === 'caught') marks.push({ step: index, kind: 'error', name: '' });
    else if (step.kind === 'node' && trace.events.slice(step.from, step.to + 1).some((event) => event.kind === 'buffers-freed' && event.functions.length > 0)) {
      marks.push({ step: index, kind: 'freed', name: '' });
    }
  }
  return marks;
}

/**
 * The track under the stage: phases, a chip for each step, marks, and a true range input over all of it.
 * @param {HTMLElement} root
 * @param {{onSeek: (seq: number) => void, sentence: (index: number) => string, picture?: (seq: number) => Node | null}} options `picture` of a moment
 */
export function createTimeline(root, { onSeek, sentence, picture = () => null }) {
  const phases = html('div', { class: 'track-phases', 'aria-hidden': 'true' });
  const chips = html('div', { class: 'track-chips', 'aria-hidden': 'true' });
  const marks = html('div', { class: 'track-marks', 'aria-hidden': 'true' });
  const head = html('div', { class: 'track-head', 'aria-hidden': 'true' });
  const ghost = html('div', { class: 'track-ghost', 'aria-hidden': 'true', hidden: true });
  const tip = html('div', { class: 'track-tip', 'aria-hidden': 'true', hidden: true });
  const slider = html('input', { type: 'range', 'data-timeline': true, min: 0, max: 0, step: 1, value: 0 });
  root.append(phases, chips, marks, ghost, head, slider, tip);

  /** @type {import('../state/trace.js').Trace | null} */
  let trace = null;
  let cursor = -1;
  let source = '';
  /** @type {Element[]} */
  let chipElements = [];

  /** @param {PointerEvent} event */
  function stepUnder(event) {
    const box = slider.getBoundingClientRect();
    const count = trace?.steps.length ?? 0;
    return Math.min(Math.max(Math.floor(((event.clientX - box.left) / box.width) * count), 0), count - 1);
  }

  /** @param {HTMLElement} element @param {number} at a step @param {number} [steps] its width in steps */
  function place(element, at, steps) {
    const count = trace?.steps.length ?? 1;
    element.style.left = `${(at / count) * 100}%`;
    if (steps !== undefined) element.style.width = `${(steps / count) * 100}%`;
  }

  function build() {
    const steps = trace?.steps ?? [];
    const segments = segmentsOf(steps);
    const width = root.clientWidth / Math.max(steps.length, 1);
    const state = trace && steps.length > 0 ? trace.at(trace.last) : null;
    const strip = steps.length > MOST_CHIPS || width < LEAST_CHIP * Number.parseFloat(getComputedStyle(root).getPropertyValue('--text-least'));
    const calls = new Set(segments.filter((segment) => segment.phase === 'backward').map((segment) => segment.call)).size;
    root.dataset.density = strip ? 'strip' : 'chips';

    fill(phases, segments.map((segment) => {
      const length = segment.to - segment.from + 1;
      const element = html('div', { class: 'track-phase', 'data-phase': segment.phase });
      place(element, segment.from, length);
      return element;
    }));
    segments.forEach((segment, index) => nameFitting(/** @type {HTMLElement} */ (phases.children[index]), namesOf(segment, calls), (segment.to - segment.from + 1) * width));

    const units = strip || state === null ? coarse(segments, LEAST_UNIT / width) : steps.map((step, index) => ({ from: index, to: index, phase: step.phase }));
    chipElements = units.map((unit) => {
      const step = steps[unit.from];
      const element = html('div', { class: 'track-chip', 'data-phase': unit.phase, 'data-kind': strip ? null : step.kind },
        strip || state === null ? null : html('span', {}, chipText(step, state, source)));
      place(element, unit.from, unit.to - unit.from + 1);
      element.dataset.from = String(unit.from);
      element.dataset.to = String(unit.to);
      if (strip) element.append(html('div', { class: 'track-fill' }));
      return element;
    });
    fill(chips, chipElements);
    for (const text of chips.querySelectorAll('span')) text.toggleAttribute('data-cut', text.scrollWidth > text.clientWidth);

    const found = trace && state ? marksOf(trace, state) : [];
    const drawn = apart(found.filter((mark) => !strip || mark.kind === 'write' || mark.kind === 'error'), LEAST_MARK / width);
    fill(marks, drawn.map((mark, index) => {
      const end = index + 1 < drawn.length ? drawn[index + 1].step : steps.length;
      const room = mark.kind === 'write' && (end - mark.step - 0.5) * width > LEAST_MARK_NAME + mark.name.length * MARK_LETTER;
      const element = html('div', { class: 'track-mark', 'data-kind': mark.kind }, room ? html('span', {}, mark.name) : null);
      element.style.left = `${((mark.step + 0.5) / steps.length) * 100}%`;
      return element;
    }));

    slider.max = String(Math.max(trace?.last ?? 0, 0));
    slider.disabled = steps.length === 0;
    slider.setAttribute('aria-label', t('timeline.label'));
    update();
  }

  function update() {
    const count = trace?.steps.length ?? 0;
    if (!trace || count === 0) {
      head.hidden = true;
      return;
    }
    const at = Math.max(trace.stepAt(cursor), 0);
    head.hidden = false;
    head.style.left = `${((at + 0.5) / count) * 100}%`;
    head.dataset.phase = trace.steps[at].phase;
    for (const element of chipElements) {
      const from = Number(/** @type {HTMLElement} */ (element).dataset.from);
      const to = Number(/** @type {HTMLElement} */ (element).dataset.to);
      const time = at > to ? 'past' : at < from ? 'future' : 'now';
      element.setAttribute('data-time', time);
      const bar = element.firstElementChild;
      if (bar instanceof HTMLElement && bar.className === 'track-fill') {
        bar.style.width = `${Math.min(Math.max((at - from + 1) / (to - from + 1), 0), 1) * 100}%`;
      }
    }
    slider.value = String(Math.max(cursor, 0));
    slider.setAttribute('aria-valuetext', sentence(at));
  }

  slider.addEventListener('input', () => onSeek(Number(slider.value)));
  slider.addEventListener('focus', () => root.toggleAttribute('data-focus', slider.matches(':focus-visible')));
  slider.addEventListener('blur', () => root.removeAttribute('data-focus'));
  slider.addEventListener('mousedown', (event) => event.preventDefault());
  slider.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
  slider.addEventListener('pointerdown', (event) => {
    if (!trace || event.button !== 0) return;
    slider.setPointerCapture(event.pointerId);
    slider.focus({ preventScroll: true });
    onSeek(trace.steps[stepUnder(event)].to);
  });
  slider.addEventListener('pointermove', (event) => {
    if (!trace || trace.steps.length === 0) return;
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
    tip.hidden = at === null;
    ghost.hidden = at === null;
    if (at === null) return;
    const count = trace?.steps.length ?? 1;
    const share = (at + 0.5) / count;
    fill(tip, [trace && picture(trace.steps[at].to), html('span', {}, sentence(at))]);
    ghost.style.left = `${share * 100}%`;
    const half = tip.offsetWidth / 2;
    const x = Math.min(Math.max(share * root.clientWidth, half - 8), Math.max(root.clientWidth - half + 8, half));
    tip.style.left = `${x}px`;
  }

  let width = 0;
  new ResizeObserver(() => {
    if (Math.abs(root.clientWidth - width) < 2) return;
    width = root.clientWidth;
    build();
    if (trace && cursor >= 0) trace.at(cursor);
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
    /** Tells of the step under the pointer anew. */
    tell: () => hover(pointed),
    /** @param {number} at */
    move(at) {
      cursor = at;
      update();
    },
  };
}
