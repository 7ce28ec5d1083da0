/**
 * The numbers of a program that are a leaf's elements: those that can be turned by hand.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {{name: string, index: number, value: number}} Literal  `index` counts the program's numbers; `name` is the leaf's, or an element of it such as w[1]
 * @typedef {{tensor: number, name: string, shape: number[], literals: Literal[]}} Leaf  without literals where its numbers do not stand in the program
 */
import { label } from '../state/labels.js';
import { numeralsIn } from './numerals.js';
import { offsetOf } from './source.js';

/** The leaves of a run that need gradients, in the order in which they were made. @param {Trace} trace @param {string} source @returns {Leaf[]} */
export function leavesOf(trace, source) {
  if (trace.last < 0) return [];
  const numerals = numeralsIn(source);
  return trace.peek(trace.last, (state) => [...state.tensors.values()].filter((tensor) => tensor.is_leaf && tensor.requires_grad && !tensor.aside && tensor.grad_of === null && tensor.producer === null).map((tensor) => {
    const made = trace.events.at(tensor.seq);
    const value = made?.kind === 'tensor-created' ? made.value : null;
    const name = label(state, tensor.tensor);
    return { tensor: tensor.tensor, name, shape: tensor.value.shape, literals: value && tensor.span ? literalsOf(value, tensor.span, source, numerals, name) : [] };
  }));
}

/**
 * @param {import('../state/types.js').Value} value @param {number[]} span @param {string} source @param {import('./numerals.js').Numeral[]} numerals @param {string} name
 * @returns {Literal[]}
 */
function literalsOf(value, [line, column, endLine, endColumn], source, numerals, name) {
  const wanted = flat(value.data);
  if (wanted.length === 0) return [];
  const from = offsetOf(source, line, column);
  const to = offsetOf(source, endLine, endColumn);
  const inside = numerals.flatMap((numeral, index) => (numeral.from >= from && numeral.to <= to ? [{ numeral, index }] : [])).slice(0, wanted.length);
  const same = inside.length === wanted.length && inside.every(({ numeral }, at) => Math.fround(numeral.value) === Math.fround(wanted[at].value));
  return same ? inside.map(({ numeral, index }, at) => ({ name: `${name}${wanted[at].path.map((one) => `[${one}]`).join('')}`, index, value: numeral.value })) : [];
}

/** @param {any} data @param {number[]} [path] @returns {{path: number[], value: number}[]} */
function flat(data, path = []) {
  if (Array.isArray(data)) return data.flatMap((part, index) => flat(part, [...path, index]));
  return typeof data === 'number' ? [{ path, value: data }] : [];
}
