import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sketchOf } from '../../static/js/page/thumbnail.js';
import { Trace } from '../../static/js/state/trace.js';
import { bind, create, trace } from './events.mjs';

const read = (/** @type {string} */ name) => new Trace(readFileSync(new URL(`../fixtures/traces/${name}.jsonl`, import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));

test('a lesson is sketched with its leaves and its root, every dot within the picture and none on another', () => {
  for (const name of ['neuron', 'paths', 'ledger', 'training']) {
    const sketch = sketchOf(read(name));
    assert.ok(sketch, name);
    const kinds = sketch.dots.map(([, , kind]) => kind);
    assert.ok(kinds.includes('leaf') && kinds.includes('root'), name);
    for (const [x, y] of sketch.dots) assert.ok(x >= 6 && y >= 6 && x <= sketch.width - 6 && y <= sketch.height - 6, name);
    assert.equal(new Set(sketch.dots.map(([x, y]) => `${x} ${y}`)).size, sketch.dots.length, name);
    assert.ok(sketch.lines.length >= sketch.dots.length - 1, name);
  }
});

test('a run that draws nothing has no sketch', () => {
  assert.equal(sketchOf(new Trace(trace([{ kind: 'printed', line: 1, text: 'hello' }]))), null);
});

test('one tensor alone is one dot', () => {
  assert.deepEqual(sketchOf(new Trace(trace([create(0, 1), bind('x', 0)])))?.dots.length, 1);
});
