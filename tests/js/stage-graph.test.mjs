import assert from 'node:assert/strict';
import test from 'node:test';
import { sameItems } from '../../static/js/stage/change.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { badgeText } from '../../static/js/state/signs.js';
import { Script, fanIn } from './stage-events.mjs';

const graphOf = (trace, scene = 0) => buildGraph(trace.at(trace.last), scene);
const card = (graph, tensor) => graph.cards.find((item) => item.tensor === tensor);

test('a value used twice by one op has an edge for each slot', () => {
  const { trace, x, y } = fanIn();
  const graph = graphOf(trace);
  assert.deepEqual(graph.edges.map((edge) => [edge.id, edge.from, edge.to]), [
    [`e${y.fn}.0`, `t${x}`, `t${y.tensor}`],
    [`e${y.fn}.1`, `t${x}`, `t${y.tensor}`],
    ['e1.0', `t${y.tensor}`, 't2'],
    ['e1.1', `t${x}`, 't2'],
  ]);
});

test('an op is a badge on the card of its only output', () => {
  const { trace, y } = fanIn();
  const graph = graphOf(trace);
  assert.equal(card(graph, y.tensor).badge, `f${y.fn}`);
  assert.equal(graph.badges.find((badge) => badge.function === y.fn).card, `t${y.tensor}`);
});

test('several outputs share one badge that stands alone', () => {
  const script = new Script();
  const x = script.leaf('x', { shape: [2], dtype: 'float32', data: [1, 2] });
  const parts = script.op('unbind', [x], 1, { name: 'p', outputs: 2 });
  const graph = graphOf(script.trace());
  assert.equal(graph.badges[0].card, null);
  assert.deepEqual(graph.edges.filter((edge) => edge.kind === 'output').map((edge) => edge.to), parts.tensors.map((id) => `t${id}`));
});

test('the kinds of tensors are told apart', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const x = script.leaf('x', 3, { requires_grad: false });
  const y = script.op('mul', [w, x], 6, { name: 'y' });
  const free = script.op('mul', [w, x], 6, { name: 'free', recorded: false });
  const detached = script.leaf('u', 6, { requires_grad: false, base: y.tensor });
  const graph = graphOf(script.trace());
  const kinds = [w, x, y.tensor, free.tensor, detached].map((id) => card(graph, id).kind);
  assert.deepEqual(kinds, ['leaf', 'constant', 'computed', 'untracked', 'untracked']);
  assert.equal(graph.edges.find((edge) => edge.id === `e${free.fn}.0`).cut, true);
  assert.equal(graph.edges.find((edge) => edge.id === `e${free.fn}.1`).cut, false);
  assert.deepEqual(graph.edges.filter((edge) => edge.kind === 'view').map((edge) => [edge.from, edge.to, edge.cut]), [[`t${y.tensor}`, `t${detached}`, true]]);
});

test('what is changed in place is joined to each function that wrote into it, in order', () => {
  const script = new Script();
  const x = script.leaf('x', 1);
  const y = script.op('mul', [x], 2, { name: 'y' });
  for (const [fn, op] of [[1, 'mul'], [2, 'add']]) {
    script.add('function-applied', { function: fn, op, name: 'InPlace', inputs: [y.tensor], settings: {}, saved: [], next: [['function', fn - 1, 0]], span: null, outputs: [{ tensor: y.tensor, value: { shape: [], dtype: 'float32', data: 3 }, requires_grad: true, is_leaf: false, base: null }] });
  }
  const graph = graphOf(script.trace());
  assert.deepEqual(graph.edges.map((edge) => [edge.from, edge.to, edge.kind]), [['f0', 'f1', 'output'], [`t${x}`, 'f0', 'data'], ['f1', `t${y.tensor}`, 'output']]);
});

test('bookkeeping on gradients and unused nameless results are not drawn', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const y = script.op('square', [w], 4, { name: 'y' });
  const handle = script.leaf(null, 4, { requires_grad: false, grad_of: w });
  const copy = script.op('clone', [handle], 4, { name: 'g', recorded: false });
  const scaled = script.op('mul', [handle], 0.4, { recorded: false });
  const test_ = script.op('lt', [y.tensor], 1, { recorded: false });
  const drawn = graphOf(script.trace()).cards.map((item) => item.tensor);
  assert.deepEqual(drawn, [w, y.tensor]);
  for (const hidden of [handle, copy.tensor, scaled.tensor, test_.tensor]) assert.ok(!drawn.includes(hidden));
});

test('a recorded dead end is drawn only while no backward pass shows that it is one', () => {
  const program = (withBackward) => {
    const script = new Script();
    const a = script.leaf('a', 2);
    const b = script.op('mul_number', [a], 4, { name: 'b', settings: { other: 2 }, next: [['accumulate', a]] });
    const size = script.op('norm', [b.tensor], 4, { next: [['function', b.fn, 0]] });
    script.op('lt', [size.tensor], true, { recorded: false });
    const kept = script.op('sum', [b.tensor], 4, { name: 'kept', next: [['function', b.fn, 0]] });
    if (withBackward) {
      script.add('backward-started', { call: 0, via: 'backward', roots: [b.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false });
      script.add('function-reached', { call: 0, function: b.fn, gradients: [{ shape: [], dtype: 'float32', data: 1 }] });
    }
    return { drawn: graphOf(script.trace()).cards.map((item) => item.tensor), a, b, size, kept };
  };
  const before = program(false);
  assert.ok(before.drawn.includes(before.size.tensor));
  const after = program(true);
  assert.deepEqual(after.drawn, [after.a, after.b.tensor, after.kept.tensor]);
});

test('a tensor without a variable shows a short expression', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const b = script.leaf('b', 2);
  const product = script.op('mul', [w, b], 4);
  const power = script.op('pow', [product.tensor], 16, { settings: { exponent: 2 } });
  const graph = graphOf(script.trace());
  assert.equal(card(graph, product.tensor).title, 'w × b');
  assert.equal(card(graph, power.tensor).title, '(w × b)²');
});

test('a leaf used over and over has twins in a large graph, or where its lines would be no fan to read', () => {
  const chain = (length) => {
    const script = new Script();
    const w = script.leaf('w', 0.9);
    let h = script.leaf('h', 1, { requires_grad: false });
    for (let index = 0; index < length; index += 1) h = script.op('mul', [w, h], 1, { name: `h${index}` }).tensor;
    return graphOf(script.trace());
  };
  assert.equal(chain(16).cards.filter((item) => item.twin).length, 0);
  assert.equal(chain(17).cards.filter((item) => item.twin).length, 16);
  const large = chain(120);
  assert.equal(large.cards.filter((item) => item.twin).length, 119);
  assert.equal(large.edges.filter((edge) => edge.from === 't0').length, 1);
});

test('after an edit an item is known by place and name, then by name, then by place', () => {
  const item = (id, key, place) => ({ id, key, place });
  const before = [item('t0', 'made|x|0', '1:4'), item('t1', 'mul|y|0', '2:4'), item('t2', 'tanh|z|0', '3:4')];
  const after = [item('t0', 'made|x|0', '1:4'), item('t1', 'relu|z|0', '3:4'), item('t2', 'mul|y|0', '9:4')];
  assert.deepEqual([...sameItems(before, after)], [['t0', 't0'], ['t1', 't2'], ['t2', 't1']]);
});

const BADGES = [
  ['mul', [0, 1], {}, '×'],
  ['mul', [0], { other: 0.01 }, '×0.01'],
  ['add', [0, null], { other: -1 }, '+(−1)'],
  ['sub', [0, null], { other: 1 }, '−1'],
  ['sub', [null, 0], { self: 1 }, '1−'],
  ['div', [0, null], { other: 2 }, '÷2'],
  ['pow', [0, null], { exponent: 2 }, 'x²'],
  ['pow', [0, null], { exponent: -1 }, 'x⁻¹'],
  ['pow', [0, 1], {}, 'xⁿ'],
  ['pow', [null, 0], { self: 2 }, '2ⁿ'],
  ['tanh', [0], {}, 'tanh'],
  ['mse_loss', [0, 1], { reduction: 'mean' }, 'MSE'],
  ['rsub_number', [0], { other: 1 }, '1−'],
  ['pow_base', [null, 0], { self: 2 }, '2ⁿ'],
  ['mul_number', [0], { other: -2.5 }, '×(−2.5)'],
  ['mean_dim', [0], { dim: [1] }, 'mean'],
  ['log_softmax', [0], { dim: 1 }, 'logsmax'],
  ['mm', [0, 1], {}, '@'],
];
for (const [op, inputs, settings, expected] of BADGES) {
  test(`the badge of ${op} ${JSON.stringify(settings)} says ${expected}`, () => {
    assert.equal(badgeText({ op, inputs, settings }), expected);
  });
}

test('each card knows which operations use it, once each', () => {
  const { trace } = fanIn();
  const graph = buildGraph(trace.at(trace.last), 0);
  assert.deepEqual(graph.cards.map(({ title, feeds }) => [title, feeds]), [['x', ['×', '+']], ['y', ['+']], ['z', []]]);
});
