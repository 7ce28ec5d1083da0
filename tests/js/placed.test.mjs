import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Noted, Placed, structureOf } from '../../static/js/stage/placed.js';
import { sketchLayout } from '../../static/js/stage/sketch.js';

const boxes = (/** @type {string} */ prefix) => ['a', 'b', 'c'].map((id) => ({ id: prefix + id, width: 60, height: 40 }));
const links = (/** @type {string} */ prefix) => [['a', 'c'], ['b', 'c']].map(([from, to]) => ({ id: `${prefix}${from}${to}`, from: prefix + from, to: prefix + to, weight: 1, span: 1 }));
const engine = { place: async () => ({ width: 200, height: 99.6, boxes: [['xa', 30, 20.2], ['xc', 150, 50], ['xb', 30, 80]], links: [['xbc', [[60, 80], [90, 70.4]]]] }), warm() {}, close() {} };

test('places that were noted are found again by structure, under other names', async () => {
  const noted = new Noted(/** @type {any} */ (engine));
  await noted.place(boxes('x'), links('x'));
  const again = await new Placed(noted.found).place(boxes('y'), links('y'));
  assert.deepEqual(again, { width: 200, height: 100, boxes: [['ya', 30, 20], ['yb', 30, 80], ['yc', 150, 50]], links: [['ybc', [[60, 80], [90, 70]]]] });
});

test('what was never placed is sketched', async () => {
  assert.deepEqual(await new Placed([]).place(boxes('x'), links('x')), sketchLayout(boxes('x'), links('x')));
});

test('sizes and names do not change a structure, links do', () => {
  const wide = boxes('x').map((box) => ({ ...box, width: 90 }));
  assert.equal(structureOf(wide, links('x')), structureOf(boxes('y'), links('y')));
  assert.notEqual(structureOf(boxes('x'), links('x').slice(1)), structureOf(boxes('x'), links('x')));
});
