import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { coarse, segmentsOf, trackOf } from '../../static/js/page/track.js';
import { sentence } from '../../static/js/state/sentences.js';
import { Trace } from '../../static/js/state/trace.js';
import { speak } from './catalogues.mjs';
import { Script } from './stage-events.mjs';

/** @param {[string, number][]} parts phase and length */
const segments = (parts) => {
  let from = 0;
  return parts.map(([phase, length]) => ({ from, to: (from += length) - 1, phase, call: null }));
};

test('segments are consecutive steps of one phase and one call', () => {
  const steps = [['forward', null], ['forward', null], ['backward', 0], ['backward', 0], ['backward', 1], ['forward', null]]
    .map(([phase, call]) => ({ phase, call }));
  assert.deepEqual(segmentsOf(/** @type {any} */ (steps)).map(({ from, to, phase }) => [from, to, phase]),
    [[0, 1, 'forward'], [2, 3, 'backward'], [4, 4, 'backward'], [5, 5, 'forward']]);
});

test('segments that have room stay as they are', () => {
  const wide = segments([['forward', 10], ['backward', 8], ['forward', 5]]);
  assert.deepEqual(coarse(wide, 4).map(({ phase }) => phase), ['forward', 'backward', 'forward']);
});

test('segments too short to see share a unit, and together they cover every step once', () => {
  const many = segments(Array.from({ length: 1000 }, (_, index) => [index % 2 ? 'backward' : 'forward', 7]));
  const units = coarse(many, 60);
  assert.ok(units.length > 50 && units.length < 120, String(units.length));
  let next = 0;
  for (const unit of units) {
    assert.equal(unit.from, next);
    assert.equal(unit.phase, 'mixed');
    next = unit.to + 1;
  }
  assert.equal(next, 7000);
});

const loop = readFileSync(new URL('../fixtures/traces/training.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

test('every step has a chip where there is room, and many share a unit where there is none', () => {
  const trace = new Trace(loop);
  const count = trace.steps.length;
  const wide = trackOf(new Trace(loop.slice(0, trace.steps[20].to + 1)), '', { width: 3000, letters: 12 });
  assert.deepEqual([wide.strip, wide.units.map(({ from, to }) => [from, to])], [false, Array.from({ length: 21 }, (_, index) => [index, index])]);
  const narrow = trackOf(trace, '', { width: 100, letters: 12 });
  assert.equal(narrow.strip, true);
  assert.ok(narrow.units.length <= 20, `${narrow.units.length} units of at least 5 pixels in 100`);
  assert.deepEqual([narrow.units[0].from, narrow.units.at(-1).to], [0, count - 1]);
  assert.ok(narrow.phases.every(({ from, to }) => ((to - from + 1) * 100) / count >= 14), 'no phase is named where no name fits');
});

test('of a few backward calls each has a lane below the program, named where the lane is empty', () => {
  const read = (/** @type {string} */ name) => new Trace(readFileSync(new URL(`../fixtures/traces/${name}.jsonl`, import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));
  for (const [name, lanes] of /** @type {const} */ ([['neuron', 0], ['twice', 3], ['training', 3], ['ledger', 5]])) {
    for (const width of [3000, 300]) {
      const trace = read(name);
      const track = trackOf(trace, '', { width, letters: 12 });
      assert.equal(track.lanes, lanes, name);
      for (const { from, to, lane } of track.units) {
        for (const step of trace.steps.slice(from, to + 1)) assert.equal(lane, lanes > 0 && step.phase === 'backward' ? (step.call ?? 0) + 1 : 0, `${name}, step ${step.index}`);
      }
      for (const phase of lanes > 0 ? track.phases : []) assert.ok(track.units.every((unit) => unit.lane !== phase.lane || unit.to < phase.from || unit.from > phase.to), `${name}: a name covers no step of its lane`);
    }
  }
});

test('each of many backward calls has its number, over what the program does up to the next; too narrow for that, the first of several', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  for (let call = 0; call < 20; call += 1) {
    const y = script.op('mul', [x, x], 4, { name: 'y', next: [['accumulate', x], ['accumulate', x]] });
    script.add('backward-started', { call, via: 'backward', roots: [y.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false });
    script.add('function-reached', { call, function: y.fn, gradients: [{ shape: [], dtype: 'float32', data: 1 }] });
    script.add('backward-finished', { call });
  }
  const trace = script.trace();
  for (const [width, numbered] of /** @type {[number, number[]][]} */ ([[20 * 50, Array.from({ length: 20 }, (_, index) => index + 1)], [20 * 10, [1, 4, 7, 10, 13, 16, 19]]])) {
    const { lanes, phases } = trackOf(trace, '', { width, letters: 12 });
    const calls = phases.filter(({ phase }) => phase === 'backward');
    assert.deepEqual([lanes, calls.map(({ names }) => Number(names.at(-1)?.[0]))], [0, numbered]);
    assert.ok(calls.every(({ to }, index) => index === calls.length - 1 || calls[index + 1].from === to + 1));
  }
});

test('what a program prints or updates between its passes belongs to neither', () => {
  const trace = new Trace(readFileSync(new URL('../fixtures/traces/training.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));
  const chips = trackOf(trace, '', { width: 3000, letters: 12 }).units;
  for (const [kinds, phase] of /** @type {const} */ ([[['print', 'clear', 'modify'], 'neither'], [['op', 'create'], 'forward'], [['node', 'write', 'done'], 'backward']])) {
    const found = chips.filter(({ kind }) => kinds.includes(kind));
    assert.deepEqual([found.length > 0, ...new Set(found.map((chip) => chip.phase))], [true, phase], `${kinds}`);
  }
  const after = trace.steps.findIndex((step, index) => step.kind === 'print' && trace.steps[index - 1].kind !== 'print');
  assert.doesNotMatch(sentence(trace, after, speak('en', 'steps')), /forward|backward/);
});

test('the track is told of the end, and the cursor stays', () => {
  const trace = new Trace(loop);
  trace.at(5);
  trackOf(trace, '', { width: 1000, letters: 12 });
  assert.equal(trace.cursor, 5);
});

test('a breakpoint is marked at each step that begins its line, on chips and on a strip', () => {
  const lesson = new Trace(readFileSync(new URL('../fixtures/traces/training.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));
  for (const width of [4000, 200]) {
    for (const line of new Set(lesson.steps.map((step) => step.line))) {
      if (line === null) continue;
      const { marks } = trackOf(lesson, '', { width, letters: 12 }, new Set([line]));
      const broken = marks.filter(({ kind }) => kind === 'break').map(({ step }) => lesson.steps[step]);
      assert.ok(broken.length > 0 && broken.every((step) => step.line === line), `${line}`);
    }
  }
  assert.ok(trackOf(lesson, '', { width: 900, letters: 12 }).marks.every(({ kind }) => kind !== 'break'));
});
