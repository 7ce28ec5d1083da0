import { label } from '../state/labels.js';
import { node } from './formula.js';
import { t } from './language.js';

/**
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('./formula.js').Formula} Formula
 * @typedef {{formula: Formula, text: string, slot?: boolean}} Symbol  `slot`: one of several that a tensor has here, one for each of its places
 * @typedef {{loss: Symbol, output: Symbol, inputs: (Symbol | null)[], meanings: string[]}} Symbols  `meanings` tells the letters: "u = (w × x) + b"
 */

const LONGEST = { name: 9, expression: 5 };
const LETTERS = ['u', 'v', 'p', 'q', 's', 't', 'r', 'h'];
const SIMPLE = /^[\p{L}\p{N}_.[\]]+$/u;

/** A name in mathematics: one letter slants, a word stands, an expression is bracketed. @param {string} text @returns {Formula} */
export function symbol(text) {
  return SIMPLE.test(text) ? node('mi', text) : node('mrow', node('mo', '('), node('mtext', text), node('mo', ')'));
}

/** A symbol that says which tensor it names, so that what is pointed at can be shown elsewhere. @param {number} id @param {Formula} formula @returns {Formula} */
const naming = (id, formula) => ({ ...formula, attributes: { 'data-names': String(id) } });

/**
 * What the tensors of one function are called in its formulas: by their names; a long expression gets a letter, a tensor whose name the result
 * took over is the old one, and one tensor in two slots has an index for each, since the rule of a slot holds the other one fixed.
 * @param {FunctionState} applied @param {State} state @returns {Symbols}
 */
export function symbolsOf(applied, state) {
  const taken = new Set(state.names.keys());
  const letters = LETTERS.filter((letter) => !taken.has(letter));
  /** @type {Map<number, Symbol>} */
  const known = new Map();
  /** @type {string[]} */
  const meanings = [];

  /** @param {number} id @param {string[]} [own] letters to try first @param {boolean} [shared] whether its name means another tensor here @returns {Symbol} */
  function of(id, own = [], shared = false) {
    const before = known.get(id);
    if (before) return before;
    const text = label(state, id);
    const letter = !shared && [...text].length <= (SIMPLE.test(text) ? LONGEST.name : LONGEST.expression) ? undefined : [...own.filter((one) => !taken.has(one)), ...letters][0];
    if (letter !== undefined && letters.includes(letter)) letters.splice(letters.indexOf(letter), 1);
    const made = { text: letter ?? text, formula: naming(id, symbol(letter ?? text)) };
    if (letter !== undefined) meanings.push(shared ? t('symbol.root', { letter, name: text }) : `${letter} = ${text}`);
    known.set(id, made);
    return made;
  }

  const call = state.calls[applied.reached?.call ?? state.call ?? -1];
  const root = call === undefined ? undefined : state.tensors.get(call.roots[0]);
  const result = label(state, applied.outputs[0]);
  const loss = root ? of(root.tensor, ['L'], root.tensor !== applied.outputs[0] && label(state, root.tensor) === result) : { text: 'L', formula: symbol('L') };
  const output = of(applied.outputs[0], ['y', 'z']);
  const inputs = applied.inputs.map((id, slot) => {
    if (id === null) return null;
    const old = id === applied.outputs[0] || (label(state, id) === result && SIMPLE.test(result)) ? t('symbol.earlier') : '';
    const plain = old === '' ? of(id) : { text: `${result} (${old})`, formula: naming(id, symbol(result)) };
    const many = applied.inputs.indexOf(id) !== applied.inputs.lastIndexOf(id);
    if (!many && old === '') return plain;
    const place = many ? applied.inputs.slice(0, slot + 1).filter((other) => other === id).length : 0;
    const marks = [...(old === '' ? [] : [node('mtext', old)]), ...(many ? [node('mn', String(place))] : [])];
    return { text: `${plain.text}${many ? '₀₁₂₃₄₅₆₇₈₉'[place] ?? place : ''}`, formula: node('msub', plain.formula, marks.length === 1 ? marks[0] : node('mrow', ...marks)), slot: many };
  });
  const twice = inputs.filter((one) => one?.slot).map((one) => one?.text);
  if (twice.length > 0) meanings.push(`${twice.join(' = ')} = ${label(state, applied.inputs.find((_, slot) => inputs[slot]?.slot) ?? 0)}`);
  return { loss, output, inputs, meanings };
}
