import assert from 'node:assert/strict';
import test from 'node:test';
import { backwardFaces, buildBackward, nodeTeller } from '../../static/js/stage/backward.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { sameItems } from '../../static/js/stage/change.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script } from './stage-events.mjs';

/** `a = w * x; y = a + w` with a leaf w that is used twice and a constant x, and `free = w * x` under no_grad. */
function program() {
  const script = new Script();
  const w = script.leaf('w', 2);
  const x = script.leaf('x', 3, { requires_grad: false });
  const a = script.op('mul', [w, x], 6, { name: 'a', saved: ['other'], next: [['accumulate', w], null] });
  script.op('mul', [w, x], 6, { name: 'free', recorded: false });
  const y = script.op('add', [a.tensor, w], 8, { name: 'y', next: [['function', a.fn, 0], ['accumulate', w]] });
  return { script, trace: script.trace(), w, a, y };
}

function shown(trace, cursor) {
  const end = trace.at(trace.last);
  const graph = buildBackward(end, 0);
  const faces = backwardFaces(graph, end, estimate);
  const tell = nodeTeller(graph, { measure: estimate, translate: (key, args) => `${key} ${JSON.stringify(args ?? {})}` });
  const state = trace.at(cursor);
  const picture = pictureOf(graph, faces, state, { view: 'gradients', scale: { least: 0, most: 0 }, translate: (key) => key, from: 0 });
  return { graph, faces, items: new Map(graph.cards.map((card) => [card.title + card.tensor, tell(picture.cards.get(card.id), card, state)])) };
}

test('every recorded function is a node, every leaf that needs a gradient one AccumulateGrad, and nothing else', () => {
  const { trace, w, a, y } = program();
  const graph = buildBackward(trace.at(trace.last), 0);
  assert.deepEqual(graph.cards.map((card) => [card.title, card.tensor]).sort(), [['AccumulateGrad', w], ['AddBackward0', y.tensor], ['MulBackward0', a.tensor]]);
});

test('the edges are the next_functions, one for each slot that is not None', () => {
  const { trace, w, a, y } = program();
  const { edges } = buildBackward(trace.at(trace.last), 0);
  assert.deepEqual(edges.map((edge) => [edge.id, edge.from, edge.to]), [
    [`e${a.fn}.0`, `t${w}`, `t${a.tensor}`],
    [`e${y.fn}.0`, `t${a.tensor}`, `t${y.tensor}`],
    [`e${y.fn}.1`, `t${w}`, `t${y.tensor}`],
  ]);
});

test('a node stands for its tensor, so that cards glide from the one graph to the other', () => {
  const { trace } = program();
  const end = trace.at(trace.last);
  const [teaching, backward] = [buildGraph(end, 0), buildBackward(end, 0)];
  const same = sameItems(teaching.cards, backward.cards);
  assert.deepEqual(backward.cards.map((card) => same.get(card.id)).sort(), backward.cards.map((card) => card.id).sort());
});

test('an AccumulateGrad is there from the first use of its leaf', () => {
  const { trace, w } = program();
  const used = trace.events.first('function-applied').seq;
  assert.equal(shown(trace, used - 1).items.get(`AccumulateGrad${w}`).visible, false);
  assert.equal(shown(trace, used).items.get(`AccumulateGrad${w}`).visible, true);
});

test('a node says whose gradient it receives and what it saved, until that is freed', () => {
  const { script, a } = program();
  script.add('backward-started', { call: 0, via: 'backward', roots: [a.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false });
  script.add('function-reached', { call: 0, function: a.fn, gradients: [{ shape: [], dtype: 'float32', data: 1 }] });
  script.add('buffers-freed', { call: 0, functions: [a.fn] });
  const trace = script.trace();
  const before = shown(trace, trace.last - 1).items.get(`MulBackward0${a.tensor}`);
  const after = shown(trace, trace.last).items.get(`MulBackward0${a.tensor}`);
  assert.equal(before.value, 'a');
  assert.deepEqual(before.saved, [{ name: 'other', lit: true }]);
  assert.deepEqual(after.saved, [{ name: 'other', lit: false }]);
  assert.match(before.label, /MulBackward0.*stage\.label\.of \{"name":"a"\}.*stage\.label\.saved/);
  assert.match(after.label, /stage\.label\.freed/);
});

test('a function of several outputs is one node', () => {
  const script = new Script();
  const x = script.leaf('x', { shape: [2], dtype: 'float32', data: [1, 2] });
  const parts = script.op('unbind', [x], 1, { name: 'p', outputs: 2, next: [['accumulate', x]] });
  script.op('add', parts.tensors, 3, { name: 's', next: [['function', parts.fn, 0], ['function', parts.fn, 1]] });
  const trace = script.trace();
  const { cards, edges } = buildBackward(trace.at(trace.last), 0);
  assert.deepEqual(cards.map((card) => card.title).sort(), ['AccumulateGrad', 'AddBackward0', 'UnbindBackward0']);
  assert.equal(edges.filter((edge) => edge.from === `t${parts.tensors[0]}`).length, 2);
});

test('names and lamps have room on their cards, and the cards stand apart', () => {
  const { trace } = program();
  const { graph, faces } = shown(trace, trace.last);
  for (const card of graph.cards) {
    const face = faces.get(card.id);
    assert.ok(face.titleX + estimate(face.title, 'value') < face.width, card.title);
    for (const place of face.saved) assert.ok(place.end < face.width, place.name);
  }
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const frames = [...geometryOf(graph, faces, sketchLayout(boxes, links)).cards.values()];
  for (const one of frames) for (const other of frames) assert.ok(one === other || one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y);
});

test('where room is short a name goes over two rows, saved tensors over as many as they need, and no badge stands before a card', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const loss = script.op('nllLoss', [w], 6, { name: 'loss', saved: ['self', 'target', 'weight'], next: [['accumulate', w]] });
  script.op('long'.concat('Name'.repeat(60)), [loss.tensor], 6, { name: 'mine', next: [['function', loss.fn, 0]] });
  const end = script.trace().at(script.trace().last);
  const graph = buildBackward(end, 0);
  const [wide, high] = ['wide', 'high'].map((form) => backwardFaces(graph, end, estimate, 0, form));
  const of = (title) => graph.cards.find((card) => card.title === title).id;
  const split = (title) => [high.get(of(title)).title, high.get(of(title)).titleRest.text];
  assert.deepEqual(split('AccumulateGrad'), ['Accumulate', 'Grad']);
  assert.deepEqual(split('NllLossBackward0'), ['NllLoss', 'Backward0']);
  for (const [id, face] of high) {
    assert.ok(face.width < wide.get(id).width && face.reach === 0, id);
    for (const { x, text } of [{ x: face.titleX, text: face.title }, face.titleRest]) assert.ok(x + estimate(text, 'value') <= face.width, text);
    for (const { end: right, y, name } of face.saved) assert.ok(right < face.width && y < face.height, name);
  }
  assert.equal(new Set(high.get(of('NllLossBackward0')).saved.map(({ y }) => y)).size, 3);
  const { boxes, links } = layoutRequest(graph, high, estimate);
  assert.equal(geometryOf(graph, high, sketchLayout(boxes, links)).badges.size, 0);
});
