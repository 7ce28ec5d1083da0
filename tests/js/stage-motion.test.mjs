import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { badgeContent, cardContent } from '../../static/js/stage/card.js';
import { effectShape } from '../../static/js/stage/effects.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { momentAt, planBetween } from '../../static/js/stage/motion.js';
import { notesOf } from '../../static/js/stage/notes.js';
import { Trace } from '../../static/js/state/trace.js';
import { laneOf, scaleOf } from '../../static/js/stage/lane-width.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { broken, freePlace } from '../../static/js/stage/placement.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script, fanIn } from './stage-events.mjs';

const translate = (key) => key;

function stageOf(made = fanIn()) {
  const { trace } = made;
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const geometry = geometryOf(graph, faces, sketchLayout(boxes, links));
  const scale = scaleOf(graph, end);
  const at = (cursor) => {
    const from = trace.steps[trace.stepAt(cursor)].from;
    const state = trace.at(cursor);
    const picture = pictureOf(graph, faces, state, { view: 'values', scale, translate, from });
    picture.notes = notesOf(graph, geometry, picture, state, { measure: estimate, translate, from });
    return picture;
  };
  const step = (kind, order = 0) => trace.steps.filter((item) => item.kind === kind)[order];
  return { ...made, graph, faces, geometry, at, step };
}

const said = (picture) => picture.notes.map((note) => [note.says, note.parts.map((part) => part.text).join('')]);

test('a leaf shows None, then what waits in its buffer, then its .grad', () => {
  const { at, step, x } = stageOf();
  const before = at(step('backward').to).cards.get(`t${x}`);
  assert.deepEqual([before.gradient.style, before.gradient.text, before.waiting], ['none', 'None', null]);
  const during = at(step('node', 1).to).cards.get(`t${x}`);
  assert.deepEqual([during.gradient.text, during.waiting, during.bar], ['None', '7.0', { expected: 3, arrived: 3, done: false }]);
  const after = at(step('write').to).cards.get(`t${x}`);
  assert.deepEqual([after.gradient.style, after.gradient.label, after.gradient.text, after.waiting, after.bar.done], ['kept', '.grad', '7.0', null, true]);
});

test('the gradient of a non-leaf flows and is gone after its node', () => {
  const { at, step, y, trace } = stageOf();
  assert.equal(at(step('node', 0).to).cards.get(`t${y.tensor}`).gradient.style, 'flow');
  assert.equal(at(trace.last).cards.get(`t${y.tensor}`).gradient.style, 'empty');
});

test('a step says the arithmetic of each gradient, the sum and the write', () => {
  const { at, step } = stageOf();
  assert.deepEqual(said(at(step('backward').to)), [['seed', 'stage.note.seed 1.0']]);
  assert.deepEqual(said(at(step('node', 1).to)), [['sent', '1.0 × 3.0 = 3.0'], ['sent', '1.0 × 3.0 = 3.0'], ['sum', '1.0 + 3.0 + 3.0 = 7.0']]);
  assert.deepEqual(said(at(step('write').to)), [['write', 'x.grad  None → 7.0']]);
});

test('contributions wait each by itself until all are there, then they become one sum', () => {
  const { at, step, graph, geometry } = stageOf();
  const { from, to } = step('node', 1);
  const plan = planBetween(at(from - 1), at(to), graph, geometry);
  const merges = plan.tracks.filter((track) => track.kind === 'merge');
  assert.deepEqual(merges.map(({ text }) => text), ['3.0', '3.0']);
  const shown = (time) => {
    const { effects } = momentAt(plan, time);
    const tokens = effects.filter(({ kind }) => kind === 'token').map(({ id, x, y }) => [id, x, y]);
    return { tokens, sums: effects.filter((effect) => effect.kind === 'note' && effect.says === 'sum').length };
  };
  const [first, second] = merges.map(({ seen }) => seen);
  assert.ok(first < second && second === merges[0].start);
  const one = shown((first + second) / 2);
  assert.deepEqual([one.tokens.length, one.sums], [1, 0], 'the first waits for the second');
  const both = shown(second);
  assert.deepEqual([both.tokens.length, both.sums], [2, 0]);
  assert.deepEqual(both.tokens[0], one.tokens[0], 'who waits stands still');
  assert.ok(Math.abs(both.tokens[0][2] - both.tokens[1][2]) >= 15, 'side by side');
  const done = shown(plan.duration);
  assert.deepEqual([done.tokens.length, done.sums], [0, 1]);
});

test('saved tensors are lit, then freed', () => {
  const { at, step, y, trace } = stageOf();
  const lamps = (cursor) => at(cursor).badges.get(`f${y.fn}`).lamps;
  assert.deepEqual(lamps(step('backward').to), [{ name: 'self', lit: true }, { name: 'other', lit: true }]);
  assert.deepEqual(lamps(trace.last), [{ name: 'self', lit: false }, { name: 'other', lit: false }]);
});

test('notes cover neither cards nor each other', () => {
  const { at, trace, geometry } = stageOf();
  const meet = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
  for (const step of trace.steps) {
    const boxes = at(step.to).notes.map((note) => note.box);
    boxes.forEach((box, index) => {
      assert.ok(![...geometry.cards.values()].some((frame) => meet(box, frame)), `step ${step.index}`);
      assert.ok(!boxes.slice(index + 1).some((other) => meet(box, other)), `step ${step.index}`);
    });
  }
});

test('a note without a free place is still placed', () => {
  const { box } = freePlace([0, 0], { width: 100, height: 28 }, [{ x: -1000, y: -1000, width: 2000, height: 2000 }]);
  assert.ok(Number.isFinite(box.x) && Number.isFinite(box.y));
});

test('the end of every plan is the next picture, with nothing under way', () => {
  const { at, trace, graph, geometry } = stageOf();
  for (let index = 1; index < trace.steps.length; index += 1) {
    const before = at(trace.steps[index - 1].to);
    const after = at(trace.steps[index].to);
    const plan = planBetween(before, after, graph, geometry);
    const end = momentAt(plan, plan.duration);
    assert.deepEqual(end.picture.cards, after.cards);
    assert.deepEqual(end.picture.badges, after.badges);
    assert.deepEqual(end.picture.edges, after.edges);
    assert.deepEqual([end.appearing.size, end.lanes.size], [0, 0]);
    assert.deepEqual(end.effects.map((effect) => effect.kind), after.notes.map(() => 'note'));
  }
});

test('a moment depends on the time alone', () => {
  const { at, step, trace, graph, geometry } = stageOf();
  const node = step('node', 1);
  const plan = planBetween(at(trace.steps[node.index - 1].to), at(node.to), graph, geometry);
  const forwards = [0, 100, 300, 500, 900].map((time) => momentAt(plan, time));
  const backwards = [900, 500, 300, 100, 0].map((time) => momentAt(plan, time)).reverse();
  assert.deepEqual(forwards, backwards);
});

test('a gradient travels from the badge to the card, and the card changes when it arrives', () => {
  const { at, step, trace, graph, geometry, y } = stageOf();
  const node = step('node', 0);
  const plan = planBetween(at(trace.steps[node.index - 1].to), at(node.to), graph, geometry);
  const early = momentAt(plan, 60);
  const later = momentAt(plan, 300);
  const x = (moment) => moment.effects.find((effect) => effect.id === 'be1.0').x;
  assert.ok(x(later) < x(early));
  assert.equal(early.picture.cards.get(`t${y.tensor}`).gradient.style, 'empty');
  assert.equal(momentAt(plan, plan.duration).picture.cards.get(`t${y.tensor}`).gradient.style, 'flow');
});

test('a broadcast value parts into ghosts on its way, and its gradient folds into one', () => {
  const { graph, geometry, at, step, trace } = stageOf();
  const wide = { ...graph, edges: graph.edges.map((edge) => ({ ...edge, ghosts: edge.id === 'e1.0' ? 3 : 1 })) };
  const node = step('node', 0);
  const plan = planBetween(at(trace.steps[node.index - 1].to), at(node.to), wide, geometry);
  const spread = (time) => {
    const beads = momentAt(plan, time).effects.filter((effect) => effect.id.startsWith('be1.0'));
    assert.equal(beads.length, 3);
    return Math.hypot(beads[0].x - beads[2].x, beads[0].y - beads[2].y);
  };
  assert.ok(spread(20) > 20 && spread(440) < 6 && spread(20) > spread(200));
});

test('a write drops a coin and leaves the buffer empty while it falls', () => {
  const { at, step, trace, graph, geometry, x } = stageOf();
  const write = step('write');
  const plan = planBetween(at(trace.steps[write.index - 1].to), at(write.to), graph, geometry);
  const heights = [50, 150, 250].map((time) => momentAt(plan, time).effects.find((effect) => effect.kind === 'token').y);
  assert.ok(heights[0] < heights[1] && heights[1] < heights[2]);
  assert.equal(momentAt(plan, 100).picture.cards.get(`t${x}`).waiting, null);
});

test('what a hook made of a gradient moves into the card, which shows what arrived until then', () => {
  const lines = readFileSync(new URL('../fixtures/traces/hooks.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const { at, trace, graph, geometry } = stageOf({ trace: new Trace(lines) });
  const hook = trace.steps.find((one) => one.kind === 'hook' && at(one.to).notes.some((note) => note.says === 'hook' && note.moved !== null));
  const [before, after] = [at(trace.steps[hook.index - 1].to), at(hook.to)];
  const note = after.notes.find((one) => one.says === 'hook');
  const plan = planBetween(before, after, graph, geometry);
  const token = momentAt(plan, 100).effects.find((effect) => effect.kind === 'token');
  assert.equal(token.text, note.moved);
  assert.deepEqual(momentAt(plan, 100).picture.cards.get(note.card).gradient, before.cards.get(note.card).gradient);
  assert.deepEqual(momentAt(plan, plan.duration).picture.cards.get(note.card), after.cards.get(note.card));
});

test('a jump over the whole run is squeezed into a sweep', () => {
  const { at, trace, graph, geometry } = stageOf();
  const before = at(0);
  assert.ok(planBetween(before, at(trace.last), graph, geometry).duration <= 2600);
});

test('no drawn card has a place that depends on the cursor', () => {
  const { at, trace, graph, geometry } = stageOf();
  const places = JSON.stringify([...geometry.cards]);
  for (let cursor = 0; cursor <= trace.last; cursor += 1) {
    const shown = [...at(cursor).cards].filter(([, item]) => item.visible).length;
    assert.equal(shown, graph.cards.filter((item) => trace.at(cursor).tensors.has(item.tensor)).length);
  }
  assert.equal(JSON.stringify([...geometry.cards]), places);
});

const scalar = (data) => ({ shape: [], dtype: 'float32', data });
const LANES = [
  [scalar(0), 'zero', '0'],
  [scalar('nan'), 'broken', 'nan'],
  [scalar('-inf'), 'broken', 'inf'],
  [scalar(-2), 'flow', '−2.0'],
];
for (const [value, style, text] of LANES) {
  test(`the lane of ${value.data} is ${style} and says ${text}`, () => {
    const lane = laneOf(value, { least: -3, most: 1 });
    assert.deepEqual([lane.style, lane.text], [style, text]);
  });
}

test('a lane is wider the larger the gradient, between 1.5 and 6', () => {
  const widths = [1e-9, 1e-3, 1e-2, 0.1, 1, 10, 1e9].map((size) => laneOf(scalar(size), { least: -3, most: 1 }).width);
  assert.deepEqual(widths, [...widths].sort((a, b) => a - b));
  assert.deepEqual([widths[0], widths.at(-1)], [1.5, 6]);
});

test('what a twin was sent flies on to the leaf that it stands for, and is summed there once it has come', () => {
  const one = { shape: [], dtype: 'float32', data: 1 };
  const script = new Script();
  const w = script.leaf('w', 1);
  let h = script.leaf('h', 1, { requires_grad: false });
  for (let turn = 0; turn < 17; turn += 1) h = script.op('mul', [w, h.tensor ?? h], 1, { next: [['accumulate', w], turn === 0 ? null : ['function', turn - 1, 0]] });
  script.line();
  script.add('backward-started', { call: 0, via: 'backward', roots: [h.tensor], gradients: [one], retain_graph: false, create_graph: false });
  for (const [part, fn] of [[1, 16], [2, 15]]) {
    script.add('function-reached', { call: 0, function: fn, gradients: [one] });
    script.add('gradient-sent', { call: 0, function: fn, input: 1, tensor: fn, to: ['function', fn - 1, 0], value: one, summed_axes: [], arithmetic: null, local: 1 });
    script.add('gradient-sent', { call: 0, function: fn, input: 0, tensor: w, to: ['accumulate', w], value: one, summed_axes: [], arithmetic: null, local: 1 });
    if (part > 1) script.add('gradient-summed', { call: 0, tensor: w, to: ['accumulate', w], before: one, added: one, after: { ...one, data: 2 }, part, of: 17 });
  }
  const { graph, geometry, at, step } = stageOf({ trace: script.trace() });
  const [first, second] = [step('node', 0), step('node', 1)];
  const plan = planBetween(at(first.to), at(second.to), graph, geometry);
  const home = plan.tracks.find((track) => track.kind === 'home');
  const bead = plan.tracks.find((track) => track.kind === 'backward' && track.edge === home.id);
  const merge = plan.tracks.find((track) => track.kind === 'merge');
  assert.deepEqual([home.start, home.card, home.end <= merge.start], [bead.end, `t${w}`, true]);
  const middle = momentAt(plan, (home.start + home.end) / 2).effects.find((effect) => effect.id === `h${home.id}`);
  assert.deepEqual([middle.kind, middle.text], ['token', '1.0']);
  const leaf = geometry.cards.get(`t${w}`);
  assert.deepEqual(home.to, [leaf.x + leaf.width / 2, leaf.y + leaf.height / 2]);
});

test('all that a drawing is told is plain data, and so is what it draws: a canvas could be told the same', () => {
  const { graph, faces, geometry, at, step } = stageOf();
  const plan = planBetween(at(step('node', 0).to), at(step('node', 1).to), graph, geometry);
  const told = [graph, faces, geometry, ...Array.from({ length: 9 }, (_, index) => momentAt(plan, (plan.duration * index) / 8))];
  const picture = at(step('node', 1).to);
  const shapes = [
    ...graph.cards.flatMap((card) => cardContent(picture.cards.get(card.id), faces.get(card.id), { measure: estimate, tab: 'leaf' })),
    ...graph.badges.flatMap((badge) => badgeContent(picture.badges.get(badge.id), geometry.badges.get(badge.id))),
    ...picture.notes.map((note) => effectShape({ ...note, share: 1 }, estimate)),
  ];
  assert.ok(shapes.length > 20);
  assert.deepEqual(structuredClone([...told, shapes]), [...told, shapes]);
});
