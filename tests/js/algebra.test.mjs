import assert from 'node:assert/strict';
import test from 'node:test';
import { Algebra, evaluate, operations } from '../../static/js/state/algebra.js';
import { plainText } from './plain-text.mjs';
import { written } from '../../static/js/page/written.js';

const a = new Algebra();
const [x, y] = [a.symbol('x'), a.symbol('y')];
const n = (value) => a.number(value);

const told = ({ terms }) => terms.map(plainText).join('');

const EQUAL = [
  ['x + x is 2x', a.sum(x, x), a.product(n(2), x)],
  ['x - x is 0', a.less(x, x), n(0)],
  ['x y is y x', a.product(x, y), a.product(y, x)],
  ['x x is x^2', a.product(x, x), a.square(x)],
  ['x / x is 1', a.quotient(x, x), n(1)],
  ['(x^2)^3 is x^6', a.power(a.square(x), n(3)), a.power(x, n(6))],
  ['2 (3 x) is 6 x', a.product(n(2), a.product(n(3), x)), a.product(n(6), x)],
  ['d x^2 is 2 x', a.derivative(a.square(x), x), a.product(n(2), x)],
  ['d x^x by y is 0', a.derivative(a.power(x, x), y), n(0)],
  ['d tanh x is 1 - tanh^2 x', a.derivative(a.apply('tanh', x), x), a.less(n(1), a.square(a.apply('tanh', x)))],
  ['d x y by y is x', a.derivative(a.product(x, y), y), x],
  ['d exp(2x) is 2 exp(2x)', a.derivative(a.apply('exp', a.product(n(2), x)), x), a.product(n(2), a.apply('exp', a.product(n(2), x)))],
];

test('equal expressions are one object', () => {
  for (const [name, one, other] of EQUAL) assert.equal(one, other, name);
});

test('the square root of a square is not the number itself, which may be negative', () => {
  assert.equal(evaluate(a.power(a.square(x), n(0.5)), new Map([[x, -3]])), 3);
});

const POINTS = { acosh: [1.2, 3], asin: [-0.6, 0.3], acos: [-0.6, 0.3], atanh: [-0.6, 0.3], log: [0.2, 4] };
const NAMES = ['exp', 'log', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'sigmoid', 'softplus', 'erf', 'abs', 'sign', 'step'];

test('every function has the slope that finite differences find, alone and inside others', () => {
  for (const name of NAMES) {
    const alone = a.apply(name, x);
    for (const whole of [alone, a.product(a.square(alone), x), a.quotient(x, a.sum(a.square(alone), n(2)))]) {
      const slope = a.derivative(whole, x);
      for (const at of POINTS[name] ?? [-1.3, 0.4, 2.1]) {
        const h = 1e-5;
        const f = (value) => evaluate(whole, new Map([[x, value]]));
        const wanted = (f(at + h) - f(at - h)) / (2 * h);
        assert.ok(Math.abs(evaluate(slope, new Map([[x, at]])) - wanted) < 1e-7 * Math.max(1, Math.abs(wanted)), `${name} at ${at}`);
      }
    }
  }
});

test('erf is erf', () => {
  for (const [at, value] of [[0.5, 0.5204998778130465], [1, 0.8427007929497149], [-2, -0.9953222650189527], [7, 1]]) assert.ok(Math.abs(evaluate(a.apply('erf', n(at)), new Map()) - value) < 1e-14);
});

test('a power of both kinds has both parts of its slope', () => {
  const slope = a.derivative(a.power(x, y), y);
  assert.ok(Math.abs(evaluate(slope, new Map([[x, 2], [y, 3]])) - 8 * Math.log(2)) < 1e-12);
});

test('what is shared is worked out once, however often it would be written', () => {
  let tower = x;
  for (let level = 0; level < 40; level += 1) tower = a.apply('tanh', a.sum(tower, a.square(tower)));
  const slope = a.derivative(tower, x);
  assert.ok(operations(slope) > 1e9);
  assert.ok(Number.isFinite(evaluate(slope, new Map([[x, 0.5]]))));
});

test('what grows beyond all bounds is refused', () => {
  const other = new Algebra();
  const many = Array.from({ length: 200 }, (_, index) => other.symbol(`s${index}`));
  assert.throws(() => many.forEach((one) => other.derivative(other.product(...many), one)), RangeError);
});

const WRITTEN = [
  [a.less(a.square(x), n(1)), 'x^2−1'],
  [a.less(n(1), a.square(x)), '1−x^2'],
  [a.product(n(2), x, a.less(y, n(1))), '2x(y−1)'],
  [a.product(n(-1), x), '−x'],
  [a.quotient(x, a.square(y)), 'x/(y^2)'],
  [a.power(x, n(-1)), '1/(x)'],
  [a.power(a.sum(x, y), n(0.5)), '√(x+y)'],
  [a.square(a.apply('tanh', x)), 'tanh^2(x)'],
  [a.power(a.product(x, y), n(3)), '(x·y)^3'],
  [a.apply('exp', a.negative(x)), 'e^−x'],
  [a.less(x, a.sum(x, y, n(2))), 'x−(x+y+2)'],
  [a.apply('step', x), '[x>0]'],
];

test('formulas are written as a person writes them', () => {
  for (const [one, text] of WRITTEN) assert.equal(told(written(one, new Map(), [])), text);
});

test('what a variable names is written by its name and told below', () => {
  const whole = a.apply('tanh', a.sum(x, n(1)));
  const found = written(a.derivative(whole, x), new Map([[whole, 'h']]), ['x', 'h']);
  assert.equal(told(found), '1−h^2');
  assert.deepEqual(found.where.map(({ name, meaning }) => `${plainText(name)} = ${plainText(meaning)}`), ['h = tanh(x+1)']);
});

test('a long formula gets letters for what it repeats, other than the names of the program', () => {
  let tower = x;
  for (let level = 0; level < 6; level += 1) tower = a.apply('sin', a.sum(tower, a.square(tower)));
  const found = written(a.derivative(tower, x), new Map(), ['x', 'u']);
  assert.ok(found.where.length > 0);
  assert.ok(found.where.every(({ name }) => plainText(name) !== 'u'));
  assert.ok(found.size < written(a.derivative(tower, x), new Map(), ['x', 'u', 'v', 'p', 'q', 'r', 's', 'k', 'm', 'n', 'z']).size);
});
