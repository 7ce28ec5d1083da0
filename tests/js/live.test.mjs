import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createLive } from '../../static/js/page/live.js';

/** A world whose rests come when told. */
function world() {
  const rests = [];
  let started = 0;
  let ended = () => undefined;
  let idle = Promise.resolve();
  const live = createLive({ idle: () => idle, start: () => (started += 1) }, () => new Promise((resolve) => rests.push(resolve)));
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    live,
    get started() {
      return started;
    },
    begin() {
      idle = new Promise((resolve) => (ended = resolve));
    },
    end: () => ended(),
    settle,
    async rest() {
      rests.splice(0).forEach((resolve) => resolve());
      await settle();
    },
  };
}

test('however often the program changes before a run starts, one does', async () => {
  const here = world();
  for (let i = 0; i < 20; i += 1) void here.live.ask();
  await here.settle();
  assert.equal(here.started, 1);
  void here.live.ask();
  await here.settle();
  assert.equal(here.started, 2);
});

test('a run that is under way is let end, but not for long', async () => {
  const here = world();
  here.begin();
  void here.live.ask();
  await here.settle();
  assert.equal(here.started, 0);
  here.end();
  await here.settle();
  assert.equal(here.started, 1);
  here.begin();
  void here.live.ask();
  await here.rest();
  await here.settle();
  assert.equal(here.started, 2);
});

test('nothing starts after a cancel until the program changes again', async () => {
  const here = world();
  void here.live.ask();
  here.live.cancel();
  await here.settle();
  assert.equal(here.started, 0);
  void here.live.ask();
  await here.settle();
  assert.equal(here.started, 1);
});
