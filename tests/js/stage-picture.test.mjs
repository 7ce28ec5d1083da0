import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { facesOf } from '../../static/js/stage/faces.js';
import { composed } from '../../static/js/stage/composition.js';
import { outside } from '../../static/js/stage/cull.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { scaleOf } from '../../static/js/stage/lane-width.js';
import { sceneOf } from '../../static/js/stage/scene.js';
import { estimate } from '../../static/js/stage/text.js';
import { Placed } from '../../static/js/stage/placed.js';
import { Script } from './stage-events.mjs';
import { Trace } from '../../static/js/state/trace.js';

const TRACES = new URL('../fixtures/traces/', import.meta.url);
const traces = readdirSync(TRACES).filter((name) => name.endsWith('.jsonl')).map((name) => ({ name, events: readFileSync(new URL(name, TRACES), 'utf8').trim().split('\n').map((line) => JSON.parse(line)) }));
const translate = (key, given = {}) => `${key} ${JSON.stringify(given)}`;
const tools = { measure: estimate, layout: new Placed([]), translate, kind: 'teaching' };

test('what is remembered of a picture makes the same picture as one that remembers nothing, wherever one jumps', () => {
  let random = 11;
  const next = (below) => Math.floor(((random = (random * 1103515245 + 12345) % 2147483648) / 2147483648) * below);
  for (const { name, events } of traces) {
    const trace = new Trace(events);
    for (const { index, from, to } of trace.scenes) {
      const end = trace.at(to);
      const graph = buildGraph(end, index);
      const scene = { trace, graph, faces: facesOf(graph, end, estimate), scale: scaleOf(graph, end), told: null };
      for (const view of ['values', 'gradients', 'shapes']) {
        const memory = new Map();
        for (let jump = 0; jump < 12; jump += 1) {
          const cursor = from + next(to - from + 1);
          const remembered = composed(scene, cursor, { view, translate, source: '', memory });
          const anew = composed(scene, cursor, { view, translate, source: '' });
          assert.deepEqual(remembered, anew, `${name} at ${cursor}`);
          const again = composed(scene, cursor, { view, translate, source: '', memory });
          for (const part of ['cards', 'badges', 'edges']) for (const [id, item] of again[part]) assert.equal(item, remembered[part].get(id), `${id} is the same item`);
        }
      }
    }
  }
});

const program = (number) => [
  { kind: 'run-started', schema: 1, seed: 0, line: null },
  { kind: 'tensor-created', tensor: 0, value: { shape: [], dtype: 'float32', data: number }, requires_grad: true, is_leaf: true, base: null, grad_of: null, line: 1, span: null },
  { kind: 'name-bound', name: 'x', tensor: 0, value: null, line: 1 },
  { kind: 'function-applied', function: 0, op: 'mul', name: 'MulBackward0', inputs: [0, 0], settings: {}, outputs: [{ tensor: 1, value: { shape: [], dtype: 'float32', data: number * number }, requires_grad: true, is_leaf: false, base: null }], saved: ['self', 'other'], next: [['accumulate', 0], ['accumulate', 0]], line: 2, span: null },
  { kind: 'name-bound', name: 'y', tensor: 1, value: null, line: 2 },
  { kind: 'run-finished', tensors: 2, functions: 1, calls: 0, line: null },
].map((event, seq) => ({ seq, ...event }));

const laidOut = (number, before = null) => {
  const trace = new Trace(program(number));
  return sceneOf(trace, trace.scenes[0], tools, before);
};

test('an edit whose numbers fit moves nothing; one that needs more room, or leaves much of it, is laid out anew', async () => {
  const first = await laidOut(1.5);
  const other = await laidOut(2.5, { scene: first, steady: false });
  assert.equal(other.geometry, first.geometry);
  assert.deepEqual([...other.faces.values()].map((face) => face.width), [...first.faces.values()].map((face) => face.width));
  const wide = await laidOut(-1.2345e-10, { scene: first, steady: false });
  assert.notEqual(wide.geometry, first.geometry);
  assert.deepEqual((await laidOut(2.5, { scene: wide, steady: true })).geometry, wide.geometry, 'while a number is turned, room stays');
  const back = await laidOut(2.5, { scene: wide, steady: false });
  assert.deepEqual(back.geometry, first.geometry, 'the room that a long number took is given back');
});

test('while a number is turned, longer numbers are written in fewer digits, and nothing moves', async () => {
  const first = await laidOut(-1.2345);
  for (const number of [-0.0123456, -0.00123456, -123.456]) {
    const turned = await laidOut(number, { scene: first, steady: true });
    assert.equal(turned.geometry, first.geometry, String(number));
    const { cards } = composed(turned, turned.to, { view: 'gradients', translate, source: '' });
    for (const { id } of turned.graph.cards) {
      const face = turned.faces.get(id);
      const { title, value } = cards.get(id);
      assert.ok(face.titleX + tools.measure(title, 'title') + tools.measure(value, 'value') <= face.width, `${number}: ${title} ${value}`);
    }
  }
  const freed = await laidOut(-0.00123456, { scene: await laidOut(-0.00123456, { scene: first, steady: true }), steady: false });
  assert.deepEqual([...freed.faces.values()].map(({ digits }) => digits), [undefined, undefined], 'once it is let go, cards are as wide as their numbers');
});

test('cards are high rather than wide where the whole graph is seen larger so, and stay so while it stays', async () => {
  const chain = (number, ...more) => {
    const script = new Script();
    let last = script.leaf('w', number);
    for (const name of ['hidden', 'second', 'third', 'fourth', 'fifth', 'loss', ...more]) last = script.line().op('tanh', [last], number / 3, { name }).tensor;
    return script.trace();
  };
  const trace = chain(1.5);
  const room = (width, height, enough) => (geometry) => ({ share: Math.min(width / geometry.width, height / geometry.height), across: width / geometry.width < height / geometry.height, enough });
  const made = (seen, before = null) => sceneOf(trace, trace.scenes[0], { ...tools, seen }, before);
  const narrow = await made(room(200, 2000, 5));
  const wide = await made(room(200, 2000, 0.1));
  assert.deepEqual([narrow.form, wide.form, (await made(null)).form], ['high', 'wide', 'wide'], 'large enough is large enough');
  assert.equal((await made(room(2000, 100, 5))).form, 'wide', 'in a low room high cards win nothing');
  assert.ok(narrow.geometry.width < wide.geometry.width);
  const edited = await made(room(2000, 100, 5), { scene: narrow, steady: false });
  assert.equal(edited.geometry, narrow.geometry, 'the same graph stays where it stands');
  let asked = 0;
  const layout = { place: (...given) => ((asked += 1), new Placed([]).place(...given)) };
  const longer = chain(1.5, 'more', 'last');
  const grown = await sceneOf(longer, longer.scenes[0], { ...tools, layout, seen: room(200, 2000, 5) }, { scene: narrow, steady: false });
  assert.deepEqual([grown.form, asked], ['high', 1], 'what is too wide for high cards is not tried with wide ones');
  const after = await sceneOf(longer, longer.scenes[0], { ...tools, seen: room(200, 2000, 5) }, { scene: { ...wide, form: 'close' }, steady: false });
  assert.equal(after.form, 'high', 'cards that stood close in a low room say nothing of a narrow one');
  const turned = await sceneOf(chain(-1.2345e-10), trace.scenes[0], { ...tools, seen: room(2000, 100, 5) }, { scene: narrow, steady: true });
  assert.equal(turned.form, 'high');
});

test('in a low room cards stand closer above each other, and none touches another', async () => {
  const script = new Script();
  const leaves = ['a', 'b', 'c', 'd'].map((name) => script.leaf(name, 2));
  leaves.reduce((sum, leaf) => script.line().op('add', [sum, leaf], 4).tensor);
  const trace = script.trace();
  const seen = (enough) => (geometry) => ({ share: 100 / geometry.height, across: false, enough });
  const [close, wide] = await Promise.all([5, 0.1].map((enough) => sceneOf(trace, trace.scenes[0], { ...tools, seen: seen(enough) })));
  assert.deepEqual([close.form, wide.form], ['close', 'wide']);
  assert.deepEqual([...close.faces.values()], [...wide.faces.values()]);
  assert.ok(close.geometry.height < wide.geometry.height);
  const frames = [...close.geometry.cards.values()];
  for (const one of frames) for (const other of frames) assert.ok(one === other || one.x + one.width <= other.x || other.x + other.width <= one.x || one.y + one.height < other.y || other.y + other.height < one.y);
});

for (const form of ['high', 'small']) test(`all rows of a ${form} card have room in it, one below the other, and free of its badge`, () => {
  const seen = { numbers: 0, arrays: 0 };
  for (const { name, events } of traces) {
    const trace = new Trace(events);
    for (const { index, from, to } of trace.scenes) {
      const end = trace.at(to);
      const graph = buildGraph(end, index);
      const faces = facesOf(graph, end, estimate, undefined, from, null, form);
      const scene = { trace, graph, faces, scale: scaleOf(graph, end), told: null };
      for (const cursor of [from, Math.floor((from + to) / 2), to]) {
        const { cards } = composed(scene, cursor, { view: 'gradients', translate, source: '' });
        for (const [id, face] of faces) {
          if (face.gradientRow === null) continue;
          seen[face.grid ? 'arrays' : 'numbers'] += 1;
          const said = `${name}: ${id} at ${cursor}`;
          const { valueRow, gradientRow, stack: { titleRow, labelRow, labelX } = { titleRow: face.valueRow, labelRow: face.gradientRow, labelX: face.titleX } } = face;
          assert.ok(titleRow <= valueRow && valueRow < labelRow && labelRow <= gradientRow && gradientRow < face.height, said);
          const item = cards.get(id);
          const beside = (row) => (face.badgeWidth > 0 && Math.abs(row - face.height / 2) < 13 ? 13 : 0);
          const left = { [titleRow]: item.title === '' ? 0 : face.titleX + estimate(item.title, 'title') };
          if (item.gradient) left[labelRow] = Math.max(left[labelRow] ?? 0, labelX + (item.gradient.label === '∂' ? 10 : 35));
          const whole = item.gradient?.text ?? '';
          const parted = labelRow !== gradientRow && whole.startsWith('norm ');
          for (const grid of [face.grid, face.gradientGrid]) if (grid) assert.ok(face.titleX + grid.columns * grid.cell + 8 <= face.width, `${said}: a grid`);
          for (const [row, text] of [[valueRow, item.value], ...(parted ? [[labelRow, 'norm'], [gradientRow, whole.slice(5)]] : [[gradientRow, whole]])]) {
            assert.ok(Math.max(left[row] ?? 0, beside(row)) + estimate(text, 'value') + 8 <= face.width, `${said}: ${text}`);
          }
          assert.ok(left[titleRow] <= face.width, said);
        }
      }
    }
  }
  assert.ok(seen.numbers > 100 && seen.arrays > 20, JSON.stringify(seen));
});

test('each turn of a loop stands where the one before it stood; a turn of another form is laid out anew', async () => {
  const script = new Script();
  const w = script.leaf('w', 1);
  const turn = (op, value) => {
    const { tensor, fn } = script.line().op(op, [w, w], value, { name: 'loss' });
    script.add('backward-started', { call: fn, via: 'backward', roots: [tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false }).add('backward-finished', { call: fn });
  };
  turn('mul', 1.5);
  turn('mul', 2.5);
  turn('add', 2.5);
  const trace = script.trace();
  assert.equal(trace.scenes.length, 3);
  let asked = 0;
  const layout = { place: (...given) => ((asked += 1), new Placed([]).place(...given)) };
  const [first, again, other] = await trace.scenes.reduce(async (made, part) => {
    const before = await made;
    return [...before, await sceneOf(trace, part, { ...tools, layout }, before.length > 0 ? { scene: before.at(-1), steady: true } : null)];
  }, Promise.resolve([]));
  assert.equal(asked, 2);
  const places = ({ geometry, graph }) => graph.cards.map(({ id }) => geometry.cards.get(id));
  assert.deepEqual(places(again), places(first));
  assert.notDeepEqual(again.graph.cards.map(({ id }) => id), first.graph.cards.map(({ id }) => id));
  assert.deepEqual([...again.geometry.curves.keys()].sort(), again.graph.edges.map(({ id }) => id).sort());
  assert.deepEqual(again.graph.edges.map(({ id, from, to }) => [from, to].join() === Object.values(again.geometry.ends.get(id)).join()), [true, true]);
  assert.equal(other.graph.badges[0].text, '+');
});

test('what is outside the view is left out, and nothing that touches it', () => {
  const frame = (x, y) => ({ x, y, width: 100, height: 50 });
  const geometry = { cards: new Map([['in', frame(0, 0)], ['edge', frame(1115, 0)], ['right', frame(1125, 0)], ['above', frame(0, -175)]]), badges: new Map([['b', frame(-250, 0)]]), bounds: new Map([['e', { left: -500, top: 10, right: 2000, bottom: 20 }], ['f', { left: 0, top: 730, right: 10, bottom: 740 }]]) };
  assert.deepEqual([...outside(geometry, { left: 0, top: 0, width: 1000, height: 600 })], ['right', 'above', 'b', 'f']);
  assert.equal(outside(geometry, null).size, 0);
});

test('a long graph stands on the stage in rows where it is whole so, and stays so while its program is edited', async () => {
  const script = new Script();
  const w = script.leaf('w', 0.5);
  let h = script.leaf('h', 1, { requires_grad: false });
  for (let turn = 0; turn < 6; turn += 1) h = script.line().op('tanh', [script.op('mul', [h, w], 0.5).tensor], 0.46, { name: 'h' }).tensor;
  const trace = script.trace();
  const room = (width, height) => ({ seen: (geometry) => ({ share: Math.min(width / geometry.width, height / geometry.height), across: true, enough: 1, whole: geometry.width <= width && geometry.height <= height }), rows: { width, height, least: 1 } });
  const made = (given, before = null) => sceneOf(trace, trace.scenes[0], { ...tools, ...given }, before);
  const line = await made({ ...room(1e5, 1e5) });
  assert.deepEqual([line.rows, line.graph.cards.filter((card) => card.twin).length], [1, 0], 'a graph that is whole in one row stands in one');
  const { width, height } = line.geometry;
  const lines = await made(room(width * 0.7, height * 4));
  assert.ok(lines.rows !== 1 && lines.geometry.width <= width * 0.7 && lines.graph.cards.some((card) => card.twin));
  assert.equal((await made(room(width * 0.7, height * 4), { scene: lines, steady: false })).geometry, lines.geometry);
  assert.equal((await made(room(width * 0.2, height * 0.5))).rows, 1, 'where rows would be cut too, one row is followed along');
});
