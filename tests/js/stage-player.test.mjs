import assert from 'node:assert/strict';
import test from 'node:test';
import { createPlayer } from '../../static/js/stage/player.js';
import { fanIn } from './stage-events.mjs';

function playerOf() {
  const { trace } = fanIn();
  const shown = [];
  const player = createPlayer({ trace, show: async (cursor, how) => void shown.push([cursor, how.animate]), wait: async () => {} });
  return { trace, shown, player };
}

test('a step goes to the end of the next teaching step and is animated', async () => {
  const { trace, shown, player } = playerOf();
  await player.seek(-1);
  await player.step();
  await player.step();
  assert.deepEqual(shown, [[-1, false], [trace.steps[0].to, true], [trace.steps[1].to, true]]);
});

test('stepping back returns through the same cursors', async () => {
  const { trace, player } = playerOf();
  await player.seek(trace.last);
  const back = [];
  while (player.cursor > -1) {
    await player.step(-1);
    back.push(player.cursor);
  }
  assert.deepEqual(back, [...trace.steps.slice(0, -1).map((step) => step.to).reverse(), -1]);
});

test('seeking goes exactly there and stays in range', async () => {
  const { trace, player } = playerOf();
  for (const [wanted, expected] of [[7, 7], [-9, -1], [1e9, trace.last]]) {
    await player.seek(wanted);
    assert.equal(player.cursor, expected);
  }
});

test('from inside a step, on finishes it and back leaves it', async () => {
  const { trace, player } = playerOf();
  const long = trace.steps.find((step) => step.to - step.from > 2);
  await player.seek(long.from + 1);
  await player.step(1);
  assert.equal(player.cursor, long.to);
  await player.seek(long.from + 1);
  await player.step(-1);
  assert.equal(player.cursor, trace.steps[long.index - 1].to);
});

test('playing shows every step to the end, then starts over', async () => {
  const { trace, shown, player } = playerOf();
  await player.play();
  assert.deepEqual(shown.map(([cursor]) => cursor), trace.steps.map((step) => step.to));
  assert.equal(player.playing, false);
  shown.length = 0;
  await player.play();
  assert.deepEqual(shown.map(([cursor]) => cursor), [-1, ...trace.steps.map((step) => step.to)]);
});

test('a pause while playing stops at the step under way', async () => {
  const { trace } = fanIn();
  const shown = [];
  const player = createPlayer({
    trace,
    wait: async () => {},
    show: async (cursor, { animate }) => {
      shown.push(cursor);
      if (animate && shown.length === 3) player.pause();
    },
  });
  await player.play();
  assert.equal(player.playing, false);
  assert.equal(player.cursor, trace.steps[2].to);
  assert.equal(shown.length, 4);
});

test('speed stays between a quarter and four', () => {
  const { player } = playerOf();
  const got = [0, 0.5, 2, 99, NaN].map((speed) => {
    player.speed = speed;
    return player.speed;
  });
  assert.deepEqual(got, [0.25, 0.5, 2, 4, 1]);
});
