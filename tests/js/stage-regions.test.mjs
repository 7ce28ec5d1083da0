import assert from 'node:assert/strict';
import test from 'node:test';
import { facesOf } from '../../static/js/stage/faces.js';
import { groundsShown } from '../../static/js/stage/floors.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { momentAt, planBetween } from '../../static/js/stage/motion.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { cutAt, regionsOf } from '../../static/js/stage/regions.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script } from './stage-events.mjs';

/** `y = w * w; with no_grad(): v = w * w; t = tanh(v); z = t * y`, and a constant made outside. */
function blocks(label = 'no_grad') {
  const script = new Script();
  const w = script.leaf('w', 2);
  const y = script.op('mul', [w, w], 4, { name: 'y', next: [['accumulate', w], ['accumulate', w]] });
  script.line();
  script.add('scope-entered', { scope: 'mode', label });
  const v = script.op('mul', [w, w], 4, { name: 'v', recorded: false });
  const t = script.op('tanh', [v.tensor], 1, { name: 't', recorded: false });
  script.add('scope-left', { scope: 'mode', label });
  const c = script.leaf('c', 1, { requires_grad: false });
  script.line();
  const z = script.op('mul', [t.tensor, y.tensor], 4, { name: 'z', next: [null, ['function', y.fn, 0]] });
  const trace = script.trace();
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const geometry = geometryOf(graph, faces, sketchLayout(boxes, links), estimate);
  geometry.regions = regionsOf(graph, end, geometry);
  const at = (seq) => pictureOf(graph, faces, trace.at(seq), { view: 'values', scale: { least: 0, most: 0 }, translate: (key) => key, from: 0 });
  return { trace, graph, geometry, at, w, y, v, t, c, z };
}

const holds = (frame, { x, y, width, height }) => frame.x <= x && frame.y <= y && frame.x + frame.width >= x + width && frame.y + frame.height >= y + height;
const meets = (one, other) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;

test('what is made where nothing is recorded stands in a region with the name of its block, and nothing else does', () => {
  for (const [label, count] of [['no_grad', 1], ['inference_mode', 1], ['enable_grad', 0]]) {
    const { geometry, graph, v, t } = blocks(label);
    assert.equal(geometry.regions.length, count, label);
    for (const { label: name, items, frames } of geometry.regions) {
      assert.equal(name, label);
      assert.deepEqual(items, new Set([`t${v.tensor}`, `f${v.fn}`, `t${t.tensor}`, `f${t.fn}`]));
      for (const [id, frame] of [...geometry.cards, ...geometry.badges]) {
        if (items.has(id)) assert.ok(frames.some((one) => holds(one, frame)), `${id} is inside`);
        else assert.ok(!frames.some((one) => meets(one, frame)), `${id} is outside`);
      }
    }
    assert.equal(graph.edges.filter((edge) => edge.cut).length, 2, 'from w to v');
  }
});

test('where a card stands between those of a block, the block has more than one frame', () => {
  const { geometry, graph, trace, v, t, z } = blocks();
  for (const [apart, named] of [[200, 2], [30, 1]]) {
    const row = new Map([[v, 0], [z, apart], [t, 2 * apart]]);
    const frames = (mark, left, width) => new Map([...row].map(([made, x]) => [mark(made), { x: x + left, y: 0, width, height: 40 }]));
    const crowded = { ...geometry, cards: frames((made) => `t${made.tensor}`, 0, apart / 2), badges: frames((made) => `f${made.fn}`, 0, apart / 2) };
    const between = crowded.cards.get(`t${z.tensor}`);
    const [region] = regionsOf(graph, trace.at(trace.last), crowded);
    assert.equal(region.frames.length, 2);
    assert.ok(!region.frames.some((frame) => meets(frame, between)));
    const corners = region.frames.slice(0, named).map(({ x, y }) => [x, y]);
    assert.deepEqual(region.words.map(({ x, y, height }) => [x - 12, y + height / 2]), corners, 'each is named on its border, where the same word is not there yet');
  }
});

test('a region comes with the first of its cards, and an edge is cut where it crosses its border', () => {
  const { geometry, graph, trace, at, v } = blocks();
  const made = trace.events.first('function-applied', (event) => event.function === v.fn).seq;
  assert.deepEqual(groundsShown(geometry.regions, at(made - 1), new Map()), []);
  assert.deepEqual(groundsShown(geometry.regions, at(made), new Map()).map(({ share }) => share), [1]);
  for (const edge of graph.edges.filter(({ cut }) => cut)) {
    const share = cutAt(edge, geometry);
    assert.ok(share > 0 && share < 1, `${share}`);
    assert.equal(cutAt(edge, { ...geometry, regions: [] }), 0.5);
  }
});

test('a value crosses the border first; then the edge is cut, and it stays cut', () => {
  const { geometry, graph, trace, at, v } = blocks();
  const made = trace.events.first('function-applied', (event) => event.function === v.fn).seq;
  const plan = planBetween(at(made - 1), at(made), graph, geometry);
  for (const { id } of graph.edges.filter(({ cut }) => cut)) {
    const moment = (kind) => plan.tracks.find((track) => track.kind === kind && track.edge === id);
    const [bead, cut] = [moment('forward'), moment('cut')];
    assert.ok(bead.end <= cut.start);
    const during = momentAt(plan, (bead.start + bead.end) / 2);
    assert.ok(during.grown.get(id) > 0 && during.grown.get(id) < 1, 'it is drawn behind the bead');
    assert.deepEqual([during.cuts.get(id), momentAt(plan, (cut.start + cut.end) / 2).cuts.get(id), momentAt(plan, plan.duration).cuts.get(id)], [0, 0.5, undefined]);
  }
});
