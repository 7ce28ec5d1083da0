import assert from 'node:assert/strict';
import test from 'node:test';
import { sketchLayout } from '../../static/js/stage/sketch.js';
import { placeTogether, Steered } from '../../static/js/stage/together.js';

const box = (id, width = 40) => ({ id, width, height: 30 });
const link = (id, from, to) => ({ id, from, to, weight: 1, span: 1 });

/** `y = f(x, w)` before; `z` stands between `x` and `y` now, and `w` is gone. Ids are those of each run. */
const BEFORE = { boxes: [box('t0'), box('t1'), box('t2', 90)], links: [link('e0.0', 't0', 't2'), link('e0.1', 't1', 't2')] };
const NOW = { boxes: [box('t0'), box('t1'), box('t2')], links: [link('e0.0', 't0', 't1'), link('e1.0', 't1', 't2'), link('e1.1', 't0', 't2')] };
const PARTNER = new Map([['t0', 't0'], ['t2', 't2']]);

test('what both graphs have stands at one place, as wide as the wider of the two', async () => {
  const asked = [];
  const [before, now] = await placeTogether(BEFORE, NOW, (id) => PARTNER.get(id) ?? null, async (boxes, links) => {
    asked.push(...boxes, ...links);
    return sketchLayout(boxes, links);
  });
  assert.deepEqual(asked.map(({ id }) => id), ['t0', 't1', 't2', '<t1', 'e0.0', 'e1.0', 'e1.1', '<e0.1']);
  const [was, is] = [before, now].map(({ boxes }) => new Map(boxes.map(([id, ...place]) => [id, place])));
  assert.deepEqual([...was.keys()], ['t0', 't1', 't2']);
  assert.deepEqual(was.get('t0'), is.get('t0'));
  assert.deepEqual(was.get('t2'), is.get('t2'));
  assert.equal(was.get('t2')[2], 90);
  assert.notDeepEqual(was.get('t1'), is.get('t1'));
});

test('two links between the same two are told apart, one by one', async () => {
  const twice = { boxes: [box('t0'), box('t1')], links: [link('e0.0', 't0', 't1'), link('e0.1', 't0', 't1')] };
  const once = { boxes: twice.boxes, links: [twice.links[0]] };
  let count = 0;
  await placeTogether(twice, once, (id) => id, async (boxes, links) => {
    count = links.length;
    return sketchLayout(boxes, links);
  });
  assert.equal(count, 2);
});

test('a steered layout asks its steersman first, and otherwise the layout', async () => {
  const plain = { place: async () => ({ width: 1, height: 1, boxes: [], links: [] }), read: async () => ({}), warm() {}, close() {} };
  const steered = new Steered(plain);
  assert.equal((await steered.place([], [])).width, 1);
  steered.steer = (boxes, links, place) => (boxes.length > 0 ? place(boxes, links).then((found) => ({ ...found, width: 2 })) : null);
  assert.equal((await steered.place([], [])).width, 1);
  assert.equal((await steered.place([box('t0')], [])).width, 2);
});
