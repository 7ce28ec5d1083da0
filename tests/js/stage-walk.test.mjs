import assert from 'node:assert/strict';
import test from 'node:test';
import { edgeUnder, farEnd } from '../../static/js/stage/edge-under.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { morphed } from '../../static/js/stage/morph.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { neighbour } from '../../static/js/stage/walk.js';
import { fanIn, Script } from './stage-events.mjs';

function placed(trace) {
  const state = trace.at(trace.last);
  const graph = buildGraph(state, 0);
  const faces = facesOf(graph, state, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  return { graph, faces, geometry: geometryOf(graph, faces, sketchLayout(boxes, links)) };
}

test('arrows walk to a consumer, back to an input, and stop at the ends', () => {
  const { graph, geometry } = placed(fanIn().trace);
  const walk = (from, direction) => neighbour(graph, geometry, from, direction, () => true);
  assert.equal(walk('t1', 'right'), 't2');
  assert.equal(walk('t1', 'left'), 't0');
  assert.equal(walk('t2', 'right'), null);
  assert.equal(walk('t0', 'left'), null);
});

test('up and down lead to what lies above and below, not to a smaller card at the side', () => {
  const { graph, geometry } = placed(fanIn().trace);
  const places = { t0: [0, 100, 50], t1: [200, 106, 38], t2: [210, 190, 50] };
  const laid = { ...geometry, cards: new Map(Object.entries(places).map(([id, [x, y, height]]) => [id, { x, y, width: 90, height }])) };
  const walk = (from, direction) => neighbour(graph, laid, from, direction, () => true);
  assert.deepEqual(['t0', 't1', 't2'].map((id) => [walk(id, 'up'), walk(id, 'down')]), [[null, 't2'], [null, 't2'], ['t1', null]]);
});

test('arrows pass over what is not drawn yet', () => {
  const { graph, geometry } = placed(fanIn().trace);
  assert.equal(neighbour(graph, geometry, 't1', 'right', (id) => id !== 't2'), null);
});

test('a pointer near an edge is on it, and the edge leads to the end that is farther away along it', () => {
  const { graph, geometry } = placed(fanIn().trace);
  for (const edge of graph.edges) {
    const curve = geometry.curves.get(edge.id);
    for (const [share, end] of [[0.2, edge.to], [0.8, edge.from]]) {
      const [x, y] = curve[Math.round((curve.length - 1) * share)];
      assert.equal(edgeUnder(graph, geometry, [x, y], 3, () => true), edge);
      assert.notEqual(edgeUnder(graph, geometry, [x, y], 3, (other) => other !== edge), edge);
      assert.equal(farEnd(edge, graph, geometry, [x, y]).id, end);
    }
  }
  assert.equal(edgeUnder(graph, geometry, [-50, -50], 3, () => true), null);
});

test('up and down go to the card above and below', () => {
  const script = new Script();
  const a = script.leaf('a', 1);
  const b = script.leaf('b', 2);
  script.op('mul', [a, b], 2, { name: 'c' });
  const { graph, geometry } = placed(script.trace());
  const [upper, lower] = geometry.cards.get('t0').y < geometry.cards.get('t1').y ? ['t0', 't1'] : ['t1', 't0'];
  assert.equal(neighbour(graph, geometry, upper, 'down', () => true), lower);
  assert.equal(neighbour(graph, geometry, lower, 'up', () => true), upper);
});

test('a morph begins at the old places and ends at the new ones', () => {
  const { geometry } = placed(fanIn().trace);
  const old = { ...geometry, cards: new Map([...geometry.cards].map(([id, frame]) => [id, { ...frame, x: frame.x + 100, y: frame.y - 40 }])) };
  const same = new Map([...geometry.cards.keys()].map((id) => [id, id]));
  const place = (share) => [...morphed(old, geometry, same, share).cards].map(([id, { x, y }]) => [id, x, y]);
  assert.deepEqual(place(0), [...old.cards].map(([id, { x, y }]) => [id, x, y]));
  assert.deepEqual(place(1), [...geometry.cards].map(([id, { x, y }]) => [id, x, y]));
});
