import assert from 'node:assert/strict';
import { test } from 'node:test';

import { facesOf } from '../../static/js/stage/faces.js';
import { forwardTeller } from '../../static/js/stage/forward.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { differential, seedsIn, tangentsFrom } from '../../static/js/state/tangents.js';
import { tangentSaid } from '../../static/js/page/tangent-sentence.js';
import { Script } from './stage-events.mjs';

const scalar = (data) => ({ shape: [], dtype: 'float32', data });

/** `a = w * x; b = tanh(a); y = b + w; y.backward()` at w = 0.5, x = 2: dy/dw = 2(1 − tanh² 1) + 1, dy/dx = 0.5(1 − tanh² 1). */
const slope = 1 - Math.tanh(1) ** 2;
function program() {
  const script = new Script();
  const w = script.leaf('w', 0.5);
  const x = script.leaf('x', 2);
  script.line();
  const a = script.op('mul', [w, x], 1, { name: 'a', next: [['accumulate', w], ['accumulate', x]] });
  script.line();
  const b = script.op('tanh', [a.tensor], Math.tanh(1), { name: 'b', next: [['function', a.fn, 0]] });
  script.line();
  const y = script.op('add', [b.tensor, w], Math.tanh(1) + 0.5, { name: 'y', next: [['function', b.fn, 0], ['accumulate', w]] });
  const aside = script.op('exp', [a.tensor], Math.E, { name: 'aside', next: [['function', a.fn, 0]] });
  script.line();
  script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [scalar(1)], retain_graph: false, create_graph: false });
  const sends = [[y.fn, 0, b.tensor, ['function', b.fn, 0], 1, 1], [y.fn, 1, w, ['accumulate', w], 1, 1], [b.fn, 0, a.tensor, ['function', a.fn, 0], slope, slope], [a.fn, 0, w, ['accumulate', w], 2 * slope, 2], [a.fn, 1, x, ['accumulate', x], 0.5 * slope, 0.5]];
  let reached = null;
  for (const [fn, input, tensor, to, value, local] of sends) {
    if (fn !== reached) script.add('function-reached', { call: 0, function: fn, gradients: [scalar(value / local)] });
    reached = fn;
    script.add('gradient-sent', { call: 0, function: fn, input, tensor, to, value: scalar(value), summed_axes: [], arithmetic: null, local });
  }
  for (const [leaf, value] of [[w, 2 * slope + 1], [x, 0.5 * slope]]) script.add('gradient-accumulated', { call: 0, tensor: leaf, before: null, added: scalar(value), after: scalar(value), retained: false });
  script.add('backward-finished', { call: 0 });
  return { trace: script.trace(), w, x, a, b, y, aside };
}

test('tangents from a leaf end in what the backward pass adds to its .grad', () => {
  const { trace, w, x, a, b, y } = program();
  const state = trace.at(trace.last);
  const from = (leaf) => new Map([...tangentsFrom(state, 0, leaf)].map(([tensor, { value }]) => [tensor, value]));
  assert.deepEqual([w, a.tensor, b.tensor, y.tensor].map((id) => from(w).get(id)), [1, 2, 2 * slope, 2 * slope + 1]);
  assert.deepEqual([x, a.tensor, b.tensor, y.tensor].map((id) => from(x).get(id)), [1, 0.5, 0.5 * slope, 0.5 * slope]);
  assert.equal(from(x).has(w), false);
  for (const leaf of [w, x]) assert.equal(from(leaf).get(y.tensor), state.tensors.get(leaf).grad.data);
});

test('where no backward pass came by the tangent is not known, and what follows from it neither', () => {
  const { trace, w, aside } = program();
  const { value, terms } = tangentsFrom(trace.at(trace.last), 0, w).get(aside.tensor);
  assert.equal(value, null);
  assert.deepEqual(terms, []);
});

test('forward mode begins at leaves that got a gradient through single numbers', () => {
  const { trace, w, x } = program();
  assert.deepEqual(seedsIn(trace.at(trace.last), 0), [w, x]);
  assert.deepEqual(seedsIn(trace.at(4), 0), []);
});

test('cards say tangents, edges carry what each input adds, the way of the values, and the newest card its arithmetic', () => {
  const { trace, w, x, a, y } = program();
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const geometry = geometryOf(graph, faces, sketchLayout(boxes, links), estimate);
  const teller = forwardTeller(graph, end, 0, w, (key) => key);
  const at = (seq) => {
    const state = trace.at(seq);
    return teller.show(pictureOf(graph, faces, state, { view: 'gradients', scale: { least: 0, most: 0 }, translate: (key) => key, from: 0 }), state);
  };
  const made = trace.events.first('function-applied', (event) => event.function === y.fn).seq;
  const picture = at(made);
  assert.deepEqual([picture.cards.get(`t${w}`), picture.cards.get(`t${x}`), picture.cards.get(`t${a.tensor}`)].map((card) => card.gradient.text), ['1.0', '0', '2.0']);
  assert.equal(picture.edges.get(`e${a.fn}.0`).lane.along, true);
  assert.equal(picture.edges.get(`e${a.fn}.0`).lane.text, '2.0');
  assert.equal(picture.edges.get(`e${a.fn}.1`).lane, null);
  assert.equal(at(made - 2).edges.get(`e${y.fn}.0`).lane, null);
  const said = (seq) => teller.says(geometry, trace.at(seq), seq).map((note) => note.parts.map((part) => part.text).join(''));
  assert.deepEqual(said(made), ['dy = 1.0 × 0.8399 + 1.0 × 1.0 = 1.84']);
  assert.deepEqual(said(trace.last), ['dy/dw = 1.84']);
});

test('nothing that a gradient does shows in forward mode', () => {
  const { trace, w } = program();
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const teller = forwardTeller(graph, end, 0, w, (key) => key);
  for (const { to } of trace.steps) {
    const state = trace.at(to);
    const { cards, badges } = teller.show(pictureOf(graph, faces, state, { view: 'gradients', scale: { least: 0, most: 0 }, translate: (key) => key, from: 0 }), state);
    for (const card of cards.values()) assert.ok(card.bar === null && card.waiting === null && ['', 'made'].includes(card.mark), String(to));
    for (const badge of badges.values()) assert.notEqual(badge.mark, 'running');
  }
});

test('a step is told with its tangent', () => {
  const { trace, w, a } = program();
  const t = (key, given) => `${key} ${JSON.stringify(given)}`;
  const step = (tensor) => trace.steps.find((one) => one.tensors.includes(tensor) && one.phase === 'forward').index;
  assert.equal(tangentSaid(trace, step(w), w, t), 'modes.said.seed {"name":"dw"}');
  assert.equal(tangentSaid(trace, step(a.tensor), w, t), 'modes.said {"name":"da","sum":"2.0 × 1.0","value":"2.0"}');
  assert.equal(tangentSaid(trace, trace.steps.length - 1, w, t), '');
});

test('of an expression the whole changes', () => {
  assert.deepEqual(['y', 'net.w[0]', 'y − 1', 'tanh(a)'].map(differential), ['dy', 'dnet.w[0]', 'd(y − 1)', 'd(tanh(a))']);
});
