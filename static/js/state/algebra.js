// Expressions of real numbers in a normal form, differentiated by the rules of a calculus book: not by the engine's, so that the two can be held against each other.

/**
 * Equal expressions are one object, so a shared part is held, differentiated and evaluated once, however often it is written.
 * @typedef {{sort: 'number', id: number, value: number}} Constant
 * @typedef {{sort: 'symbol', id: number, name: string}} Symbol
 * @typedef {{sort: 'sum', id: number, parts: Expression[]}} Sum  a constant comes last
 * @typedef {{sort: 'product', id: number, parts: Expression[]}} Product  a constant comes first
 * @typedef {{sort: 'power', id: number, parts: [Expression, Expression]}} Power
 * @typedef {{sort: 'function', id: number, name: FunctionName, parts: [Expression]}} Applied
 * @typedef {Constant | Symbol | Sum | Product | Power | Applied} Expression
 * @typedef {'exp' | 'log' | 'sin' | 'cos' | 'tan' | 'asin' | 'acos' | 'atan' | 'sinh' | 'cosh' | 'tanh' | 'asinh' | 'acosh' | 'atanh' | 'sigmoid' | 'softplus' | 'erf' | 'abs' | 'sign' | 'step'} FunctionName
 */

const MOST_PARTS = 20_000;

/** What each function is of a number. @type {Record<FunctionName, (x: number) => number>} */
const VALUES = {
  exp: Math.exp, log: Math.log, sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, sinh: Math.sinh, cosh: Math.cosh,
  tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, abs: Math.abs, sign: Math.sign,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  step: (x) => (x > 0 ? 1 : 0),
  erf,
};

/** erf by its series, which converges for all x; from 6 on it is 1 to the last digit. @param {number} x @returns {number} */
function erf(x) {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** The derivative of each function of u by u. @type {Record<FunctionName, (a: Algebra, u: Expression, whole: Expression) => Expression>} */
const SLOPES = {
  exp: (a, u, whole) => whole,
  log: (a, u) => a.power(u, a.number(-1)),
  sin: (a, u) => a.apply('cos', u),
  cos: (a, u) => a.negative(a.apply('sin', u)),
  tan: (a, u) => a.power(a.apply('cos', u), a.number(-2)),
  asin: (a, u) => a.power(a.less(a.number(1), a.square(u)), a.number(-0.5)),
  acos: (a, u) => a.negative(a.power(a.less(a.number(1), a.square(u)), a.number(-0.5))),
  atan: (a, u) => a.power(a.sum(a.square(u), a.number(1)), a.number(-1)),
  sinh: (a, u) => a.apply('cosh', u),
  cosh: (a, u) => a.apply('sinh', u),
  tanh: (a, u, whole) => a.less(a.number(1), a.square(whole)),
  asinh: (a, u) => a.power(a.sum(a.square(u), a.number(1)), a.number(-0.5)),
  acosh: (a, u) => a.power(a.less(a.square(u), a.number(1)), a.number(-0.5)),
  atanh: (a, u) => a.power(a.less(a.number(1), a.square(u)), a.number(-1)),
  sigmoid: (a, u, whole) => a.product(whole, a.less(a.number(1), whole)),
  softplus: (a, u) => a.apply('sigmoid', u),
  erf: (a, u) => a.product(a.number(2 / Math.sqrt(Math.PI)), a.apply('exp', a.negative(a.square(u)))),
  abs: (a, u) => a.apply('sign', u),
  sign: (a) => a.number(0),
  step: (a) => a.number(0),
};

/** Makes expressions. A RangeError ends what would grow beyond all bounds. */
export class Algebra {
  /** @type {Map<string, Expression>} */
  #known = new Map();
  #parts = 0;

  /** @param {string} key @param {() => any} make @returns {any} */
  #once(key, make) {
    const known = this.#known.get(key);
    if (known) return known;
    const made = { id: this.#known.size, ...make() };
    this.#parts += 1 + (made.parts?.length ?? 0);
    if (this.#parts > MOST_PARTS) throw new RangeError(`expected an expression of at most ${MOST_PARTS} parts`);
    this.#known.set(key, made);
    return made;
  }

  /** @param {number} value @returns {Constant} */
  number(value) {
    return this.#once(`n${value}`, () => ({ sort: 'number', value }));
  }

  /** Two symbols are the same where their keys are. @param {string} name @param {string | number} [key] @returns {Symbol} */
  symbol(name, key = name) {
    return this.#once(`s${key}`, () => ({ sort: 'symbol', name }));
  }

  /** @param {...Expression} terms @returns {Expression} */
  sum(...terms) {
    let constant = 0;
    /** @type {Map<Expression, number>} */
    const factors = new Map();
    for (const term of terms.flatMap((one) => (one.sort === 'sum' ? one.parts : [one]))) {
      const [factor, rest] = split(this, term);
      if (rest === null) constant += factor;
      else factors.set(rest, (factors.get(rest) ?? 0) + factor);
    }
    const parts = [...factors].filter(([, factor]) => factor !== 0).map(([rest, factor]) => this.product(this.number(factor), rest));
    if (constant !== 0 || parts.length === 0) parts.push(this.number(constant));
    return parts.length === 1 ? parts[0] : this.#once(`+${ids(parts)}`, () => ({ sort: 'sum', parts }));
  }

  /** @param {...Expression} factors @returns {Expression} */
  product(...factors) {
    let constant = 1;
    /** @type {Map<Expression, Expression[]>} */
    const exponents = new Map();
    for (const factor of factors.flatMap((one) => (one.sort === 'product' ? one.parts : [one]))) {
      if (factor.sort === 'number') {
        constant *= factor.value;
        continue;
      }
      /** @type {[Expression, Expression]} */
      const [base, exponent] = factor.sort === 'power' ? factor.parts : [factor, this.number(1)];
      exponents.set(base, [...(exponents.get(base) ?? []), exponent]);
    }
    if (constant === 0) return this.number(0);
    /** @type {Expression[]} */
    const parts = [...exponents].map(([base, all]) => this.power(base, this.sum(...all))).filter((part) => {
      if (part.sort === 'number') constant *= part.value;
      return part.sort !== 'number';
    });
    if (constant !== 1 || parts.length === 0) parts.unshift(this.number(constant));
    return parts.length === 1 ? parts[0] : this.#once(`*${ids(parts)}`, () => ({ sort: 'product', parts }));
  }

  /** @param {Expression} base @param {Expression} exponent @returns {Expression} */
  power(base, exponent) {
    if (exponent.sort === 'number') {
      if (exponent.value === 0) return this.number(1);
      if (exponent.value === 1) return base;
      if (base.sort === 'number' && Number.isFinite(base.value ** exponent.value)) return this.number(base.value ** exponent.value);
      const inner = base.sort === 'power' ? base.parts[1] : undefined;
      if (base.sort === 'power' && inner?.sort === 'number' && Number.isInteger(exponent.value)) return this.power(base.parts[0], this.number(inner.value * exponent.value));
    }
    return this.#once(`^${base.id},${exponent.id}`, () => ({ sort: 'power', parts: [base, exponent] }));
  }

  /** @param {FunctionName} name @param {Expression} argument @returns {Expression} */
  apply(name, argument) {
    if (argument.sort === 'number') return this.number(VALUES[name](argument.value));
    return this.#once(`${name}(${argument.id}`, () => ({ sort: 'function', name, parts: [argument] }));
  }

  /** @param {Expression} one */
  negative(one) {
    return this.product(this.number(-1), one);
  }

  /** @param {Expression} one @param {Expression} other */
  less(one, other) {
    return this.sum(one, this.negative(other));
  }

  /** @param {Expression} one */
  square(one) {
    return this.power(one, this.number(2));
  }

  /** @param {Expression} one @param {Expression} other */
  quotient(one, other) {
    return this.product(one, this.power(other, this.number(-1)));
  }

  /** The derivative of an expression by a symbol. @param {Expression} whole @param {Expression} by @returns {Expression} */
  derivative(whole, by) {
    /** @type {Map<Expression, Expression>} */
    const known = new Map();
    for (const one of inOrder(whole)) known.set(one, this.#slope(one, by, known));
    return /** @type {Expression} */ (known.get(whole));
  }

  /** @param {Expression} one @param {Expression} by @param {Map<Expression, Expression>} known of its parts @returns {Expression} */
  #slope(one, by, known) {
    const of = (/** @type {Expression} */ part) => /** @type {Expression} */ (known.get(part));
    switch (one.sort) {
      case 'number':
        return this.number(0);
      case 'symbol':
        return this.number(one === by ? 1 : 0);
      case 'sum':
        return this.sum(...one.parts.map(of));
      case 'product':
        return this.sum(...one.parts.map((part, at) => (isZero(of(part)) ? this.number(0) : this.product(of(part), ...one.parts.filter((_, other) => other !== at)))));
      case 'power': {
        const [base, exponent] = one.parts;
        const [dBase, dExponent] = one.parts.map(of);
        const byBase = isZero(dBase) ? this.number(0) : this.product(exponent, this.power(base, this.less(exponent, this.number(1))), dBase);
        return isZero(dExponent) ? byBase : this.sum(byBase, this.product(one, this.apply('log', base), dExponent));
      }
      case 'function': {
        const [argument] = one.parts;
        return isZero(of(argument)) ? this.number(0) : this.product(SLOPES[one.name](this, argument, one), of(argument));
      }
      default:
        return assertNever(one);
    }
  }
}

/** Every part of an expression once, each after its own parts. @param {Expression} whole @returns {Expression[]} */
export function inOrder(whole) {
  /** @type {Set<Expression>} */
  const done = new Set();
  /** @type {[Expression, boolean][]} */
  const waiting = [[whole, false]];
  while (waiting.length > 0) {
    const [one, opened] = /** @type {[Expression, boolean]} */ (waiting.pop());
    if (done.has(one)) continue;
    if (opened || !('parts' in one)) done.add(one);
    else waiting.push([one, true], ...one.parts.map((part) => /** @type {[Expression, boolean]} */ ([part, false])));
  }
  return [...done];
}

/** What an expression is where its symbols are numbers. @param {Expression} whole @param {Map<Expression, number>} numbers @returns {number} */
export function evaluate(whole, numbers) {
  /** @type {Map<Expression, number>} */
  const known = new Map();
  for (const one of inOrder(whole)) {
    const parts = 'parts' in one ? one.parts.map((part) => /** @type {number} */ (known.get(part))) : [];
    if (one.sort === 'number') known.set(one, one.value);
    else if (one.sort === 'symbol') known.set(one, numbers.get(one) ?? NaN);
    else if (one.sort === 'sum') known.set(one, parts.reduce((sum, part) => sum + part, 0));
    else if (one.sort === 'product') known.set(one, parts.reduce((product, part) => product * part, 1));
    else if (one.sort === 'power') known.set(one, parts[0] ** parts[1]);
    else known.set(one, VALUES[one.name](parts[0]));
  }
  return known.get(whole) ?? NaN;
}

/** How many operations an expression has when it is written out, its shared parts each time. @param {Expression} whole */
export function operations(whole) {
  /** @type {Map<Expression, number>} */
  const known = new Map();
  for (const one of inOrder(whole)) {
    const own = 'parts' in one ? (one.sort === 'function' ? 1 : one.parts.length - 1) : 0;
    known.set(one, own + ('parts' in one ? one.parts.reduce((sum, part) => sum + (known.get(part) ?? 0), 0) : 0));
  }
  return known.get(whole) ?? 0;
}

/** A term as a number times the rest; null where it is a number alone. @param {Algebra} algebra @param {Expression} term @returns {[number, Expression | null]} */
function split(algebra, term) {
  if (term.sort === 'number') return [term.value, null];
  const [first, ...rest] = term.sort === 'product' ? term.parts : [term];
  return first.sort === 'number' ? [first.value, algebra.product(...rest)] : [1, term];
}

/** @param {Expression} one */
const isZero = (one) => one.sort === 'number' && one.value === 0;

/** @param {Expression[]} parts */
const ids = (parts) => parts.map((part) => part.id).sort((one, other) => one - other).join();

/** @param {never} one @returns {never} */
function assertNever(one) {
  throw new TypeError(`expected an expression, got ${JSON.stringify(one)}`);
}
