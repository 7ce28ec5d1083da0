import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Player } from '../../static/js/stage/player.js';
import { beginsLine, depthsOf, nextAtLine, stepOut, stepOver } from '../../static/js/state/depths.js';
import { Script } from './stage-events.mjs';

/** A line, a function of two lines inside a turn of a loop, a last line. */
function nested() {
  const script = new Script();
  const x = script.leaf('x', 1);
  script.line();
  script.add('scope-entered', { scope: 'loop', label: 'step = 0' });
  script.line();
  script.add('scope-entered', { scope: 'function', label: 'f' });
  const a = script.op('neg', [x], -1, { name: 'a' });
  script.line();
  script.op('neg', [a.tensor], 1, { name: 'b' });
  script.add('scope-left', { scope: 'function', label: 'f' });
  script.add('scope-left', { scope: 'loop', label: 'step = 0' });
  script.line();
  script.op('neg', [x], -1, { name: 'c' });
  return script.trace();
}

test('stepping over keeps the depth, stepping out lessens it, and neither runs past the end', () => {
  const trace = nested();
  const depths = depthsOf(trace);
  assert.ok(Math.max(...depths) === 2 && depths.at(-1) === 0);
  for (let index = 0; index < depths.length - 1; index += 1) {
    const over = stepOver(trace, index);
    assert.ok(over > index && (depths[over] <= depths[index] || over === depths.length - 1));
    for (let at = index + 1; at < over; at += 1) assert.ok(depths[at] > depths[index]);
    const out = stepOut(trace, index);
    assert.ok(depths[out] < depths[index] || out === depths.length - 1);
  }
});

test('the last line of a function is inside it, the line that calls it is not', () => {
  const trace = nested();
  const { steps } = trace;
  const [first, last, behind] = [3, 4, 5].map((line) => steps.findIndex((step) => step.line === line && step.kind === 'op'));
  const depths = depthsOf(trace);
  assert.deepEqual([depths[first], depths[last], depths[behind]], [2, 2, 0]);
  assert.equal(stepOver(trace, first), last);
  assert.equal(stepOut(trace, last), behind, 'out of the function, not to the end of the run');
  assert.ok(steps[behind].to <= trace.last);
});

test('a line with a breakpoint stops playing at its first step', async () => {
  const trace = nested();
  const lines = new Set([4]);
  const at = nextAtLine(trace, 0, lines);
  assert.equal(trace.steps[at].line, 4);
  assert.equal(nextAtLine(trace, at, lines), null);
  const player = new Player({ trace, show: () => undefined, wait: () => Promise.resolve(), stops: (index) => beginsLine(trace, index, lines) });
  await player.play();
  assert.deepEqual([player.index, player.playing], [at, false]);
  await player.play();
  assert.equal(player.cursor, trace.last);
});
