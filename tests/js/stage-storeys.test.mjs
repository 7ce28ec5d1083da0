import assert from 'node:assert/strict';
import test from 'node:test';
import { facesOf } from '../../static/js/stage/faces.js';
import { groundsShown, wordsOn } from '../../static/js/stage/floors.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { floorsOf, grouped, stacked, storeysOf } from '../../static/js/stage/storeys.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script } from './stage-events.mjs';

const scalar = (data) => ({ shape: [], dtype: 'float32', data });

/** `y = x * x; (g,) = grad(y, x, create_graph=True); z = g + x`, at x = 3; `create_graph` false records nothing of the call. */
function second(create_graph = true) {
  const script = new Script();
  const x = script.leaf('x', 3);
  const y = script.op('mul', [x, x], 9, { name: 'y', next: [['accumulate', x], ['accumulate', x]] });
  script.add('backward-started', { call: 0, via: 'grad', roots: [y.tensor], gradients: [scalar(1)], retain_graph: true, create_graph, inputs: [x] });
  const seed = script.leaf(null, 1, { requires_grad: false });
  script.add('function-reached', { call: 0, function: y.fn, gradients: [scalar(1)] });
  const left = script.op('mul', [seed, x], 3, { next: [null, ['accumulate', x]] });
  const right = script.op('mul', [seed, x], 3, { next: [null, ['accumulate', x]] });
  const g = script.op('add', [left.tensor, right.tensor], 6, { next: [['function', left.fn, 0], ['function', right.fn, 0]] });
  script.add('backward-finished', { call: 0 });
  script.line();
  script.name('g', g.tensor);
  const z = script.op('add', [g.tensor, x], 9, { name: 'z', next: [['function', g.fn, 0], ['accumulate', x]] });
  return { trace: script.trace(), x, y, seed, left, right, g, z };
}

/** The drawn scene by the sketch, or by another layout. */
function drawn(trace, layout = sketchLayout) {
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const storeys = storeysOf(graph, end);
  const request = layoutRequest(graph, faces, estimate);
  const boxes = grouped(request.boxes, storeys);
  const before = layout(boxes, request.links);
  const geometry = geometryOf(graph, faces, stacked(before, boxes, request.links, storeys), estimate);
  geometry.floors = floorsOf(graph, storeys, geometry);
  return { graph, faces, storeys, boxes, before, geometry };
}

test('what a call records under create_graph is its storey, with the constants that only it uses; what the program computes from it is not', () => {
  const { trace, x, y, seed, left, right, g, z } = second();
  const { graph, storeys } = drawn(trace);
  assert.deepEqual(storeys.map(({ call }) => call), [0]);
  const items = storeys[0].items;
  for (const { tensor, fn } of [left, right, g]) assert.ok(items.has(`t${tensor}`) && items.has(`f${fn}`));
  assert.ok(items.has(`t${seed}`));
  for (const tensor of [x, y.tensor, z.tensor]) assert.ok(!items.has(`t${tensor}`));
  assert.deepEqual(graph.cards.filter((card) => card.storey === 0).map((card) => card.tensor).sort(), [seed, left.tensor, right.tensor, g.tensor].sort());
});

test('what a recorded call begins with is the derivative of its root by itself', () => {
  for (const [value, create_graph, expected] of [[1, true, '∂y/∂y'], [2, true, ''], [1, false, '']]) {
    const script = new Script();
    const x = script.leaf('x', 3);
    const y = script.op('mul', [x, x], 9, { name: 'y', next: [['accumulate', x], ['accumulate', x]] });
    const seed = script.leaf(null, value, { requires_grad: false });
    script.add('backward-started', { call: 0, via: 'grad', roots: [y.tensor], gradients: [scalar(value)], retain_graph: true, create_graph, inputs: [x] });
    script.op('mul', [seed, x], 3, { next: [null, ['accumulate', x]] });
    const trace = script.trace();
    assert.equal(buildGraph(trace.at(trace.last), 0).cards.find(({ tensor }) => tensor === seed)?.title, expected);
  }
});

test('only edges between storeys climb', () => {
  const { trace, x, left, right, g, z } = second();
  const { graph } = drawn(trace);
  const climbing = graph.edges.filter((edge) => edge.climbs).map((edge) => [edge.from, edge.to]);
  assert.deepEqual(climbing, [[`t${x}`, `t${left.tensor}`], [`t${x}`, `t${right.tensor}`], [`t${g.tensor}`, `t${z.tensor}`]]);
});

test('without create_graph there is one storey and every place is as it was', () => {
  const { trace } = second(false);
  const { storeys, boxes, before, geometry } = drawn(trace);
  assert.deepEqual(storeys, []);
  assert.deepEqual(geometry.floors, []);
  assert.equal(stacked(before, boxes, [], storeys), before);
  assert.ok(boxes.every((box) => box.storey === undefined));
});

test('a storey stands above the other, wherever the layout had put it', () => {
  const { trace } = second();
  const upsideDown = (boxes, links) => {
    const places = sketchLayout(boxes, links);
    return { ...places, height: 2000, boxes: places.boxes.map(([id, x, y]) => [id, x, boxes.find((box) => box.id === id).storey === 1 ? y + 1000 : y]), links: [] };
  };
  for (const layout of [sketchLayout, upsideDown]) {
    const { graph, storeys, boxes, before, geometry } = drawn(trace, layout);
    const [floor] = geometry.floors;
    for (const card of graph.cards) {
      const { y, height } = geometry.cards.get(card.id);
      if (storeys[0].items.has(card.id)) assert.ok(y > floor.frame.y && y + height < floor.frame.y + floor.frame.height, card.id);
      else assert.ok(y > floor.frame.y + floor.frame.height, card.id);
      assert.ok(y >= 0 && y + height <= geometry.height + 1, card.id);
    }
    const gaps = (places, storey) => boxes.filter((box) => box.storey === storey).map(({ id }) => places.get(id)).map((y, _, [first]) => Math.abs(Math.round(y - first)));
    const rows = (places) => new Map(places.map(([id, , y]) => [id, y]));
    const after = stacked(before, boxes, [], storeys);
    for (const storey of [0, 1]) assert.deepEqual(gaps(rows(after.boxes), storey), gaps(rows(before.boxes), storey));
  }
});

test('a way between storeys bends with them and keeps its ends at its cards', () => {
  const boxes = [{ id: 'low', width: 10, height: 10 }, { id: 'high', width: 10, height: 10 }];
  const links = [{ id: 'e', from: 'low', to: 'high', weight: 1, span: 1 }];
  const storeys = [{ call: 0, items: new Set(['high']) }];
  const places = { width: 100, height: 100, boxes: [['low', 5, 95], ['high', 95, 5]], links: [['e', [[10, 95], [50, 50], [90, 5]]]] };
  const { boxes: [[, , low], [, , high]], links: [[, points]] } = stacked(places, boxes, links, storeys);
  assert.equal(points[0][1], low);
  assert.equal(points[2][1], high);
  assert.ok(points[1][1] < low && points[1][1] > high);
});

test('of three calls each has its storey, the later above the earlier', () => {
  const boxes = ['a', 'b', 'c'].map((id) => ({ id, width: 10, height: 10 }));
  const storeys = [{ call: 1, items: new Set(['b']) }, { call: 4, items: new Set(['c']) }];
  const { boxes: placed } = stacked({ width: 90, height: 10, boxes: [['a', 5, 5], ['b', 45, 5], ['c', 85, 5]], links: [] }, boxes, [], storeys);
  const [a, b, c] = placed.map(([, , y]) => y);
  assert.ok(c < b && b < a);
});

test('a storey with no other under it stands at the height of the first, and the ground of each goes as far as its cards', () => {
  const boxes = ['a', 'b', 'c', 'd'].map((id) => ({ id, width: 10, height: 10 }));
  const storeys = ['b', 'c', 'd'].map((id, call) => ({ call, items: new Set([id]) }));
  const { boxes: placed } = stacked({ width: 900, height: 10, boxes: [['a', 5, 5], ['b', 45, 5], ['c', 485, 15], ['d', 520, 5]], links: [] }, boxes, [], storeys);
  const [, b, c, d] = placed.map(([, , y]) => y);
  assert.equal(b, c);
  assert.ok(d < c);
  const cards = new Map(placed.map(([id, x, y]) => [id, { x: x - 5, y: y - 5, width: 10, height: 10 }]));
  const frames = floorsOf({ cards: [], badges: [], edges: [] }, storeys, { cards, badges: new Map(), curves: new Map() }).map(({ frame }) => frame);
  for (const one of frames) for (const other of frames) assert.ok(one === other || one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y);
});

test('a floor is there from its first card on, and no card stands elsewhere for it', () => {
  const { trace, left } = second();
  const { graph, faces, geometry } = drawn(trace);
  const made = trace.events.first('function-applied', (event) => event.function === left.fn).seq;
  const at = (cursor) => pictureOf(graph, faces, trace.at(cursor), { view: 'gradients', scale: { least: 0, most: 0 }, translate: (key) => key, from: 0 });
  const beginning = trace.events.first('backward-started').seq;
  assert.deepEqual(groundsShown(geometry.floors, at(beginning), new Map()), []);
  assert.deepEqual(groundsShown(geometry.floors, at(made), new Map()).map(({ share }) => share), [1]);
  const half = new Map([...geometry.floors[0].items].map((id) => [id, 0.5]));
  assert.deepEqual(groundsShown(geometry.floors, at(made), half).map(({ share }) => share), [0.5]);
});

test('the words of a floor stand at its left, or as near as no edge crosses them, or at its left where edges cross everywhere', () => {
  const frame = { x: -12, y: 100, width: 624, height: 200 };
  const upright = (x) => Array.from({ length: 40 }, (_, step) => [x, 90 + step * 5]);
  const free = wordsOn(frame, []);
  assert.deepEqual([free.x, free.y + free.height <= 134], [0, true]);
  const beside = wordsOn(frame, [upright(60), upright(110)]);
  assert.ok(beside.x > 110 && beside.x < 160, `${beside.x}`);
  assert.equal(wordsOn(frame, Array.from({ length: 12 }, (_, at) => upright(at * 50))).x, free.x);
});
