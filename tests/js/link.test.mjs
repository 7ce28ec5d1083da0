import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLink, writeLink } from '../../static/js/page/link.js';

const SOURCE = 'import torch\n权重 = torch.tensor(1.0)\n';

const NOTHING = { cursor: null, selected: null, pinned: null, display: null, view: null, language: null, theme: null, speed: null, breakpoints: [], predicting: false, folds: null };

test('a link holds the program and everything that was on show', async () => {
  const place = { cursor: 12, selected: 3, pinned: 0, display: 'shapes', view: 'backward', language: 'zh-CN', theme: 'dark', speed: '0.5', breakpoints: [2, 11], predicting: true, folds: [['/loop:i = 0#0'], ['/function:损失#0', '/module:Linear#1']] };
  const fragment = await writeLink({ source: SOURCE }, place);
  assert.match(fragment, /^#[\w=&.-]+$/);
  assert.deepEqual(await readLink(fragment), { source: SOURCE, ...place });
});

test('what a link does not say is left open, and what it may not say is dropped', async () => {
  assert.deepEqual(await readLink(await writeLink({ source: SOURCE })), { source: SOURCE, ...NOTHING });
  const odd = await readLink(`${await writeLink({ source: SOURCE })}&s=-1&sel=1e9&pin=&view=__proto__&show=values2&b=x.-3.1e3.&predict=yes&fold=AAAA`);
  assert.deepEqual(odd, { source: SOURCE, ...NOTHING });
  assert.equal((await readLink(`${await writeLink({ source: SOURCE })}&view=table`))?.view, 'table', 'as links said it before');
});

test('a program that is too long has no link, and a bomb is not unpacked', async () => {
  await assert.rejects(writeLink({ source: 'x'.repeat(9000) }), RangeError);
  const bytes = await new Response(new Blob(['0'.repeat(10_000_000)]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer();
  await assert.rejects(readLink(`#v=1&p=${Buffer.from(bytes).toString('base64url')}`), RangeError);
});

test('a short link names a run and nothing else', async () => {
  assert.equal(await writeLink({ run: 'a'.repeat(32) }, { cursor: 4 }), `#v=1&r=${'a'.repeat(32)}&s=4`);
  for (const run of ['../../x', 'A'.repeat(32), 'a'.repeat(31)]) await assert.rejects(readLink(`#v=1&r=${run}`), RangeError);
});
