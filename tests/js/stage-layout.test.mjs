import assert from 'node:assert/strict';
import test from 'node:test';
import { moveTowards, placeAlong, sidesBeyond } from '../../static/js/stage/beyond.js';
import { beside, boundsOf, clearOf, crosses, distances, horizontalCurve, partOf, pathText, pointAt, routedCurve } from '../../static/js/stage/curve.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { geometryOf, laneBeside, layoutRequest, rectOf } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { laneContent } from '../../static/js/stage/lanes.js';
import { Layout } from '../../static/js/stage/layout.js';
import { columnCount, sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script, fanIn } from './stage-events.mjs';

const box = (id) => ({ id, width: 100, height: 50 });
const link = (from, to) => ({ id: `${from}>${to}`, from, to, weight: 1, span: 1 });

function overlaps(boxes, places) {
  const at = new Map(places.boxes.map(([id, x, y]) => [id, [x, y]]));
  return boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => {
    const [ax, ay] = at.get(a.id);
    const [bx, by] = at.get(b.id);
    return Math.abs(ax - bx) < (a.width + b.width) / 2 && Math.abs(ay - by) < (a.height + b.height) / 2;
  }).map((b) => [a.id, b.id]));
}

test('the sketch puts inputs to the left of what uses them and covers nothing', () => {
  const boxes = ['a', 'b', 'c', 'd', 'e', 'f'].map(box);
  const links = [link('a', 'c'), link('b', 'c'), link('c', 'd'), link('a', 'd'), link('b', 'e'), link('d', 'f'), link('e', 'f')];
  const places = sketchLayout(boxes, links);
  const x = new Map(places.boxes.map(([id, left]) => [id, left]));
  for (const { from, to } of links) assert.ok(x.get(from) < x.get(to), `${from} before ${to}`);
  assert.deepEqual(overlaps(boxes, places), []);
});

test('the sketch takes a chain of 5000 without recursion', () => {
  const boxes = Array.from({ length: 5000 }, (_, index) => box(String(index)));
  const places = sketchLayout(boxes, boxes.slice(1).map((item, index) => link(String(index), item.id)));
  assert.equal(places.boxes.length, 5000);
});

test('the sketch takes a leaf that 2000 steps share', () => {
  const steps = Array.from({ length: 2000 }, (_, index) => box(`h${index}`));
  const places = sketchLayout([box('w'), ...steps], [...steps.slice(1).map((item, index) => link(`h${index}`, item.id)), ...steps.map((item) => link('w', item.id))]);
  assert.deepEqual([places.boxes.length, overlaps(steps.slice(0, 50), places)], [2001, []]);
});

test('without a Worker the layout is the sketch, remembered by structure', async () => {
  const layout = new Layout();
  const boxes = [box('a'), box('b')];
  const first = await layout.place(boxes, [link('a', 'b')]);
  assert.deepEqual(first, sketchLayout(boxes, [link('a', 'b')]));
  assert.equal(await layout.place([box('a'), box('b')], [link('a', 'b')]), first);
});

test('an empty graph needs no layout', async () => {
  assert.deepEqual(await new Layout().place([], []), { width: 0, height: 0, boxes: [], links: [] });
});

test('edges of one card arrive at slots of their own', () => {
  const { trace } = fanIn();
  const state = trace.at(trace.last);
  const graph = buildGraph(state, 0);
  const faces = facesOf(graph, state, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const geometry = geometryOf(graph, faces, sketchLayout(boxes, links));
  const ends = graph.edges.map((edge) => geometry.curves.get(edge.id).at(-1).join());
  const starts = graph.edges.map((edge) => geometry.curves.get(edge.id)[0].join());
  assert.equal(new Set(ends).size, graph.edges.length);
  assert.equal(new Set(starts).size, graph.edges.length);
});

test('the layout is told ids and sizes, and no text of the program', () => {
  const { trace } = fanIn();
  const state = trace.at(trace.last);
  const graph = buildGraph(state, 0);
  const request = layoutRequest(graph, facesOf(graph, state, estimate), estimate);
  assert.ok(request.boxes.every((item) => Object.keys(item).join() === 'id,width,height' && /^[tf]\d/.test(item.id)));
  assert.ok(request.links.every((item) => Object.keys(item).join() === 'id,from,to,weight,span'));
});

test('a curve leaves and arrives horizontally', () => {
  const curve = horizontalCurve([0, 0], [200, 100]);
  assert.ok(Math.abs(curve[1][1] - curve[0][1]) < 0.5);
  assert.ok(Math.abs(curve.at(-1)[1] - curve.at(-2)[1]) < 0.5);
});

test('a route keeps its own ends', () => {
  const route = [[10, 5], [50, 5], [60, 90], [100, 90]];
  const curve = routedCurve([8, 0], [104, 96], route);
  assert.deepEqual(curve[0].map(Math.round), [8, 0]);
  assert.deepEqual(curve.at(-1).map(Math.round), [104, 96]);
});

test('a lane runs beside its edge at its distance', () => {
  const lane = beside(horizontalCurve([0, 0], [100, 0]), 6);
  assert.ok(lane.every(([, y]) => Math.abs(y - 6) < 1e-9));
});

test('points and parts are measured by length', () => {
  const line = [[0, 0], [10, 0], [100, 0]];
  assert.deepEqual(pointAt(line, 0.5).point, [50, 0]);
  assert.deepEqual(partOf(line, 0.05, 0.2), [[5, 0], [10, 0], [20, 0]]);
  assert.deepEqual(distances(line), [0, 10, 100]);
  assert.equal(pathText([[0, 0], [1.234, 5.678]]), 'M0 0L1.23 5.68');
});

test('a line has a gap wherever it is covered, and no piece shorter than a dash', () => {
  const line = [[0, 0], [100, 0]];
  const between = (...spans) => clearOf(line, ([x]) => spans.some(([from, to]) => x >= from && x < to));
  assert.deepEqual(between([20, 30], [50, 60]), [[[0, 0], [20, 0]], [[30, 0], [50, 0]], [[60, 0], [100, 0]]]);
  assert.deepEqual(between([20, 30], [32, 98]), [[[0, 0], [20, 0]]]);
  assert.deepEqual(between([0, 101]), []);
  assert.equal(between()[0], line);
});

function drawn(trace) {
  const state = trace.at(trace.last);
  const graph = buildGraph(state, 0);
  const faces = facesOf(graph, state, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  return { graph, faces, links, geometry: geometryOf(graph, faces, sketchLayout(boxes, links)) };
}

test('the two edges of a + a part, with a gradient lane on the outer side of each', () => {
  const script = new Script();
  const a = script.leaf('a', 3);
  script.op('add', [a, a], 6, { name: 'b' });
  const { geometry } = drawn(script.trace());
  const [upper, lower] = ['e0.0', 'e0.1'].map((id) => geometry.curves.get(id));
  const middle = (curve) => pointAt(curve, 0.5).point[1];
  assert.ok(middle(lower) - middle(upper) > 60);
  assert.ok(middle(laneBeside(geometry, 'e0.0', 5)) < middle(upper));
  assert.ok(middle(laneBeside(geometry, 'e0.1', 5)) > middle(lower));
});

test('the lane of an edge that falls beside its card runs on the outer side, where an arrowhead has room', () => {
  const script = new Script();
  script.op('sin', [script.leaf('a', 3)], 0.14, { name: 'b' });
  const { graph, faces, links: [edge] } = drawn(script.trace());
  const [fall, rise] = [200, -200].map((down) => {
    const made = geometryOf(graph, faces, { width: 400, height: 400, boxes: [[edge.from, 100, 200], [edge.to, 220, 200 + down]], links: [] });
    const across = (curve) => pointAt(curve, 0.5).point[0];
    return across(laneBeside(made, edge.id, 6)) - across(made.curves.get(edge.id));
  });
  assert.ok(fall > 4, `a lane beside a falling edge stands ${fall} to its right`);
  assert.ok(rise > 4, `a lane beside a rising edge stands ${rise} to its right`);
});

test('a lane is whole dashes, with none beside its number', () => {
  const lane = { width: 5, style: 'flow', text: '2.0' };
  const pieces = (label) => laneContent([[0, 0], [200, 0]], lane, 1, label).filter(({ attributes }) => attributes.class === 'lane-line').map(({ attributes }) => {
    const [from, to] = [...attributes.d.matchAll(/[ML](-?[\d.]+)/g)].map((found) => Number(found[1]));
    const [dash, gap] = attributes['stroke-dasharray'].split(' ').map(Number);
    const count = (to - from + gap) / (dash + gap);
    assert.ok(Math.abs(count - Math.round(count)) < 0.05 && count > 0.9, `${to - from} is ${count} times ${dash} and ${gap}`);
    return [from, to];
  });
  assert.equal(pieces(null).length, 1);
  const [[, before], [after]] = pieces({ x: 81, y: -8, width: 40, height: 16 });
  assert.ok(before <= 82 && before > 79 && after >= 120 && after < 123, `${before} ${after}`);
});

test('an input of the second op stands in the first column', () => {
  const script = new Script();
  const [x, w, b] = ['x', 'w', 'b'].map((name) => script.leaf(name, 2));
  const product = script.op('mul', [x, w], 4);
  script.op('add', [product.tensor, b], 6, { name: 'a' });
  const { geometry } = drawn(script.trace());
  const left = (tensor) => geometry.cards.get(`t${tensor}`).x;
  assert.ok(left(b) < left(product.tensor));
});

test('numbers of one kind of length take the same room, so that a changed digit needs no new layout', () => {
  const request = (number) => {
    const script = new Script();
    const x = script.leaf('x', number);
    script.op('tanh', [x], Math.tanh(number), { name: 'y' });
    const state = script.trace().at(script.trace().last);
    const graph = buildGraph(state, 0);
    return JSON.stringify(layoutRequest(graph, facesOf(graph, state, estimate), estimate));
  };
  for (const [one, other] of [[1.5, -2.5], [0.25, 9.5], [1.234, -0.1234]]) assert.equal(request(one), request(other), `${one} and ${other}`);
  assert.notEqual(request(1.5), request(1.234e-20));
});

test('the columns of a graph are those of its longest way', () => {
  const boxes = ['a', 'b', 'c', 'd'].map(box);
  assert.equal(columnCount([], []), 0);
  assert.equal(columnCount(boxes, []), 1);
  assert.equal(columnCount(boxes, [link('a', 'b'), link('b', 'c'), link('a', 'd')]), 3);
  assert.equal(columnCount(boxes, [{ ...link('a', 'b'), span: 2 }]), 3);
});

test('bounds hold a whole curve and touch it on every side', () => {
  const curve = [[3, 9], [1, 4], [7, -2]];
  assert.deepEqual(boundsOf(curve), { left: 1, top: -2, right: 7, bottom: 9 });
});

test('a card has room for the gradients of its scene, not for those of all turns before', () => {
  const number = (data) => ({ shape: [], dtype: 'float32', data });
  const script = new Script();
  const w = script.leaf('w', 2);
  script.op('mul', [w], 4, { name: 'y', settings: { other: 2 }, next: [['accumulate', w]] });
  const began = [0.000012345, 2].map((grad, call) => {
    const from = script.events.length;
    script.add('gradient-accumulated', { call, tensor: w, before: null, added: number(grad), after: number(grad), retained: false });
    return from;
  });
  const state = script.trace().at(Infinity);
  const graph = buildGraph(state, 0);
  const [whole, last] = began.map((from) => facesOf(graph, state, estimate, new Map(), from).get(`t${w}`).width);
  assert.ok(whole > last, `${whole} and ${last}`);
});

test('to see what is beyond a side the picture moves the other way, by less than what is seen', () => {
  const view = { left: 0, top: 0, width: 500, height: 200 };
  for (const [side, x, y] of [['left', 600, 0], ['right', -600, 0], ['top', 0, 240], ['bottom', 0, -240]]) assert.deepEqual(moveTowards(side, view, 2).map((part) => part + 0), [x, y]);
});

test('the sides where a graph goes on beyond what is seen', () => {
  const graph = { width: 900, height: 300 };
  assert.equal(sidesBeyond({ left: -20, top: -50, width: 1000, height: 400 }, graph).join(' '), '');
  assert.equal(sidesBeyond({ left: -6, top: -50, width: 700, height: 400 }, graph).join(' '), 'right');
  assert.equal(sidesBeyond({ left: 200, top: 40, width: 800, height: 200 }, graph).join(' '), 'left top bottom');
});

test('of several edges between results one wants to be level most, so that a chain of them does not slip down at each link', () => {
  const cards = ['w', 'h0', 'l0', 'h1', 'l1'].map((id) => ({ id }));
  const edge = (from, to) => ({ id: `${from}>${to}`, from, to });
  const edges = [edge('w', 't0'), edge('t0', 'h0'), edge('t0', 'l0'), edge('h0', 't1'), edge('l0', 't1'), edge('w', 't1'), edge('t1', 'h1'), edge('t1', 'l1')];
  const badges = ['t0', 't1'].map((id) => ({ id, card: null, text: id }));
  const faces = new Map(cards.map(({ id }) => [id, { width: 90, height: 50, reach: 0, approach: 0 }]));
  const { links } = layoutRequest({ cards, badges, edges }, faces, estimate);
  const weights = Object.fromEntries(links.map(({ id, weight }) => [id, weight]));
  for (const [first, second] of [['t0>h0', 't0>l0'], ['h0>t1', 'l0>t1'], ['t1>h1', 't1>l1']]) assert.ok(weights[first] > weights[second] + weights['w>t1'], first);
  assert.ok(weights['l0>t1'] > weights['w>t1']);
});

test('an edge goes around a badge that stands alone', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  const parts = script.op('unbind', [x], 2, { name: 'part', outputs: 2 });
  script.op('mul', [x, parts.tensor], 4, { name: 'y' });
  const trace = script.trace();
  const state = trace.at(trace.last);
  const graph = buildGraph(state, 0);
  const places = { width: 700, height: 400, boxes: [['t0', 50, 100], [`f${parts.fn}`, 200, 100], ['t1', 350, 200], ['t2', 350, 300], ['t3', 600, 100]], links: [['e1.0', [[100, 100], [150, 100], [150, 40], [200, 40], [300, 40], [450, 100], [550, 100]]]] };
  const geometry = geometryOf(graph, facesOf(graph, state, estimate), places);
  const way = geometry.curves.get('e1.0');
  assert.ok(crosses(horizontalCurve(way[0], way.at(-1)), rectOf(geometry.badges.get('f0'))), 'it stands in the way');
  assert.ok(!crosses(way, rectOf(geometry.badges.get('f0'))));
});

test('the way on stands where it covers no card, and stays there while it can', () => {
  const view = { left: 100, top: 0, width: 1000, height: 400 };
  const card = (x, y) => ({ x, y, width: 160, height: 60 });
  assert.equal(placeAlong('bottom', view, 1, [card(500, 0)], 0.5), 0.5);
  assert.equal(placeAlong('bottom', view, 1, [card(550, 360)], 0.5), 0.62);
  assert.equal(placeAlong('top', view, 1, [card(560, 20)], 0.62), 0.38);
  assert.equal(placeAlong('bottom', view, 2, [], 0.26), 0.26);
  assert.equal(placeAlong('bottom', view, 1, [{ x: 0, y: 360, width: 1200, height: 60 }], 0.5), 0.5, 'where cards are everywhere');
  assert.equal(placeAlong('right', view, 1, [card(500, 60)], 0.2), 0.2);
  assert.equal(placeAlong('right', view, 1, [card(960, 60)], 0.2), 0.35);
  assert.equal(placeAlong('left', view, 1, [card(40, 120)], 0.2), 0.55);
});
