/**
 * Expressions as formulas. What a variable names is written by its name and told below; a long formula gets letters for the parts that it repeats.
 * @typedef {import('../state/algebra.js').Expression} Expression
 * @typedef {import('./formula.js').Formula} Formula
 * @typedef {{terms: Formula[], where: {name: Formula, meaning: Formula}[], size: number}} Written  `terms` of the sum that it is, each with its sign but the first;
 *   `size` is how many numbers, names and signs are written
 */
import { inOrder } from '../state/algebra.js';
import { node } from './formula.js';
import { symbol } from './symbols.js';

const LONG = 40;
const LEAST_SHARED = 4;
const LETTERS = ['u', 'v', 'p', 'q', 'r', 's', 'k', 'm', 'n', 'z'];
const POWERS_OF_NAME = new Set(['sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh']);
const DIGITS = 6;

/**
 * @param {Expression} whole
 * @param {Map<Expression, string>} names variables of the program
 * @param {Iterable<string>} taken names that letters must not be
 * @returns {Written}
 */
export function written(whole, names, taken) {
  const short = compose(whole, names);
  if (short.size <= LONG) return short;
  const free = LETTERS.filter((letter) => ![...taken].includes(letter));
  const uses = new Map();
  for (const one of inOrder(whole)) if ('parts' in one) for (const part of one.parts) uses.set(part, (uses.get(part) ?? 0) + 1);
  const lettered = new Map(names);
  for (const [one, count] of uses) {
    if (count < 2 || free.length === 0 || lettered.has(one) || !('parts' in one) || compose(one, names).size < LEAST_SHARED) continue;
    lettered.set(one, /** @type {string} */ (free.shift()));
  }
  return compose(whole, lettered);
}

/** @param {Expression} whole @param {Map<Expression, string>} names @returns {Written} */
function compose(whole, names) {
  /** @type {Map<Expression, string>} */
  const told = new Map();
  let size = 0;

  /** @param {Expression} one @param {boolean} [open] its own name does not stand for it @returns {Formula} */
  function write(one, open = false) {
    const name = open ? undefined : names.get(one);
    size += 1;
    if (name !== undefined) {
      told.set(one, name);
      return symbol(name);
    }
    switch (one.sort) {
      case 'number':
        return numeralOf(one.value);
      case 'symbol':
        return symbol(one.name);
      case 'sum':
        return sumOf(one.parts);
      case 'product':
        return productOf(one.parts);
      case 'power':
        return powerOf(one.parts[0], one.parts[1]);
      default:
        return functionOf(one.name, one.parts[0], null);
    }
  }

  /** What stands for itself as a factor, a base, a term. @param {Expression} one @param {'factor' | 'base'} place */
  function inner(one, place) {
    const loose = !names.has(one) && (one.sort === 'sum' || (place === 'base' && (one.sort === 'product' || one.sort === 'power' || one.sort === 'function')) || (one.sort === 'number' && one.value < 0));
    const formula = write(one);
    return loose ? node('mrow', node('mo', '('), formula, node('mo', ')')) : formula;
  }

  /** @param {Expression[]} parts */
  function sumOf(parts) {
    const falls = (/** @type {Expression} */ part) => isNegative(part) && !names.has(part);
    const ordered = [...parts.filter((part) => !falls(part)), ...parts.filter(falls)];
    return node('mrow', ...ordered.flatMap((part, index) => {
      if (!falls(part)) return index === 0 ? [write(part)] : [node('mo', '+'), write(part)];
      return [node('mo', '−'), positive(part)];
    }));
  }

  /** A negative term without its sign. @param {Expression} part */
  function positive(part) {
    if (part.sort === 'number') return numeralOf(-part.value);
    const [first, ...rest] = 'parts' in part ? part.parts : [];
    const value = first.sort === 'number' ? first.value : NaN;
    if (value !== -1) return productOf([{ sort: 'number', id: -1, value: -value }, ...rest]);
    return rest.length === 1 ? inner(rest[0], 'factor') : productOf(rest);
  }

  /** @param {readonly Expression[]} parts @returns {Formula} */
  function productOf(parts) {
    const [first, ...rest] = parts;
    if (first.sort === 'number' && first.value < 0) return node('mrow', node('mo', '−'), first.value === -1 ? productOf(rest) : productOf([{ ...first, value: -first.value }, ...rest]));
    const below = parts.filter((part) => !names.has(part) && part.sort === 'power' && exponentOf(part) < 0);
    if (below.length > 0) {
      const above = parts.filter((part) => !below.includes(part));
      return node('mfrac', above.length === 0 ? node('mn', '1') : productOf(above), productOf(below.map(flipped)));
    }
    if (parts.length === 1) return parts[0].sort === 'power' ? powerOf(parts[0].parts[0], parts[0].parts[1]) : write(parts[0]);
    const ordered = [...parts.filter((part) => part.sort === 'number'), ...parts.filter((part) => part.sort !== 'number' && !isBracketed(part)), ...parts.filter(isBracketed)];
    return node('mrow', ...ordered.flatMap((part, index) => {
      const before = ordered[index - 1];
      return [...(index === 0 || before.sort === 'number' || isBracketed(part) ? [] : [node('mo', '·')]), inner(part, 'factor')];
    }));
  }

  /** @param {Expression} part */
  const isBracketed = (part) => part.sort === 'sum' && !names.has(part);

  /** @param {Expression} base @param {Expression} exponent @returns {Formula} */
  function powerOf(base, exponent) {
    if (exponent.sort === 'number') {
      if (exponent.value < 0) return node('mfrac', node('mn', '1'), exponent.value === -1 ? write(base) : powerOf(base, { ...exponent, value: -exponent.value }));
      if (exponent.value === 0.5) return node('msqrt', write(base));
      if (base.sort === 'function' && !names.has(base) && POWERS_OF_NAME.has(base.name)) return functionOf(base.name, base.parts[0], numeralOf(exponent.value));
    }
    return node('msup', inner(base, 'base'), write(exponent));
  }

  /** @param {string} name @param {Expression} argument @param {Formula | null} power @returns {Formula} */
  function functionOf(name, argument, power) {
    const inside = write(argument);
    if (name === 'exp') return node('msup', node('mi', 'e'), inside);
    if (name === 'abs') return node('mrow', node('mo', '|'), inside, node('mo', '|'));
    if (name === 'step') return node('mrow', node('mo', '['), inside, node('mo', '>'), node('mn', '0'), node('mo', ']'));
    const sign = node('mi', name === 'sigmoid' ? 'σ' : name);
    return node('mrow', power ? node('msup', sign, power) : sign, node('mrow', node('mo', '('), inside, node('mo', ')')));
  }

  const formula = write(whole, true);
  const terms = whole.sort === 'sum' ? termsOf(formula) : [formula];
  /** @type {Written['where']} */
  const where = [];
  for (const [one, name] of told) where.push({ name: symbol(name), meaning: write(one, true) });
  return { terms, where, size };
}

/** A sum's terms, so that a long one can be broken into lines. @param {Formula} sum @returns {Formula[]} */
function termsOf(sum) {
  /** @type {Formula[]} */
  const terms = [];
  for (const child of sum.children) {
    const sign = typeof child === 'object' && child.tag === 'mo';
    if (terms.length === 0) terms.push(node('mrow', child));
    else if (sign) terms.push(node('mrow', { ...child, attributes: { form: 'infix' } }));
    else terms[terms.length - 1].children.push(child);
  }
  return terms;
}

/** @param {Expression} part */
function isNegative(part) {
  if (part.sort === 'number') return part.value < 0;
  return part.sort === 'product' && part.parts[0].sort === 'number' && part.parts[0].value < 0;
}

/** @param {Expression} part */
function exponentOf(part) {
  const exponent = part.sort === 'power' ? part.parts[1] : null;
  return exponent?.sort === 'number' ? exponent.value : 0;
}

/** x⁻² as x². @param {Expression} part @returns {Expression} */
function flipped(part) {
  if (part.sort !== 'power') return part;
  const value = -exponentOf(part);
  return value === 1 ? part.parts[0] : { ...part, parts: [part.parts[0], { sort: 'number', id: -1, value }] };
}

/** @param {number} value @returns {Formula} */
function numeralOf(value) {
  const text = String(Number(Math.abs(value).toPrecision(DIGITS)));
  return value < 0 ? node('mrow', node('mo', '−'), node('mn', text)) : node('mn', text);
}
