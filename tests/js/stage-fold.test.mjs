import assert from 'node:assert/strict';
import test from 'node:test';
import { closedOf, groupsOf, NO_FOLDS } from '../../static/js/stage/fold.js';
import { buildGraph, edgeOf } from '../../static/js/stage/graph.js';
import { edgeFacts } from '../../static/js/stage/moment.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script } from './stage-events.mjs';

const scalar = (/** @type {number} */ data) => ({ shape: [], dtype: 'float32', data });

/** `y = layer(x)` twice in a row, each of a product with a weight of its own and a sum; then a loss of one function. */
function layers() {
  const script = new Script();
  const x = script.leaf('x', 1, { requires_grad: false });
  const made = [];
  let value = x;
  for (const name of ['net.0.w', 'net.1.w']) {
    const w = script.leaf(name, 2);
    script.add('scope-entered', { scope: 'module', label: 'Layer' }).add('scope-entered', { scope: 'function', label: 'Layer.forward' });
    const product = script.op('mul', [value, w], 2, { saved: ['self', 'other'], next: [null, ['accumulate', w]] });
    const sum = script.op('add', [product.tensor, value], 3, { next: [['function', product.fn, 0], null] });
    script.add('scope-left', { scope: 'function', label: 'Layer.forward' }).add('scope-left', { scope: 'module', label: 'Layer' });
    made.push({ w, product, sum });
    value = sum.tensor;
  }
  const loss = script.op('exp', [value], 20, { name: 'loss', next: [['function', made[1].sum.fn, 0]] });
  return { script, x, made, loss };
}

const all = (/** @type {any} */ state) => groupsOf([...state.functions.values()]);

test('of scopes that hold the same functions the outermost is a group, and each call is one', () => {
  const { script, made } = layers();
  const trace = script.trace();
  const groups = all(trace.at(trace.last));
  assert.deepEqual(groups.map((group) => [group.label, group.functions]), made.map(({ product, sum }) => ['Layer', [product.fn, sum.fn]]));
  assert.equal(new Set(groups.map((group) => group.key)).size, 2);
  assert.deepEqual(all(layers().script.trace().at(trace.last)).map((group) => group.key), groups.map((group) => group.key));
});

test('the turns of a loop without a variable are counted from the first to the last', () => {
  const script = new Script();
  let value = script.leaf('x', 1, { requires_grad: false });
  for (let turn = 1; turn <= 3; turn += 1) {
    script.add('scope-entered', { scope: 'loop', label: `while · ${turn}` });
    value = script.op('add', [value, value], turn).tensor;
    script.add('scope-left', { scope: 'loop' });
  }
  const trace = script.trace();
  assert.deepEqual(all(trace.at(trace.last)).flatMap(({ kind, label }) => (kind === 'turns' ? [label] : [])), ['while · 1 … 3']);
});

test('a closed group is a badge on what it gives back, and keeps to itself what only it knows', () => {
  const { script, x, made, loss } = layers();
  const trace = script.trace();
  const state = trace.at(trace.last);
  const [first] = all(state);
  const graph = buildGraph(state, 0, { open: new Set(), closed: new Set([first.key]) });
  assert.deepEqual(graph.cards.map((card) => card.tensor), [x, made[0].sum.tensor, made[1].w, made[1].product.tensor, made[1].sum.tensor, loss.tensor]);
  const badge = graph.badges.find((one) => one.fold);
  assert.equal(badge?.text, 'Layer (2)');
  assert.equal(badge?.card, `t${made[0].sum.tensor}`);
  const edges = graph.edges.filter((edge) => edge.to === badge?.card);
  assert.deepEqual(edges.map((edge) => [edge.id, edge.from, edge.also]), [[`e${made[0].product.fn}.0`, `t${x}`, [{ function: made[0].sum.fn, input: 1 }]]]);
  assert.equal(edgeOf(graph, { function: made[0].sum.fn, input: 1 }), edges[0]);
});

test('a closed group works while one of its functions runs, and its lamp goes out with the last', () => {
  const { script, made, loss } = layers();
  const open = script.events.length - 1;
  script.add('backward-started', { call: 0, via: 'backward', roots: [loss.tensor], gradients: [scalar(1)], retain_graph: false, create_graph: false });
  script.add('function-reached', { call: 0, function: made[0].product.fn, gradients: [scalar(1)] });
  script.add('buffers-freed', { call: 0, functions: [made[0].product.fn] });
  const trace = script.trace();
  const [first] = all(trace.at(open));
  const graph = buildGraph(trace.at(open), 0, { open: new Set(), closed: new Set([first.key]) });
  const faces = facesOf(graph, trace.at(open), estimate);
  const item = (/** @type {number} */ at) => pictureOf(graph, faces, trace.at(at), { view: 'values', scale: { least: 0, most: 0 }, translate: (key) => key, from: at }).badges.get(`f${first.functions[0]}~${first.depth}`);
  assert.deepEqual([item(open)?.mark, item(open)?.lamps[0].lit], ['', true]);
  assert.deepEqual([item(open + 2)?.mark, item(open + 2)?.lamps[0].lit], ['running', true]);
  assert.equal(item(open + 3)?.lamps[0].lit, false);
});

test('what another function writes into is not folded away from it', () => {
  const { script, made } = layers();
  script.add('function-applied', { function: 99, op: 'add', name: 'AddBackward0', inputs: [made[0].product.tensor], settings: { other: 1 }, saved: [], next: [], span: null, outputs: [{ tensor: made[0].product.tensor, value: scalar(3), requires_grad: true, is_leaf: false, base: null }] });
  const trace = script.trace();
  assert.deepEqual(all(trace.at(trace.last)).map((group) => group.functions[0]), [made[1].product.fn]);
});

test('a large graph begins with its innermost groups closed, and only as many levels as it needs; what a person opens stays open', () => {
  const group = (/** @type {string} */ key, /** @type {number} */ depth, /** @type {number} */ from, /** @type {number} */ to) => ({ key, label: key, depth, functions: Array.from({ length: to - from }, (_, index) => from + index) });
  const groups = [group('whole', 0, 0, 200), group('left', 1, 0, 100), group('right', 1, 100, 200)];
  assert.deepEqual(closedOf(groups, NO_FOLDS, 150).map(({ key }) => key), []);
  assert.deepEqual(closedOf(groups, NO_FOLDS, 200).map(({ key }) => key), ['left', 'right']);
  assert.deepEqual(closedOf(groups, NO_FOLDS, 400).map(({ key }) => key), ['whole']);
  assert.deepEqual(closedOf(groups, { open: new Set(['left']), closed: new Set() }, 200).map(({ key }) => key), ['right']);
  assert.deepEqual(closedOf(groups, { open: new Set(['left', 'right']), closed: new Set() }, 400).map(({ key }) => key), []);
  assert.deepEqual(closedOf(groups, { open: new Set(), closed: new Set(['left', 'whole']) }, 200).map(({ key }) => key), ['whole']);
});

test('of a large graph with many turns in a row, all turns begin as one; opened, they are closed one by one', () => {
  const turns = (/** @type {number} */ count) => Array.from({ length: count }, (_, turn) => ({ key: `turn ${turn}`, kind: 'loop', label: `i = ${turn}`, depth: 0, functions: Array.from({ length: 8 }, (_, index) => 8 * turn + index) }));
  const stack = (/** @type {{functions: number[]}[]} */ those) => ({ key: 'stack', kind: 'turns', label: 'i', depth: -0.5, functions: those.flatMap(({ functions }) => functions) });
  const [few, many] = [24, 25].map((count) => [stack(turns(count)), ...turns(count)]);
  assert.deepEqual(closedOf(few, NO_FOLDS, 192).map(({ kind }) => kind), turns(24).map(({ kind }) => kind));
  assert.deepEqual(closedOf(many, NO_FOLDS, 200).map(({ key }) => key), ['stack']);
  assert.deepEqual(closedOf(many, { open: new Set(['stack']), closed: new Set() }, 200).map(({ kind }) => kind), turns(25).map(({ kind }) => kind));
  assert.deepEqual(closedOf(many, { open: new Set(), closed: new Set(turns(25).map(({ key }) => key)) }, 200).map(({ kind }) => kind).length, 25);
});

test('all turns of a loop are a group around them: what a name held on the way stays inside, and one edge tells of all that comes back', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  let value = script.leaf('h', 1, { requires_grad: false });
  const first = value;
  /** @type {{fn: number, tensor: number}[]} */
  const made = [];
  for (const label of ['for i = 0', 'for i = 1', 'for i = 2', 'for i = 0', 'for i = 1']) {
    script.add('scope-entered', { scope: 'loop', label });
    const step = script.op('mul', [value, w], 2, { name: 'h', next: [made.length === 0 ? null : ['function', made[made.length - 1].fn, 0], ['accumulate', w]] });
    script.add('scope-left', { scope: 'loop', label });
    made.push(step);
    value = step.tensor;
  }
  const call = { call: 0 };
  script.add('backward-started', { ...call, via: 'backward', roots: [value], gradients: [scalar(1)], retain_graph: false, create_graph: false });
  for (const [index, data] of [[4, 3], [3, 5], [2, 7], [1, 2]]) {
    script.add('function-reached', { ...call, function: made[index].fn, gradients: [scalar(1)] });
    script.add('gradient-sent', { ...call, function: made[index].fn, input: 1, tensor: w, to: ['accumulate', w], value: scalar(data), summed_axes: [], arithmetic: '', local: 1 });
  }
  const trace = script.trace();
  const state = trace.at(trace.last);
  const groups = all(state);
  assert.deepEqual(groups.map(({ kind, label, functions }) => [kind, label, functions.length]), [['turns', 'i = 0 … 2', 3], ['turns', 'i = 0 … 1', 2]]);
  const graph = buildGraph(state, 0, { open: new Set(), closed: new Set(groups.map(({ key }) => key)) });
  assert.deepEqual(graph.cards.map((card) => card.tensor), [w, first, made[2].tensor, made[4].tensor]);
  const edges = graph.edges.filter((edge) => edge.from === `t${w}`);
  assert.deepEqual(edges.map((edge) => [edge.also?.length, edgeFacts(edge, state).count, edgeFacts(edge, state).value?.data]), [[2, 2, 7], [1, 2, 5]]);
});
