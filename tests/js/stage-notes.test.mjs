import assert from 'node:assert/strict';
import test from 'node:test';
import { causeOf, faultsOf } from '../../static/js/stage/faults.js';
import { segment } from '../../static/js/stage/curve.js';
import { facesOf } from '../../static/js/stage/faces.js';
import { geometryOf, layoutRequest } from '../../static/js/stage/geometry.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { labelPlace } from '../../static/js/stage/lanes.js';
import { scaleOf } from '../../static/js/stage/lane-width.js';
import { notesOf } from '../../static/js/stage/notes.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { broken, freePlace, leaderCrosses, leadersOf, placed } from '../../static/js/stage/placement.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { estimate } from '../../static/js/stage/text.js';
import { Script, fanIn } from './stage-events.mjs';

const term = (text) => ({ text, role: 'term' });
const textOf = (lines) => lines.map((line) => line.map((part) => part.text).join(''));

test('short words stay on one line', () => {
  assert.deepEqual(textOf(broken([term('a = 1')], 300, estimate).lines), ['a = 1']);
});

test('an error in a figure is said in as many lines as it takes', () => {
  const text = `${LONG[1][1].slice(0, 97)} [torch.FloatTensor [2]], which is output 0 of Sigmoid, is at version 1; expected version 0 instead.`;
  assert.equal(textOf(broken([term(text)], 260, estimate, 12).lines).join('').replaceAll(/\s+/g, ''), text.replaceAll(/\s+/g, ''));
});

const LONG = [
  ['words', 'mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)', 220],
  ['words that fill more than three lines', 'one of the variables needed for gradient computation has been modified by an inplace operation: '.repeat(4), 260],
  ['one endless word', 'x'.repeat(200), 200],
  ['Chinese without blanks', '矩阵的内侧尺寸不一致，'.repeat(12), 200],
];
for (const [name, text, most] of LONG) {
  test(`${name} break into at most three lines that fit`, () => {
    const { lines, width, height } = broken([term(text)], most, estimate);
    assert.ok(lines.length > 1 && lines.length <= 3);
    assert.ok(width <= most + 60, `${width}`);
    assert.equal(height, 28 + (lines.length - 1) * 18);
    const said = textOf(lines).join(' ').replaceAll(/\s+/g, '');
    assert.ok(text.replaceAll(/\s+/g, '').startsWith(said.replace(/…$/, '')));
  });
}

test('a note does not leave the view that holds its subject', () => {
  const view = { x: 0, y: 0, width: 300, height: 200 };
  for (const anchor of [[2, 2], [298, 2], [298, 198], [150, 100], [2, 198]]) {
    const { box } = freePlace(anchor, { width: 180, height: 46 }, [], view);
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 300 && box.y + box.height <= 200, JSON.stringify(box));
  }
});

function failing(source, column, end_column, more = {}) {
  const script = new Script();
  const h = script.leaf('h', 1, { requires_grad: false });
  const W = script.leaf('W', 2);
  script.line().line();
  script.add('run-failed', { column, end_column, error: 'RuntimeError', message: 'shapes', hint: null, code: 'shape-matmul', status: 'failed', ...more });
  const trace = script.trace();
  const faults = faultsOf(trace.at(trace.last), source);
  return { h, W, tensors: [...faults.tensors], functions: [...faults.functions] };
}

test('a failed expression marks the tensors it names', () => {
  const { h, W, tensors } = failing('\n\ny = h @ W.T', 4, 11);
  assert.deepEqual(tensors, [h, W]);
});

test('what stands in a string names no tensor, but for what an f-string asks for', () => {
  const line = "z = table['h W'] + W";
  const { W, tensors } = failing(`\n\n${line}`, 4, line.length);
  assert.deepEqual(tensors, [W]);
  const { h, tensors: asked } = failing("\n\nf'{h:bad}' \"W\"", 0, 15);
  assert.deepEqual(asked, [h]);
});

test('columns count letters, not code units', () => {
  const { W, tensors } = failing('\n\n"🙂", h; W', 8, 9);
  assert.deepEqual(tensors, [W]);
});

test('a run that reached a limit blames no tensor', () => {
  assert.deepEqual(failing('\n\ny = h @ W', 4, 9, { status: 'limited' }).tensors, []);
});

/** A node that keeps its input fails in its backward. @param {'second-backward' | 'version'} code @param {string} message @param {boolean} freed */
function failingBackward(code, message, freed) {
  const script = new Script();
  const x = script.leaf('x', 2);
  const y = script.op('square', [x], 4, { name: 'y', saved: ['self'], next: [['accumulate', x]] });
  const one = { shape: [], dtype: 'float32', data: 1 };
  if (freed) script.add('buffers-freed', { call: 0, functions: [y.fn] });
  else script.add('tensor-modified', { tensor: x, op: 'add_', version: 1, before: { ...one, data: 2 }, after: { ...one, data: 3 }, also: [] });
  script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [one], retain_graph: false, create_graph: false });
  script.add('function-reached', { call: 0, function: y.fn, gradients: [one] });
  script.add('run-failed', { column: 0, end_column: 9, error: 'RuntimeError', message, hint: null, code, status: 'failed' });
  const trace = script.trace();
  const state = trace.at(trace.last);
  return { x, cause: causeOf(state), tensors: [...faultsOf(state, '').tensors] };
}

test('a node that is walked into a second time says which saved tensors are gone', () => {
  const { cause, tensors } = failingBackward('second-backward', 'Trying to backward through the graph a second time', true);
  assert.deepEqual(cause, { key: 'stage.note.freed', given: { names: 'x' }, tensor: null });
  assert.deepEqual(tensors, []);
});

test('a node whose saved tensor was changed names its versions and marks the tensor', () => {
  const { x, cause, tensors } = failingBackward('version', 'one of the variables … is at version 1; expected version 0 instead.', false);
  assert.deepEqual(cause, { key: 'stage.note.version', given: { saved: 0, now: 1 }, tensor: x });
  assert.deepEqual(tensors, [x]);
});

test('sizes that do not fit are said where they meet, and a leaf that was changed in place', () => {
  const cause = (message, code) => causeOf({ error: { message, code }, running: null, functions: new Map(), tensors: new Map() });
  assert.deepEqual(cause('mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)', 'shape-matmul'), { key: 'stage.note.clash', given: { one: 3, other: 4 }, tensor: null });
  assert.deepEqual(cause('The size of tensor a (3) must match the size of tensor b (2) at non-singleton dimension 0', 'shape-broadcast'), { key: 'stage.note.clash', given: { one: 3, other: 2 }, tensor: null });
  assert.equal(cause('a leaf Variable that requires grad is being used in an in-place operation.', 'leaf-in-place').key, 'stage.note.leaf');
  assert.equal(cause('name is not defined', 'name'), null);
});

test('a leader crosses a frame that it passes anywhere, but not the one that it points into', () => {
  const box = { x: 0, y: 100, width: 40, height: 20 };
  assert.ok(leaderCrosses([20, 0], box, { x: 10, y: 40, width: 20, height: 4 }));
  assert.ok(!leaderCrosses([20, 0], box, { x: 10, y: -10, width: 20, height: 20 }));
  assert.ok(!leaderCrosses([20, 0], box, { x: 30, y: 40, width: 20, height: 4 }));
  assert.ok(leaderCrosses([200, 0], box, { x: 100, y: 40, width: 20, height: 40 }));
});

test('a note goes aside rather than lead across a card', () => {
  const wall = [{ x: -80, y: 10, width: 70, height: 60 }, { x: 12, y: 10, width: 70, height: 60 }, { x: -200, y: -90, width: 400, height: 80 }];
  const { box } = freePlace([0, 0], { width: 60, height: 28 }, wall);
  assert.ok(!wall.some((frame) => leaderCrosses([0, 0], box, frame)), JSON.stringify(box));
});

test('a note would rather not lie on a lane', () => {
  const size = { width: 60, height: 28 };
  const free = freePlace([0, 0], size, []).box;
  const lane = Array.from({ length: 20 }, (_, index) => [free.x + 5 + index * 3, free.y + 10]);
  const { box } = freePlace([0, 0], size, [], null, /** @type {[number, number][]} */ (lane));
  assert.ok(lane.every(([x, y]) => x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height));
});

const WORDS = [{ lines: [[term('in full')]], width: 200, height: 28 }, { lines: [[term('brief')]], width: 60, height: 28 }];
const VIEW = { x: 0, y: 0, width: 600, height: 400 };
/** Cards around an anchor at [300, 200], with a gap above it as wide as this. */
const around = (gap) => [{ x: 0, y: 0, width: 300 - gap / 2, height: 190 }, { x: 300 + gap / 2, y: 0, width: 300 - gap / 2, height: 190 }, { x: 0, y: 210, width: 600, height: 190 }];
const clear = (box, frames) => frames.every((frame) => box.x + box.width <= frame.x || frame.x + frame.width <= box.x || box.y + box.height <= frame.y || frame.y + frame.height <= box.y);

for (const [gap, said] of [[260, 'in full'], [100, 'brief']]) {
  test(`in a gap of ${gap} a note is said ${said}`, () => {
    const frames = around(gap);
    const { words, box, covers, crosses } = placed(WORDS, [[300, 200]], frames, VIEW, []);
    assert.deepEqual([textOf(words.lines), covers, crosses, clear(box, frames)], [[said], false, false, true]);
  });
}

test('a note would rather not stand by another card than its own', () => {
  const other = { x: 200, y: 60, width: 100, height: 70 };
  const walls = [{ x: 310, y: 0, width: 290, height: 400 }, { x: 100, y: 210, width: 200, height: 190 }, other];
  const short = [WORDS[1]];
  const near = (box) => Math.max(0, other.y - box.y - box.height, box.y - other.y - other.height, other.x - box.x - box.width, box.x - other.x - other.width);
  const [alone, beside] = [[], [other]].map((others) => placed(short, [[300, 200]], walls, VIEW, [], others));
  assert.deepEqual([alone.strays, beside.strays, beside.crosses], [false, false, false]);
  assert.ok(near(beside.box) >= 30 || Math.hypot(beside.box.x + 30 - 300, beside.box.y + 14 - 200) <= 90, JSON.stringify(beside.box));
  const only = placed(short, [[300, 200]], [], { x: 420, y: 0, width: 180, height: 60 }, [], [{ x: 420, y: 64, width: 180, height: 60 }]);
  assert.equal(only.strays, true);
});

test('a sum that would be read as that of another card has no words, and is told still', () => {
  const { trace, x } = fanIn();
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const { boxes, links } = layoutRequest(graph, faces, estimate);
  const geometry = geometryOf(graph, faces, sketchLayout(boxes, links));
  const step = trace.steps.findLast(({ kind }) => kind === 'node');
  const state = trace.at(step.to);
  const picture = pictureOf(graph, faces, state, { view: 'values', scale: scaleOf(graph, end), translate: (key) => key, from: step.from });
  const card = geometry.cards.get(`t${x}`);
  const { lines, parts, box, waited } = notesOf(graph, geometry, picture, state, { measure: estimate, translate: (key) => key, from: step.from }).find(({ says }) => says === 'sum');
  assert.deepEqual([lines, parts.at(-1).text, waited.length], [[], '7.0', 2], 'its leader would run over the card beside it');
  assert.ok(box.x > card.x && box.x < card.x + card.width && box.y < card.y + card.height && box.y > card.y - 30);
});

test('a note goes far for the room that there is, and says where there is none', () => {
  const frames = [{ x: 40, y: 40, width: 560, height: 360 }];
  const { box, covers } = placed(WORDS, [[300, 30]], [...frames, { x: 100, y: 0, width: 500, height: 40 }], VIEW, []);
  assert.deepEqual([covers, clear(box, frames)], [false, true]);
  assert.equal(placed(WORDS, [[300, 200]], [VIEW], VIEW, []).covers, true);
});

test('a leader does not run through the card that it points into', () => {
  const card = { x: 0, y: 0, width: 100, height: 90 };
  assert.equal(leaderCrosses([50, 0], { x: 30, y: 120, width: 60, height: 28 }, card), true);
  assert.equal(leaderCrosses([50, 0], { x: 30, y: -70, width: 60, height: 28 }, card), false);
});

test('the number of a lane stands beside the leader of a note', () => {
  const lane = segment([0, 0], [300, 0]);
  const leaders = leadersOf({ box: { x: 120, y: -90, width: 60, height: 30 }, anchor: [150, 60], also: [] });
  const [alone, beside] = [[], leaders].map((ways) => labelPlace(lane, 40, [], ways));
  assert.ok(alone.x < 150 && 150 < alone.x + alone.width);
  assert.ok(beside !== null && (beside.x > 150 || beside.x + beside.width < 150));
});
