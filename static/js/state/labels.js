// What a tensor is called: its variable, or the expression that made it.

import { number, only, shape } from './format.js';
import { infixSign, opName, superscript } from './symbols.js';

export { opName };

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').FunctionState} FunctionState */

const DEEPEST = 2;
const LONGEST = 28;

/**
 * A function's operands as text: tensors by `tell`, plain numbers as they stand, in the order they were written.
 * @param {FunctionState} applied
 * @param {(tensor: number) => string} tell
 * @returns {string[]}
 */
export function operands(applied, tell) {
  const plain = ['self', 'other', 'exponent'].filter((key) => typeof applied.settings[key] === 'number').map((key) => applied.settings[key]);
  const told = applied.inputs.map((id) => {
    if (id !== null) return tell(id);
    const value = plain.shift();
    return value === undefined ? null : plainNumber(value);
  });
  const first = typeof applied.settings.self === 'number' && told.length === 1;
  const rest = plain.map(plainNumber);
  const all = (first ? [...rest, ...told] : [...told, ...rest]).filter((text) => text !== null);
  return opName(applied.op) === 'rsub' ? all.reverse() : all;
}

/** A plain Python number as a person would write it. @param {number} value @returns {string} */
export function plainNumber(value) {
  return number(value, Number.isInteger(value) ? 'int64' : 'float64');
}

/**
 * The name of a tensor, or a short expression such as `x1 × w1`, or its number or shape.
 * @param {State} state
 * @param {number} id
 * @param {number} [depth]
 * @returns {string}
 */
export function label(state, id, depth = 0) {
  const tensor = state.tensors.get(id);
  if (!tensor) return '?';
  if (tensor.name !== null) return tensor.name;
  const owner = tensor.grad_of === null ? undefined : state.tensors.get(tensor.grad_of);
  if (owner) return `${label(state, owner.tensor, depth + 1)}.grad`;
  const applied = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  if (!applied) {
    const value = only(tensor.value);
    return value === undefined ? `[${shape(tensor.value.shape)}]` : number(value, tensor.value.dtype);
  }
  return expression(state, applied, depth);
}

/** @param {State} state @param {FunctionState} applied @param {number} depth @returns {string} */
function expression(state, applied, depth) {
  if (depth >= DEEPEST) return '…';
  const op = opName(applied.op);
  const sign = infixSign(op);
  const told = operands(applied, (id) => {
    const text = label(state, id, depth + 1);
    return sign && / /.test(text) ? `(${text})` : text;
  });
  const power = op === 'pow' && told.length === 2 ? superscript(told[1]) : undefined;
  if (power) return told[0] + power;
  const text = sign && told.length === 2 ? told.join(` ${sign} `) : `${op}(${told.join(', ')})`;
  return text.length <= LONGEST ? text : `${op}(…)`;
}

/** The tensor that a node saved under a name of PyTorch's, where the name alone says which. @param {Pick<FunctionState, 'op' | 'inputs' | 'outputs'>} applied @param {string} name */
export function keptAs({ op, inputs, outputs }, name) {
  /** @type {Record<string, number | null | undefined>} */
  const known = op.endsWith('_backward') ? {} : { self: inputs[0], other: inputs[1], result: outputs[0] };
  return known[name] ?? null;
}
