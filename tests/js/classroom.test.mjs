import assert from 'node:assert/strict';
import { test } from 'node:test';

import { joinClass, tokenOf } from '../../static/js/page/classroom.js';

test('a class token is told from every other fragment', () => {
  const found = ['#class=abc', '#class=a%20b%2Fc', '#class=', '#class=%', '#', '', '#p=class=abc', '#CLASS=abc'].map(tokenOf);
  assert.deepEqual(found, ['abc', 'a b/c', null, '%', null, null, null, null]);
});

test('a token is handed in once and leaves the address', async () => {
  /** @type {unknown[]} */
  const said = [];
  const location = { hash: '#class=abc', pathname: '/', search: '?lang=en' };
  const page = {
    location,
    history: { replaceState: (_state, _title, address) => { said.push(address); location.hash = ''; } },
    fetch: async (address, { method, body }) => { said.push(`${method} ${address} ${body}`); throw new TypeError('offline'); },
  };
  await joinClass(page);
  await joinClass(page);
  assert.deepEqual(said, ['/?lang=en', 'POST /api/class {"token":"abc"}']);
});
