import { badgeText } from '../state/signs.js';
import { beginsLine } from '../state/depths.js';
import { passOf } from '../state/steps.js';
import { t } from './language.js';
import { lineOf } from './source.js';

/**
 * What the track under the stage shows of a run, as plain data: its phases, a unit for each step or for many, and marks. Of a few backward calls each has a lane.
 * @typedef {import('../state/types.js').Step} Step
 * @typedef {import('../state/types.js').State} State
 * @typedef {{from: number, to: number, phase: 'forward' | 'backward' | 'neither', call: number | null}} Segment  steps `from` to `to`, both included
 * @typedef {Segment & {lane: number}} Laned
 * @typedef {{from: number, to: number, phase: string, names: string[][], lane: number}} Phase  `names`: what can be written there, the longest first: over the phase, or beside it in its lane
 * @typedef {{from: number, to: number, phase: string, kind: string | null, text: string | null, lane: number}} Unit
 * @typedef {{step: number, kind: 'write' | 'freed' | 'error' | 'clear' | 'break', name: string}} Mark
 * @typedef {{steps: number, strip: boolean, lanes: number, phases: Phase[], units: Unit[], marks: Mark[]}} Track  `strip`: there are too many steps for a chip each;
 *   `lanes`: 0, or one for the program and one for each backward call
 */

const MOST_CHIPS = 60;
const MOST_LANES = 6;
const LEAST_CHIP = 2.8; // times the size of its letters
const LEAST_LABEL = 14;
const LABEL_PADDING = 11;
const DIGIT = 0.65; // times the size of letters
const LEAST_MARK_NAME = 12;
const MARK_LETTER = 7;
const LEAST_MARK = 9;
const LEAST_UNIT = 5;

/**
 * @param {import('../state/trace.js').Trace} trace
 * @param {string} source its program
 * @param {{width: number, letters: number}} room in pixels: of the track, and of its letters
 * @param {ReadonlySet<number>} [breakpoints] lines
 * @returns {Track}
 */
export function trackOf(trace, source, { width, letters }, breakpoints = new Set()) {
  const { steps } = trace;
  const each = width / Math.max(steps.length, 1);
  const strip = steps.length > MOST_CHIPS || each < LEAST_CHIP * letters;
  const apiece = segmentsOf(steps);
  const merged = strip ? coarse(apiece, LEAST_UNIT / each) : apiece;
  const calls = [...new Set(apiece.flatMap(({ phase, call }) => (phase === 'backward' ? [call] : [])))];
  const lanes = calls.length > 1 && calls.length < MOST_LANES && merged.length === apiece.length ? calls.length + 1 : 0;
  const segments = apiece.map((segment) => ({ ...segment, lane: lanes > 0 ? calls.indexOf(segment.call) + 1 : 0 }));
  const titles = lanes > 0 ? besides(segments, steps.length) : above(segments, (LABEL_PADDING + DIGIT * letters * String(calls.length).length) / each);
  const phases = titles.filter(({ from, to }) => (to - from + 1) * each >= LEAST_LABEL).map(({ from, to, segment }) => ({ from, to, phase: segment.phase, names: namesOf(segment, calls.length), lane: segment.lane }));
  const units = strip ? merged.map(({ from, to, phase }, index) => ({ from, to, phase, kind: null, text: null, lane: lanes > 0 ? segments[index].lane : 0 }))
    : trace.peek(trace.last, (end) => segments.flatMap(({ from, to, lane }) => steps.slice(from, to + 1).map((step, at) => ({ from: from + at, to: from + at, phase: passOf(step), kind: step.kind, text: chipText(step, end, source), lane }))));
  const found = marksOf(trace, strip ? ['write', 'error', 'caught'] : ['write', 'clear', 'error', 'caught', 'node']);
  const standing = apart(found, LEAST_MARK / each);
  /** Names stand beside all writes or beside none: one alone would say that nothing else is written. */
  const named = standing.length === found.length && standing.every(({ kind, step, name }, index) => kind !== 'write' || ((standing[index + 1]?.step ?? steps.length) - step - 0.5) * each > LEAST_MARK_NAME + name.length * MARK_LETTER);
  const marks = named ? standing : standing.map((mark) => ({ ...mark, name: '' }));
  const breaks = apart(breaksOf(trace, breakpoints), LEAST_MARK / each);
  return { steps: steps.length, strip, lanes, phases, units, marks: [...marks, ...breaks] };
}

/** Consecutive steps of one phase and one call; where nothing of the graph is computed, of neither pass. @param {Step[]} steps @returns {Segment[]} */
export function segmentsOf(steps) {
  /** @type {Segment[]} */
  const segments = [];
  /** @type {Segment | undefined} */
  let open;
  /** Whether nothing of the graph was computed in the open one yet. */
  let idle = true;
  const close = () => {
    if (open && idle) open.phase = 'neither';
  };
  for (let index = 0; index < steps.length; index += 1) {
    const step = steps[index];
    const call = step.phase === 'backward' ? step.call : null;
    if (open?.phase !== step.phase || open.call !== call) {
      close();
      segments.push((open = { from: index, to: index, phase: step.phase, call }));
      idle = true;
    }
    open.to = index;
    idle &&= passOf(step) === 'neither';
  }
  close();
  return segments;
}

/**
 * Where each lane's name stands: a call's before it begins, the program's in the longest pause that it makes.
 * @param {Laned[]} segments @param {number} steps
 * @returns {{from: number, to: number, segment: Laned}[]}
 */
function besides(segments, steps) {
  const firsts = segments.filter(({ lane }, index) => lane > 0 && segments.findIndex((one) => one.lane === lane) === index);
  const program = segments.filter(({ lane }) => lane === 0);
  const pauses = program.map(({ to }, index) => ({ from: to + 1, to: (program[index + 1]?.from ?? steps) - 1 })).sort((one, other) => other.to - other.from - (one.to - one.from));
  const whole = { ...program[0], from: 0, to: program.reduce((sum, { from, to }) => sum + to - from + 1, 0) - 1 };
  return [...pauses.slice(0, 1).map((pause) => ({ ...pause, segment: whole })), ...firsts.map((segment) => ({ from: 0, to: segment.from - 1, segment }))];
}

/**
 * Where each phase's name stands: over it; that of one among several calls also over what the program does up to the next call, and of calls that are too short for a number each the first of
 * several has the room of all.
 * @param {Laned[]} segments @param {number} least how many steps a number takes
 * @returns {{from: number, to: number, segment: Laned}[]}
 */
function above(segments, least) {
  const isCall = (/** @type {Laned | undefined} */ segment) => segment?.phase === 'backward';
  const calls = segments.filter(isCall);
  /** @type {{from: number, to: number, segment: Laned}[]} */
  const titles = [];
  for (const segment of segments) {
    const open = titles.at(-1);
    const within = calls.length > 1 && isCall(open?.segment) && (isCall(segment) ? segment.from - (open?.from ?? 0) < least : segment.to < calls[calls.length - 1].from || segment.to - segment.from < least);
    if (open && within) open.to = segment.to;
    else titles.push({ from: segment.from, to: segment.to, segment });
  }
  return titles;
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
  const count = segment.to - Math.max(segment.from, 1) + 1; // the empty start is no step
  return [count === 0 ? [whole] : [whole, t('phase.steps', { count })], [whole], ...(numbered ? [[String((segment.call ?? 0) + 1)]] : [])];
}

/** What stands on a step's chip. @param {Step} step @param {State} state @param {string} source @returns {string} */
function chipText(step, state, source) {
  const tensor = step.tensor === null ? undefined : state.tensors.get(step.tensor);
  const applied = step.function === null ? undefined : state.functions.get(step.function);
  const name = tensor?.name ?? '';
  switch (step.kind) {
    case 'op':
    case 'node':
      return applied ? badgeText(applied) : name;
    case 'create':
      return name || 'tensor';
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

/** What steps of some kinds write, clear or free, and errors. @param {import('../state/trace.js').Trace} trace @param {import('../state/types.js').StepKind[]} kinds @returns {Mark[]} */
function marksOf(trace, kinds) {
  const steps = trace.steps.filter(({ kind }) => kinds.includes(kind));
  return trace.peek(trace.last, ({ tensors }) => steps.flatMap(/** @returns {Mark[]} */ (step) => {
    const { index, kind } = step;
    if (kind === 'node') return frees(trace, step) ? [{ step: index, kind: 'freed', name: '' }] : [];
    if (kind !== 'write' && kind !== 'clear') return [{ step: index, kind: 'error', name: '' }];
    const name = step.tensors.map((tensor) => tensors.get(tensor)?.name ?? '').find((one) => one !== '') ?? '';
    return [{ step: index, kind, name: `${name}.grad` }];
  }));
}

/** Where playing stops. @param {import('../state/trace.js').Trace} trace @param {ReadonlySet<number>} lines @returns {Mark[]} */
function breaksOf(trace, lines) {
  return lines.size === 0 ? [] : trace.steps.flatMap((_, index) => (beginsLine(trace, index, lines) ? [{ step: index, kind: /** @type {const} */ ('break'), name: '' }] : []));
}

/** Whether buffers are given up in a step. @param {import('../state/trace.js').Trace} trace @param {Step} step */
function frees({ events }, step) {
  for (const { functions } of events.of(['buffers-freed'], step.from, step.to)) if (functions.length > 0) return true;
  return false;
}
