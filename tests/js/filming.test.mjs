import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Filming } from '../../static/js/stage/filming.js';

/** The times at which a motion was drawn before each frame that was taken. @param {number} rate @param {(filming: Filming, draw: (time: number) => void) => Promise<void>} play */
async function taken(rate, play) {
  const times = [];
  let at = -1;
  const filming = new Filming(rate, async () => {
    times.push(at);
  });
  await play(filming, (time) => {
    at = time;
  });
  return times;
}

test('a motion is drawn at the times of the frames, however long each takes', async () => {
  assert.deepEqual(await taken(10, (filming, draw) => filming.run(350, draw, () => 1)), [0, 100, 200, 300]);
});

test('at twice the speed there are half the frames', async () => {
  assert.deepEqual(await taken(10, (filming, draw) => filming.run(400, draw, () => 2)), [0, 200]);
});

test('frames keep their distance over the seam of two motions and a rest', async () => {
  const times = await taken(10, async (filming, draw) => {
    await filming.run(150, draw, () => 1);
    await filming.rest(100);
    await filming.run(150, draw, () => 1);
  });
  assert.deepEqual(times, [0, 100, 150, 50]);
});

test('a motion that is over leaves its end drawn', async () => {
  let last = 0;
  const filming = new Filming(10, async () => undefined);
  await filming.run(333, (time) => (last = time), () => 1);
  assert.equal(last, 333);
});
