import assert from 'node:assert/strict';
import { test } from 'node:test';
import { symbolsOf } from '../../static/js/page/symbols.js';
import { Script } from './stage-events.mjs';

/** @param {any} tree @returns {string} */
const text = (tree) => (typeof tree === 'string' ? tree : tree.tag === 'msub' ? tree.children.map(text).join('_') : tree.children.map(text).join(''));

/** @param {Script} script @param {number} fn */
function named(script, fn) {
  const trace = script.trace();
  const state = trace.at(trace.last);
  const { loss, output, inputs, meanings } = symbolsOf(/** @type {any} */ (state.functions.get(fn)), state);
  return { loss: text(loss.formula), output: text(output.formula), inputs: inputs.map((one) => one && text(one.formula)), meanings };
}

const one = { shape: [], dtype: 'float32', data: 1 };
const OLD = 'symbol.earlier';

test('a result that takes the name of an input leaves it the old one', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  const first = script.op('mul', [x, x], 4, { name: 'y' });
  const again = script.op('mul', [first.tensor, x], 8, { name: 'y' });
  assert.deepEqual(named(script, again.fn).inputs, [`y_${OLD}`, 'x']);
  assert.deepEqual(named(script, first.fn).inputs, ['x_1', 'x_2']);
  const twice = script.op('mul', [again.tensor, again.tensor], 64, { name: 'y' });
  assert.deepEqual(named(script, twice.fn).inputs, [`y_${OLD}1`, `y_${OLD}2`]);
});

test('what is changed in place is told from what it was', () => {
  const script = new Script();
  const x = script.leaf('x', 1);
  const b = script.op('mul', [x], 2, { name: 'b', settings: { other: 2 } });
  script.add('function-applied', { function: 1, op: 'add', name: 'AddBackward0', inputs: [b.tensor], settings: { other: 1 }, saved: [], next: [['function', b.fn, 0]], span: null, outputs: [{ tensor: b.tensor, value: one, requires_grad: true, is_leaf: false, base: null }] });
  const { output, inputs } = named(script, 1);
  assert.deepEqual([output, ...inputs], ['b', `b_${OLD}`]);
});

test('a loss that bears the name of another tensor of the formula has a letter', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  const first = script.op('mul', [x, x], 4, { name: 'y' });
  const last = script.op('exp', [first.tensor], 54, { name: 'y' });
  script.add('backward-started', { call: 0, via: 'backward', roots: [last.tensor], gradients: [one], retain_graph: false, create_graph: false });
  const { loss, output, meanings } = named(script, first.fn);
  assert.deepEqual([loss, output], ['L', 'y']);
  assert.equal(meanings[0], 'symbol.root');
});

test('an expression has a letter where it would crowd the fraction, a short name stays', () => {
  const script = new Script();
  const weight = script.leaf('weight', 2);
  const sum = script.op('add', [weight, weight], 4);
  const square = script.op('mul', [sum.tensor, weight], 8, { name: 'z' });
  assert.deepEqual(named(script, square.fn).inputs, ['u', 'weight']);
});
