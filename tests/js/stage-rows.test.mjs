import assert from 'node:assert/strict';
import test from 'node:test';
import { boundsOf } from '../../static/js/stage/curve.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { isOneRow, wrapped } from '../../static/js/stage/rows.js';
import { Placed } from '../../static/js/stage/placed.js';
import { sceneOf } from '../../static/js/stage/scene.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { floorsOf, grouped, stacked, storeysOf } from '../../static/js/stage/storeys.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script } from './stage-events.mjs';

const PAGE = { width: 600, height: 760, least: 0.5 };

/** An RNN of one weight: each turn takes one output of an op that has all of them, and adds up in a loss. */
function recurrent(turns) {
  const script = new Script();
  const w = script.leaf('w', 0.5);
  const x = script.leaf('x', 1, { requires_grad: false });
  const { tensors } = script.op('unbind', [x], 1, { outputs: turns, recorded: false });
  let [h, loss] = [script.leaf('h', 1, { requires_grad: false }), script.leaf('loss', 0, { requires_grad: false })];
  for (const each of tensors) {
    h = script.op('add', [script.op('mul', [w, h], 1).tensor, each], 1).tensor;
    h = script.op('tanh', [h], 1, { name: 'h' }).tensor;
    loss = script.op('add', [loss, h], 1, { name: 'loss' }).tensor;
  }
  return script.trace();
}

/** What stands where, in so many rows or on a page. */
function stood(rows, trace = recurrent(8)) {
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0, null, rows !== 1);
  const faces = facesOf(graph, end, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate, { inRows: rows !== 1 });
  const whole = sketchLayout(boxes, links);
  const places = wrapped(whole, boxes, links, rows);
  return { graph, boxes, links, whole, places, geometry: geometryOf(graph, faces, places, estimate) };
}

/** The row of each box, the first at the top: all of one row moved down alike. */
function rowsOf({ places, whole }) {
  const before = new Map(whole.boxes.map(([id, , y]) => [id, y]));
  const moved = new Map(places.boxes.map(([id, , y]) => [id, Math.round(y - before.get(id))]));
  const lifts = [...new Set(moved.values())].sort((one, other) => one - other);
  return new Map([...moved].map(([id, lift]) => [id, lifts.indexOf(lift)]));
}

/** How many rows there are. */
const countOf = (drawn) => new Set(rowsOf(drawn).values()).size;

test('so many rows as are asked for, nearly as wide as one another, and nothing stands on anything', () => {
  for (const count of [2, 3, 4]) {
    const drawn = stood(count);
    const { geometry, places, whole } = drawn;
    assert.equal(countOf(drawn), count);
    assert.ok(places.width < (whole.width / count) * 1.6, `${places.width} of ${whole.width} in ${count} rows`);
    const frames = [...geometry.cards.values()];
    for (const [index, one] of frames.entries()) for (const other of frames.slice(index + 1)) assert.ok(one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height <= other.y || other.y + other.height <= one.y);
  }
});

test('an edge from one row to another leaves its card, passes no card, and arrives', () => {
  const { graph, geometry, places } = stood(3);
  const turned = new Set(places.turns.map(([id]) => id));
  const frameOf = (id) => geometry.cards.get(id) ?? geometry.badges.get(id);
  for (const edge of graph.edges.filter(({ id }) => turned.has(id))) {
    const curve = geometry.curves.get(edge.id);
    const [from, to] = [frameOf(edge.from), frameOf(edge.to)];
    assert.equal(curve[0][0], from.x + from.width);
    assert.ok(curve.at(-1)[0] < to.x && curve.at(-1)[1] > to.y && curve.at(-1)[1] < to.y + to.height);
    const others = [...geometry.cards].filter(([id]) => id !== edge.from && id !== edge.to);
    for (const [id, { x, y, width, height }] of others) assert.ok(!curve.some(([px, py]) => px > x && px < x + width && py > y && py < y + height), `${edge.id} runs over ${id}`);
    assert.equal(geometry.sides.get(edge.id), -1);
  }
});

test('the other edges keep their form, and go along with their row', () => {
  const drawn = stood(3);
  const { graph, geometry, places } = drawn;
  const turned = new Set(places.turns.map(([id]) => id));
  const rows = rowsOf(drawn);
  for (const { id, from, to } of graph.edges) assert.equal(turned.has(id), rows.get(from) !== rows.get(to), id);
  for (const edge of graph.edges.filter(({ id }) => !turned.has(id))) {
    const { left, right } = boundsOf(geometry.curves.get(edge.id));
    assert.ok(right - left < places.width);
  }
});

test('several edges of one beginning go together as far as they can', () => {
  const { graph, places } = stood(3);
  const badge = graph.badges.find(({ text }) => text === 'unbind').id;
  const ids = new Set(graph.edges.filter(({ from }) => from === badge).map(({ id }) => id));
  const ways = places.turns.filter(([id]) => ids.has(id)).map(([, runs]) => runs);
  assert.ok(ways.length >= 3);
  assert.equal(new Set(ways.map((runs) => runs.slice(0, 2).join())).size, 1);
});

test('in rows a weight that many turns share has a twin in each', () => {
  const twins = (rows) => stood(rows).graph.cards.filter(({ twin, title }) => twin && title === 'w').length;
  assert.deepEqual([twins(1), twins(3)], [0, 7]);
});

test('a page takes one row where that can be read, else the fewest that are seen well or nearly as large as any', () => {
  const whole = stood(1).whole;
  assert.ok(!isOneRow(whole, PAGE));
  const scale = ({ width, height }) => Math.min(1, PAGE.width / width, PAGE.height / height);
  const chosen = scale(stood(PAGE).places);
  const others = [1, 2, 3, 4, 5, 6].map((count) => scale(stood(count).places));
  assert.ok(chosen >= 0.92 * Math.max(...others) && chosen > scale(whole), `${chosen} of ${others}`);
  const easy = { ...PAGE, least: 0.2 };
  assert.equal(countOf(stood(easy)), others.findIndex((found) => found >= 0.28) + 1);
  const small = stood(PAGE, recurrent(1));
  assert.equal(small.places, small.whole);
});

test('rows that are not seen whole are as few as can be read downwards', () => {
  const low = { width: 600, height: 200, least: 0.65, flow: 0.7 };
  const { places } = stood(low);
  const others = [1, 2, 3, 4, 5, 6, 7, 8].map((count) => stood(count).places.width * low.flow);
  const fewest = others.findIndex((width) => width <= low.width) + 1;
  assert.ok(fewest > 3, `${others}`);
  assert.equal(countOf(stood(low)), fewest);
  assert.ok(places.height * low.least > low.height);
});

/** A chain that uses one weight at each turn. */
function chain(turns) {
  const script = new Script();
  const w = script.leaf('w', 0.5);
  let h = script.leaf('h', 1, { requires_grad: false });
  for (let turn = 0; turn < turns; turn += 1) h = script.op('tanh', [script.op('mul', [h, w], 1).tensor], 1, { name: 'h' }).tensor;
  return script.trace();
}

/** What the stage makes of a trace in a room: its scene, and how often places were asked for in rows and in one. */
async function staged(trace, page, before = null) {
  const asked = { rows: 0, one: 0 };
  const places = new Placed([]);
  const twins = (boxes) => boxes.filter(({ id }) => id.includes('~')).length;
  const layout = { place: (boxes, links) => ((asked[twins(boxes) > 0 ? 'rows' : 'one'] += 1), places.place(boxes, links)) };
  const seen = ({ width, height }) => {
    const [wide, high] = [page.width / width, page.height / height];
    const share = Math.min(wide, high, page.most);
    return { share, across: wide < high, enough: page.least, whole: share >= page.least, sight: Math.min(1, wide / page.flow) * Math.min(1, high / page.flow) };
  };
  const scene = await sceneOf(trace, trace.scenes[0], { measure: estimate, layout, translate: (key) => key, kind: 'teaching', seen, rows: page }, before && { scene: before, steady: false });
  return { scene, asked };
}

test('a graph that is whole in neither stands in rows where much more of it is in view', async () => {
  const low = { width: 600, height: 240, least: 0.65, most: 1, flow: 0.7 };
  assert.ok((await staged(chain(12), low)).scene.lines > 3);
  assert.equal((await staged(chain(12), { ...low, width: 1300 })).scene.lines, 1, 'most of it is in view as it is');
});

test('an edit of a graph that stands in many rows is laid out once', async () => {
  const page = { width: 700, height: 1500, least: 0.65, most: 1, flow: 0.7 };
  const { scene } = await staged(chain(8), page);
  assert.ok(scene.lines >= 3);
  const { scene: longer, asked } = await staged(chain(9), page, scene);
  assert.ok(longer.lines >= 3 && longer.geometry !== scene.geometry);
  assert.deepEqual(asked, { rows: 1, one: 0 });
  const { scene: other } = await staged(chain(9), { ...page, width: 2400 }, scene);
  assert.equal(other.lines, (await staged(chain(9), { ...page, width: 2400 })).scene.lines, 'in another room it stands as if it had come there first');
  assert.equal((await staged(chain(1), page, scene)).scene.lines, (await staged(chain(1), page)).scene.lines);
});

test('more rows than columns are as many as there are columns of what something flows into', () => {
  const drawn = stood(99, recurrent(1));
  const made = new Set(drawn.links.map(({ to }) => to));
  const columns = new Set(drawn.whole.boxes.flatMap(([id, x]) => (made.has(id) ? x : []))).size;
  assert.equal(countOf(drawn), columns);
});

test('what nothing flows into stands in the row of its first use, at its beginning where that is the first thing there', () => {
  for (const count of [2, 3, 4]) {
    const { links, places } = stood(count);
    const made = new Set(links.map(({ to }) => to));
    const first = new Map();
    for (const { from, to } of links) if (!made.has(from)) first.set(from, Math.min(first.get(from) ?? Infinity, places.rows.get(to)));
    assert.ok(first.size > 8);
    for (const [id, row] of first) assert.equal(places.rows.get(id), row, id);
  }
});

/** The gradient of a chain, and a penalty on it: the backward pass is recorded. */
function penalised(turns) {
  const script = new Script();
  const x = script.leaf('x', 3);
  let y = x;
  for (let turn = 0; turn < turns; turn += 1) y = script.op('tanh', [y], 1, { next: [['accumulate', x]] }).tensor;
  script.add('backward-started', { call: 0, via: 'grad', roots: [y], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: true, create_graph: true, inputs: [x] });
  let g = script.leaf(null, 1, { requires_grad: false });
  for (let turn = 0; turn < turns; turn += 1) g = script.op('mul', [g, y], 1, { next: [null, null] }).tensor;
  script.add('backward-finished', { call: 0 });
  script.line();
  script.op('mul', [g, x], 1, { name: 'penalty', next: [null, null] });
  return script.trace();
}

test('in rows a storey has a ground in each, above what stands there and below what stands in the row before', () => {
  const trace = penalised(6);
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0, null, true);
  const faces = facesOf(graph, end, estimate);
  const storeys = storeysOf(graph, end);
  const request = layoutRequest(graph, faces, estimate, { inRows: true });
  const boxes = grouped(request.boxes, storeys);
  const whole = stacked(sketchLayout(boxes, request.links), boxes, request.links, storeys);
  const places = wrapped(whole, boxes, request.links, 3);
  const geometry = geometryOf(graph, faces, places, estimate);
  const floors = floorsOf(graph, storeys, geometry, places.rows);
  assert.ok(floors.length > 1 && floors.every(({ call }) => call === 0));
  assert.deepEqual(new Set(floors.flatMap(({ items }) => [...items])), storeys[0].items);
  const rowOf = (id) => places.rows.get(graph.badges.find((badge) => badge.id === id)?.card ?? id);
  for (const { frame, items } of floors) {
    const rows = new Set([...items].map(rowOf));
    assert.equal(rows.size, 1);
    for (const [id, card] of geometry.cards) {
      const inside = card.y >= frame.y && card.y + card.height <= frame.y + frame.height;
      if (items.has(id)) assert.ok(inside, id);
      else if (rows.has(rowOf(id))) assert.ok(card.y >= frame.y + frame.height, `${id} stands below`);
      else assert.ok(card.y + card.height <= frame.y || card.y >= frame.y + frame.height, `${id} stands in another row`);
    }
  }
});
