// A broadcast both ways: which numbers of an input an op repeated, and which gradients are summed for them.

import { numbers } from './format.js';

/**
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').Value} Value
 * @typedef {import('./types.js').FunctionState} FunctionState
 * @typedef {import('./format.js').Scalar} Scalar
 * @typedef {{cells: Scalar[][], own: boolean[][]}} Spread  an array of two axes as the op used it; `own`: a number that is there without being repeated
 * @typedef {{cells: number[][], sums: number[][]}} Fold  the gradients of all copies, and what they are summed to: a row, a column or one number
 * @typedef {{function: number, op: string, input: number, tensor: number, output: number, from: number[], to: number[], axes: number[], copies: number, spread: Spread | null, summed: Value | null, fold: Fold | null}} Broadcast
 *   `axes` of the result along which the input was repeated; `fold` where the op's rule needs nothing but what was recorded
 */

const NEAR = 1e-4;
/** Ops that take their inputs element by element, and so repeat them where shapes ask for it. */
const ELEMENTWISE = new Set((
  'add add_scaled addcdiv addcmul atan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift bitwise_xor clamp_max_tensor clamp_min_tensor clamp_tensor copysign '
  + 'div div_mode eq expand floor_divide fmax fmin fmod gcd ge gt heaviside huber_loss hypot isclose lcm ldexp le lerp lerp_tensor logaddexp logaddexp2 '
  + 'logical_and logical_or logical_xor lt masked_fill masked_fill_tensor maximum minimum mse_loss mul ne pow_base pow_tensor pow_whole remainder remainder_base '
  + 'rsub rsub_scaled smooth_l1_loss sub sub_scaled where xlogy xlogy_base'
).split(' '));
/** Ops that repeat some of their inputs: what is added to a product, what a norm scales and shifts by. @type {Record<string, number[]>} */
const PARTLY = { addbmm: [0], addmm: [0], addmv: [0], addr: [0], baddbmm: [0], native_layer_norm: [1, 2] };
/** What each element of the result hands back for its copy of an input: g arrives, the inputs are x and y. @type {Record<string, ((g: number, x: number, y: number) => number)[]>} */
const RULES = {
  add: [(g) => g, (g) => g],
  sub: [(g) => g, (g) => -g],
  mul: [(g, x, y) => g * y, (g, x) => g * x],
  div: [(g, x, y) => g / y, (g, x, y) => (-g * x) / (y * y)],
};

/** The broadcasts that a tensor comes from, or goes into in the scene on show. @param {State} state @param {number} tensor @returns {Broadcast[]} */
export function broadcastsAt(state, tensor) {
  const found = [];
  for (const applied of state.functions.values()) {
    const made = applied.outputs[0] === tensor;
    if (!made && (applied.scene !== state.scene || !applied.inputs.includes(tensor))) continue;
    if (applied.aside || applied.outputs.length !== 1) continue;
    for (const [input, id] of applied.inputs.entries()) if (id !== null && (made || id === tensor)) found.push(broadcastOf(state, applied, input));
  }
  return found.filter((one) => one !== null);
}

/** @param {State} state @param {FunctionState} applied @param {number} input @returns {Broadcast | null} */
function broadcastOf(state, applied, input) {
  const source = state.tensors.get(applied.inputs[input] ?? -1);
  const result = state.tensors.get(applied.outputs[0]);
  if (!source || !result) return null;
  const [from, to] = [source.value.shape, result.value.shape];
  const axes = repeats(applied.op, input) ? repeatedAxes(from, to) : null;
  if (axes === null || axes.length === 0) return null;
  const sent = applied.sent.find((one) => one.input === input);
  return {
    function: applied.function, op: applied.op, input, tensor: source.tensor, output: result.tensor, from, to, axes, copies: axes.reduce((count, axis) => count * to[axis], 1),
    spread: spreadOf(source.value, to, axes), summed: sent?.value ?? null, fold: sent ? foldOf(state, applied, input, axes, sent.value) : null,
  };
}

/** Whether an op repeats this input where the result's shape asks for it. @param {string} op @param {number} input */
const repeats = (op, input) => ELEMENTWISE.has(op) || (Object.hasOwn(PARTLY, op) && PARTLY[op].includes(input));

/** The axes of a result along which an input was repeated; null where it was not broadcast to it. @param {number[]} from @param {number[]} to @returns {number[] | null} */
export function repeatedAxes(from, to) {
  const missing = to.length - from.length;
  if (missing < 0 || from.some((length, axis) => length !== 1 && length !== to[axis + missing])) return null;
  return to.flatMap((length, axis) => (length > 1 && (axis < missing || from[axis - missing] === 1) ? [axis] : []));
}

/** The numbers of an array as another shape of at most two axes sees them; null where there are more, or not all are known. @param {Value | undefined} value @param {number[]} to @returns {Scalar[][] | null} */
function seenAs(value, to) {
  const list = value && 'data' in value ? numbers(value) : null;
  if (list === null || to.length > 2) return null;
  const [rows, columns] = to.length === 2 ? to : [1, to[0] ?? 1];
  const shape = /** @type {Value} */ (value).shape;
  const width = shape.at(-1) ?? 1;
  const height = shape.length > 1 ? shape[shape.length - 2] : 1;
  return Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, column) => list[(height === 1 ? 0 : row) * width + (width === 1 ? 0 : column)]));
}

/** @param {Value} value @param {number[]} to @param {number[]} axes @returns {Spread | null} */
function spreadOf(value, to, axes) {
  const cells = seenAs(value, to);
  if (cells === null) return null;
  const [down, across] = [axes.includes(to.length - 2), axes.includes(to.length - 1)];
  return { cells, own: cells.map((row, r) => row.map((_, c) => (r === 0 || !down) && (c === 0 || !across))) };
}

/** @param {State} state @param {FunctionState} applied @param {number} input @param {number[]} axes @param {Value} summed @returns {Fold | null} */
function foldOf(state, applied, input, axes, summed) {
  const rule = Object.hasOwn(RULES, applied.op) ? RULES[applied.op][input] : undefined;
  const to = state.tensors.get(applied.outputs[0])?.value.shape ?? [];
  const [g, x, y] = [applied.reached?.gradients[0] ?? undefined, ...applied.inputs.slice(0, 2).map((id) => state.tensors.get(id ?? -1)?.value)].map((value) => seenAs(value, to));
  if (!rule || !g || !x || !y) return null;
  const cells = g.map((row, r) => row.map((one, c) => rule(Number(one), Number(x[r][c]), Number(y[r][c]))));
  const [down, across] = [axes.includes(to.length - 2) && to.length > 1, axes.includes(to.length - 1)];
  const rows = down ? [cells[0].map((_, c) => cells.reduce((sum, row) => sum + row[c], 0))] : cells;
  const sums = across ? rows.map((row) => [row.reduce((sum, one) => sum + one, 0)]) : rows;
  const known = 'data' in summed ? numbers(summed).map(Number) : [];
  const agrees = known.length === sums.flat().length && sums.flat().every((one, at) => Math.abs(one - known[at]) <= NEAR * Math.max(1, Math.abs(one)));
  return agrees ? { cells, sums } : null;
}
