import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLink, writeLink } from '../../static/js/page/link.js';

const SOURCE = 'import torch\n权重 = torch.tensor(1.0)\n';

test('a link holds the program, the step, the selection, the view and the language', async () => {
  const place = { cursor: 12, selected: 3, view: 'shapes', language: 'zh-CN' };
  const fragment = await writeLink({ source: SOURCE }, place);
  assert.match(fragment, /^#[\w=&.-]+$/);
  assert.deepEqual(await readLink(fragment), { source: SOURCE, ...place });
});

test('what a link does not say is left open, and what it may not say is dropped', async () => {
  assert.deepEqual(await readLink(await writeLink({ source: SOURCE })), { source: SOURCE, cursor: null, selected: null, view: null, language: null });
  const odd = await readLink(`${await writeLink({ source: SOURCE })}&s=-1&sel=1e9&view=__proto__`);
  assert.deepEqual([odd?.cursor, odd?.selected, odd?.view], [null, null, null]);
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
