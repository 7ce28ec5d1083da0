import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { startRun } from '../../static/js/page/runs.js';

/** @type {{keys: string[], lost: number}} */
const seen = { keys: [], lost: 0 };
const server = createServer((request, response) => {
  seen.keys.push(String(request.headers['idempotency-key']));
  request.resume();
  if (seen.lost > 0) {
    seen.lost -= 1;
    request.socket.destroy();
    return;
  }
  response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ id: 'a', events: '/e', url: '/u' }));
});
const { fetch } = globalThis;

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  globalThis.fetch = (address, request) => fetch(`http://127.0.0.1:${port}${address}`, request);
});
after(() => {
  globalThis.fetch = fetch;
  server.close();
});

test('a run whose answer was lost is asked for again by the same name', async () => {
  Object.assign(seen, { keys: [], lost: 2 });
  assert.equal((await startRun('x = 1')).id, 'a');
  assert.equal(seen.keys.length, 3);
  assert.match(seen.keys[0], /^[0-9a-f]{32}$/);
  assert.equal(new Set(seen.keys).size, 1);
});

test('every run has a name of its own', async () => {
  Object.assign(seen, { keys: [], lost: 0 });
  for (let turn = 0; turn < 3; turn += 1) await startRun('x = 1');
  assert.equal(new Set(seen.keys).size, 3);
});

test('who is gone for good is given up', async () => {
  Object.assign(seen, { keys: [], lost: 10 });
  await assert.rejects(startRun('x = 1'), TypeError);
  assert.equal(seen.keys.length, 3);
});
