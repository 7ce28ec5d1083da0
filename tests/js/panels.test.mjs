import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tailNames } from '../../static/js/page/chart.js';
import { beforePaint } from '../../static/js/page/dom.js';
import { shortened } from '../../static/js/page/path.js';

test('a long way keeps its ends and says how much is left out; a short one is whole', () => {
  const way = (length) => Array.from({ length }, (_, index) => index);
  assert.deepEqual(shortened(way(12)), way(12));
  assert.deepEqual(shortened(way(100)), [0, 1, 2, 3, '⋯ 89 ⋯', 93, 94, 95, 96, 97, 98, 99]);
});

test('what is asked for many times before a frame happens once, with what was given last', () => {
  const frames = [];
  globalThis.requestAnimationFrame = (act) => frames.push(act);
  const seen = [];
  const act = beforePaint((...given) => seen.push(given));
  act(1);
  act(2, 'b');
  assert.deepEqual([seen, frames.length], [[], 1]);
  frames.shift()();
  assert.deepEqual(seen, [[2, 'b']]);
  act(3);
  frames.shift()();
  assert.deepEqual(seen, [[2, 'b'], [3]]);
  delete globalThis.requestAnimationFrame;
});

test('layers are told apart by the ends of their names', () => {
  assert.deepEqual(tailNames(['net.hidden.weight', 'net.hidden.bias', 'net.out.weight']), ['hidden.weight', 'hidden.bias', 'out.weight']);
  assert.deepEqual(tailNames(['net.block.1.weight', 'net.block.1.bias']), ['weight', 'bias']);
  assert.deepEqual(tailNames(['w', 'net.w']), ['w', 'net.w']);
  assert.deepEqual(tailNames(['a_very_long_name_1', 'a_very_long_name_2']), ['…long_name_1', '…long_name_2'].map((name) => name.replace('…', '…_')));
  assert.deepEqual(tailNames(['net.w']), ['w']);
  assert.deepEqual(tailNames([]), []);
});
