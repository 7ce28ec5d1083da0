// A scalar program as one expression of its leaves: what its first backward call starts from, read from the recorded functions and never from the text.

import { Algebra, evaluate } from './algebra.js';
import { label } from './labels.js';
import { only } from './format.js';

/**
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').FunctionState} FunctionState
 * @typedef {import('./algebra.js').Expression} Expression
 * @typedef {{code: 'none' | 'arrays' | 'op' | 'changed' | 'large', op?: string}} Refusal  why there is no expression: no backward call, values that are no plain numbers, an op
 *   without one formula, a value changed in place, too many parts
 * @typedef {{algebra: Algebra, whole: Expression, loss: string, leaves: Map<number, Expression>, numbers: Map<Expression, number>, names: Map<Expression, string>, nodes: number}} Problem
 *   `leaves` by tensor; `names` of intermediate results that a variable names; `nodes` how many functions were recorded
 */

const MOST_FUNCTIONS = 400;
const AGREES = 1e-3;

/** Each op in terms of its inputs, by the textbook. @type {Record<string, (a: Algebra, inputs: Expression[], settings: Record<string, any>) => Expression>} */
const MEANINGS = {
  add: (a, [x, y]) => a.sum(x, y),
  add_scaled: (a, [x, y], { alpha }) => a.sum(x, a.product(a.number(alpha), y)),
  sub: (a, [x, y]) => a.less(x, y),
  sub_scaled: (a, [x, y], { alpha }) => a.less(x, a.product(a.number(alpha), y)),
  rsub_number: (a, [x, y]) => a.less(y, x),
  mul: (a, [x, y]) => a.product(x, y),
  div: (a, [x, y]) => a.quotient(x, y),
  reciprocal: (a, [x]) => a.power(x, a.number(-1)),
  pow: (a, [x, n]) => a.power(x, n),
  pow_tensor: (a, [x, n]) => a.power(x, n),
  pow_base: (a, [x, n]) => a.power(x, n),
  square: (a, [x]) => a.square(x),
  sqrt: (a, [x]) => a.power(x, a.number(0.5)),
  rsqrt: (a, [x]) => a.power(x, a.number(-0.5)),
  neg: (a, [x]) => a.negative(x),
  exp2: (a, [x]) => a.power(a.number(2), x),
  expm1: (a, [x]) => a.less(a.apply('exp', x), a.number(1)),
  log1p: (a, [x]) => a.apply('log', a.sum(x, a.number(1))),
  log2: (a, [x]) => a.product(a.number(1 / Math.LN2), a.apply('log', x)),
  log10: (a, [x]) => a.product(a.number(1 / Math.LN10), a.apply('log', x)),
  relu: (a, [x]) => a.product(x, a.apply('step', x)),
  leaky_relu: (a, [x], { negative_slope }) => a.sum(a.product(a.number(negative_slope), x), a.product(a.number(1 - negative_slope), x, a.apply('step', x))),
  silu: (a, [x]) => a.product(x, a.apply('sigmoid', x)),
  log_sigmoid: (a, [x]) => a.negative(a.apply('softplus', a.negative(x))),
  gelu: (a, [x]) => a.product(a.number(0.5), x, a.sum(a.apply('erf', a.product(a.number(Math.SQRT1_2), x)), a.number(1))),
  hypot: (a, [x, y]) => a.power(a.sum(a.square(x), a.square(y)), a.number(0.5)),
  lerp: (a, [x, y], { weight }) => a.sum(a.product(a.number(1 - weight), x), a.product(a.number(weight), y)),
  addcmul: (a, [x, y, z], { value }) => a.sum(x, a.product(a.number(value), y, z)),
  mse_loss: (a, [x, y]) => a.square(a.less(x, y)),
  ...Object.fromEntries(/** @type {const} */ (['exp', 'log', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'sigmoid', 'softplus', 'erf', 'abs', 'sign'])
    .map((name) => [name, (/** @type {Algebra} */ a, /** @type {Expression[]} */ [x]) => a.apply(name, x)])),
  ...Object.fromEntries(['sum', 'mean', 'prod', 'clone', 'view', 'to_copy', 'alias'].map((name) => [name, (/** @type {Algebra} */ _, /** @type {Expression[]} */ [x]) => x])),
};

/** Settings that stand where an input could. */
const PLAIN = ['self', 'other', 'exponent'];

/** What the first backward call of a run differentiates, as one expression; or why not. @param {Trace} trace @returns {Problem | Refusal} */
export function problemOf(trace) {
  const started = trace.events.first('backward-started');
  if (started?.roots.length !== 1) return { code: 'none' };
  try {
    return trace.peek(started.seq, (state) => read(state, started.roots[0], started.gradients[0] ?? null));
  } catch (error) {
    if (error instanceof RangeError) return { code: 'large' };
    throw error;
  }
}

/** @param {State} state @param {number} root @param {import('./types.js').Value | null} seed @returns {Problem | Refusal} */
function read(state, root, seed) {
  const functions = reachable(state, root);
  if (functions.length > MOST_FUNCTIONS) return { code: 'large' };
  const algebra = new Algebra();
  /** @type {Map<number, Expression>} */
  const known = new Map();
  /** @type {Problem} */
  const problem = { algebra, whole: algebra.number(0), loss: label(state, root), leaves: new Map(), numbers: new Map(), names: new Map(), nodes: functions.length };

  /** A tensor that the recorded graph ends in: a leaf, a constant, or what was cut off. @param {number} id @returns {Expression | null} */
  function end(id) {
    const tensor = state.tensors.get(id);
    const value = tensor && only(tensor.value);
    if (!tensor || tensor.value.shape.length > 0 || typeof value !== 'number') return null;
    if (!tensor.requires_grad && tensor.names.length === 0) return algebra.number(value);
    const made = algebra.symbol(label(state, id), id);
    problem.numbers.set(made, value);
    if (tensor.requires_grad) problem.leaves.set(id, made);
    return made;
  }

  for (const applied of functions) {
    const meaning = Object.hasOwn(MEANINGS, applied.op) ? MEANINGS[applied.op] : undefined;
    const output = state.tensors.get(applied.outputs[0]);
    if (output && output.value.shape.length > 0) return { code: 'arrays' };
    if (!meaning || applied.outputs.length !== 1) return { code: 'op', op: applied.op };
    if (!output || output.version > 0) return { code: 'changed' };
    const plain = PLAIN.flatMap((name) => (typeof applied.settings[name] === 'number' ? [applied.settings[name]] : []));
    /** @type {Expression[]} */
    const inputs = [];
    for (const id of applied.inputs) {
      if (id === null) {
        inputs.push(algebra.number(plain.shift() ?? NaN));
        continue;
      }
      const input = known.get(id) ?? end(id);
      if (!input) return { code: 'arrays' };
      known.set(id, input);
      inputs.push(input);
    }
    const made = meaning(algebra, [...inputs, ...plain.map((value) => algebra.number(value))], applied.settings);
    known.set(output.tensor, made);
    if (output.names.length > 0 && 'parts' in made && ![...problem.names.values()].includes(label(state, output.tensor))) problem.names.set(made, label(state, output.tensor));
  }
  const whole = known.get(root);
  const value = only(state.tensors.get(root)?.value ?? { shape: [1], dtype: '' });
  if (!whole || typeof value !== 'number') return { code: 'none' };
  const weight = seed === null ? 1 : only(seed);
  problem.whole = typeof weight === 'number' && weight !== 1 ? algebra.product(algebra.number(weight), whole) : whole;
  const found = evaluate(whole, problem.numbers);
  if (!(Math.abs(found - value) <= AGREES * Math.max(1, Math.abs(value)))) return { code: 'changed' };
  return problem;
}

/** The recorded functions that a tensor was computed by, each after those of its inputs. @param {State} state @param {number} root @returns {FunctionState[]} */
function reachable(state, root) {
  /** @type {Set<FunctionState>} */
  const found = new Set();
  const waiting = [root];
  for (let id = waiting.pop(); id !== undefined && found.size <= MOST_FUNCTIONS; id = waiting.pop()) {
    const { producer = null } = state.tensors.get(id) ?? {};
    const applied = producer === null ? undefined : state.functions.get(producer);
    if (!applied || applied.name === null || found.has(applied)) continue;
    found.add(applied);
    for (const input of applied.inputs) if (input !== null) waiting.push(input);
  }
  return [...found].sort((one, other) => one.function - other.function);
}
