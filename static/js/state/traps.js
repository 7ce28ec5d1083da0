// Numerical traps that a run fell into, by the numbers that it recorded: each with the node where it happened and the event that shows it.

import { numbers } from './format.js';

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').Value} Value
 * @typedef {import('./format.js').Scalar} Scalar
 * @typedef {import('./events.js').FunctionApplied} Applied
 * @typedef {import('./events.js').GradientSent} Sent
 * @typedef {'masked' | 'slope' | 'domain' | 'division' | 'logarithm' | 'overflow' | 'tie' | 'saturated' | 'dead' | 'vanishing'} Code  a later one gives way to an earlier one at the same function
 * @typedef {{code: Code, function: number | null, tensor: number, seq: number, facts: Record<string, string | number>}} Trap  `tensor` is the card where it is to be seen
 */

const ORDER = ['masked', 'slope', 'domain', 'division', 'logarithm', 'overflow', 'tie', 'saturated', 'dead', 'vanishing'];
const MOST = 24;
/** The kinds of events that traps are told from. */
const TOLD_BY = /** @type {const} */ (['tensor-created', 'tensor-modified', 'function-applied', 'backward-started', 'function-reached', 'gradient-sent', 'gradient-accumulated', 'backward-finished']);
/** So many events are looked at in one go. */
const SLICE = 1000;
const MOST_EVENTS = 40_000;
const FLAT = 1e-3;
/** A leaf whose gradient is so much smaller than another's hardly learns beside it. */
const VANISHED = 1e-5;

const DIVISIONS = new Set(['div', 'reciprocal', 'div_number', 'pow', 'rsqrt']);
const LOGARITHMS = new Set(['log', 'log2', 'log10', 'log1p']);
const GROWING = new Set(['exp', 'exp2', 'expm1', 'sinh', 'cosh', 'pow', 'pow_tensor', 'pow_base', 'square', 'mul', 'mm', 'bmm', 'mv', 'dot', 'sum', 'sum_dim', 'prod', 'cumprod', 'mse_loss']);
const PARTIAL = new Set([...LOGARITHMS, 'sqrt', 'rsqrt', 'pow', 'pow_tensor', 'div', 'asin', 'acos', 'acosh', 'atanh']);
const WHOLE_EXTREMES = new Set(['max', 'min', 'amax', 'amin']);
const PAIR_EXTREMES = new Set(['maximum', 'minimum', 'fmax', 'fmin']);
/** The slope of a flat-ended function, by its result. @type {Record<string, (result: number) => number>} */
const SLOPES = { sigmoid: (s) => s * (1 - s), tanh: (r) => 1 - r * r };

/** @type {WeakMap<Trace, Trap[]>} */
const known = new WeakMap();

/** The traps of a run that came to its end, in the order in which they show. @param {Trace} trace @returns {Trap[]} */
export function trapsOf(trace) {
  const looking = search(trace);
  for (;;) {
    const { done, value } = looking.next();
    if (done) return value;
  }
}

/** The same, found in slices with a rest between them. @param {Trace} trace @param {() => Promise<unknown>} rest @returns {Promise<Trap[]>} */
export async function trapsInPeace(trace, rest) {
  const looking = search(trace);
  for (;;) {
    const { done, value } = looking.next();
    if (done) return value;
    await rest();
  }
}

/** @param {Trace} trace @returns {Generator<void, Trap[], void>} */
function* search(trace) {
  if (!trace.complete || trace.last > MOST_EVENTS) return [];
  const found = known.get(trace) ?? (yield* among(trace.events));
  known.set(trace, found);
  return found;
}

/** @param {import('./recorded.js').Recorded} events @returns {Generator<void, Trap[], void>} */
function* among(events) {
  /** @type {Map<number, Value>} */
  const values = new Map();
  /** @type {Map<number, Applied>} */
  const functions = new Map();
  /** The result of an op, and by which selection it is picked afterwards. @type {Map<number, string>} */
  const selected = new Map();
  /** @type {Map<string, Trap>} */
  const traps = new Map();
  /** @type {(Value | null)[]} */
  let arriving = [];
  /** @type {{tensor: number, size: number, seq: number}[]} */
  let written = [];

  /** One trap for each function's place in the program, the gravest. @param {Trap | null} trap @param {string} place */
  function keep(trap, place) {
    if (!trap) return;
    const before = traps.get(place);
    if (!before || ORDER.indexOf(trap.code) < ORDER.indexOf(before.code)) traps.set(place, trap);
  }

  let looked = 0;
  for (const event of events.of(TOLD_BY)) {
    looked += 1;
    if (looked % SLICE === 0) yield;
    switch (event.kind) {
      case 'tensor-created':
        values.set(event.tensor, event.value);
        break;
      case 'tensor-modified':
        values.set(event.tensor, event.after);
        for (const { tensor, after } of event.also) values.set(tensor, after);
        break;
      case 'function-applied':
        functions.set(event.function, event);
        for (const { tensor, value } of event.outputs) values.set(tensor, value);
        if (event.op === 'where' || event.op.startsWith('masked_fill')) for (const id of event.inputs) if (id !== null) selected.set(id, event.op === 'where' ? 'where' : 'masked_fill');
        keep(atResult(event, values), placeOf(event));
        break;
      case 'backward-started':
        written = [];
        break;
      case 'function-reached':
        arriving = event.gradients;
        break;
      case 'gradient-sent': {
        const applied = functions.get(event.function);
        if (applied) keep(atGradient(applied, event, arriving[0] ?? null, values, selected), placeOf(applied));
        break;
      }
      case 'gradient-accumulated': {
        const size = meanSize(event.added);
        if (!event.retained && size !== null) written.push({ tensor: event.tensor, size, seq: event.seq });
        break;
      }
      case 'backward-finished':
        for (const trap of vanished(written)) keep(trap, `leaf ${trap.tensor}`);
        break;
      default:
    }
  }
  return [...traps.values()].sort((one, other) => one.seq - other.seq).slice(0, MOST);
}

/** @param {Applied} applied */
const placeOf = ({ op, line, span }) => `${op} ${line} ${span?.join()}`;

/** All numbers of a value; null where the trace gives only some. @param {Value | null | undefined} value @returns {Scalar[] | null} */
const all = (value) => (value && 'data' in value ? numbers(value) : null);
/** @param {Scalar[] | null} list */
const finite = (list) => list !== null && list.every((one) => typeof one !== 'string');

/** What an op made of finite numbers that is none. @param {Applied} event @param {Map<number, Value>} values @returns {Trap | null} */
function atResult({ function: id, op, inputs, outputs, settings, seq }, values) {
  const result = all(outputs[0]?.value);
  const given = inputs.flatMap((tensor) => (tensor === null ? [] : [all(values.get(tensor))]));
  if (result === null || given.length === 0 || !given.every(finite)) return null;
  const at = result.findIndex((one) => typeof one === 'string');
  if (at < 0) return null;
  const operand = given[given.length > 1 && op === 'div' ? 1 : 0] ?? [];
  const value = Number(operand[operand.length === 1 ? 0 : at] ?? NaN);
  const trap = (/** @type {Code} */ code) => ({ code, function: id, tensor: outputs[0].tensor, seq, facts: { op, value, result: String(result[at]) } });
  if (result[at] === 'nan') return PARTIAL.has(op) ? trap('domain') : null;
  if (LOGARITHMS.has(op)) return trap('logarithm');
  if (DIVISIONS.has(op) && (value === 0 || Number(settings.other) === 0)) return trap('division');
  return GROWING.has(op) ? trap('overflow') : null;
}

/**
 * What goes wrong, or is lost, on the way back through a node.
 * @param {Applied} applied @param {Sent} sent @param {Value | null} gradient what arrived @param {Map<number, Value>} values @param {Map<number, string>} selected @returns {Trap | null}
 */
function atGradient({ function: id, op, inputs, outputs }, { input, tensor, value, seq }, gradient, values, selected) {
  const output = outputs[0].tensor;
  const [handed, came] = [all(value), all(gradient)];
  const trap = (/** @type {Code} */ code, /** @type {Record<string, string | number>} */ facts, at = output) => ({ code, function: id, tensor: at, seq, facts: { op, ...facts } });
  const source = all(values.get(inputs[input] ?? -1));
  if (handed && came && handed.length === came.length && finite(came)) {
    const broken = handed.findIndex((one, index) => one === 'nan' && came[index] === 0);
    if (broken >= 0) return trap('masked', { value: Number(source?.[broken] ?? NaN), by: selected.get(output) ?? 'a mask' });
    const steep = handed.findIndex((one) => one === 'inf' || one === '-inf');
    if (steep >= 0 && finite(source)) return trap('slope', { value: Number(source?.[steep] ?? NaN) });
  }
  if (WHOLE_EXTREMES.has(op) && source && outputs[0].value.shape.length === 0) {
    const count = source.filter((one) => one === outputs[0].value.data).length;
    if (count > 1) return trap('tie', { count, value: Number(outputs[0].value.data), share: Number((1 / count).toPrecision(3)) });
  }
  if (PAIR_EXTREMES.has(op) && input === 0) {
    const other = all(values.get(inputs[1] ?? -1));
    const equal = source && other && source.length === other.length ? source.filter((one, index) => one === other[index]) : [];
    if (equal.length > 0) return trap('tie', { count: 2, value: Number(equal[0]), share: 0.5 });
  }
  const result = all(values.get(output));
  if (!came || !result || !finite(result) || !came.some((one) => Number(one) !== 0)) return null;
  const slope = Object.hasOwn(SLOPES, op) ? SLOPES[op] : null;
  if (slope) {
    const flat = result.filter((one) => slope(Number(one)) < FLAT).length;
    if (flat * 2 >= result.length) return trap('saturated', { count: flat, of: result.length, slope: Number(Math.max(...result.map((one) => slope(Number(one)))).toPrecision(2)) });
  }
  return op === 'relu' && tensor !== null ? deadUnits(result, outputs[0].value.shape, trap) : null;
}

/** Units that a relu lets through for no row: with one row or number, only where it lets nothing through at all. @param {Scalar[]} result @param {number[]} shape @param {(code: Code, facts: Record<string, number>) => Trap} trap */
function deadUnits(result, shape, trap) {
  const units = shape.length > 1 ? shape[shape.length - 1] : 1;
  const rows = result.length / units;
  const dead = Array.from({ length: units }, (_, unit) => result.every((one, index) => index % units !== unit || one === 0)).filter(Boolean).length;
  if (dead === 0 || (rows === 1 && dead < units)) return null;
  return trap('dead', { count: dead, of: units, rows });
}

/** The root mean square of an array; null where it is not finite. @param {Value} value */
function meanSize(value) {
  const count = Math.max(1, value.shape.reduce((size, length) => size * length, 1));
  const list = all(value);
  const norm = list ? (finite(list) ? Math.hypot(...list.map(Number)) : NaN) : Number(value.norm);
  return Number.isFinite(norm) ? norm / Math.sqrt(count) : null;
}

/** Leaves whose gradient is nearly nothing beside that of another leaf. @param {{tensor: number, size: number, seq: number}[]} written @returns {Trap[]} */
function vanished(written) {
  const most = Math.max(0, ...written.map((one) => one.size));
  return written.filter(({ size }) => size > 0 && size < most * VANISHED).map(({ tensor, size, seq }) => ({ code: 'vanishing', function: null, tensor, seq, facts: { size: Number(size.toPrecision(3)), most: Number(most.toPrecision(3)) } }));
}
