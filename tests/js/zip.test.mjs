import assert from 'node:assert/strict';
import test from 'node:test';
import { crc32 } from 'node:zlib';
import { checksum, zipped } from '../../static/js/page/zip.js';

test('the checksum is the one that archives use', () => {
  for (const text of ['', 'a', '123456789', '梯光'.repeat(999)]) assert.equal(checksum(new TextEncoder().encode(text)), crc32(text), text.slice(0, 9));
});

test('the same files give the same bytes', () => {
  const files = [{ name: '0.svg', text: '<svg/>' }, { name: '图.txt', text: '第 1 步' }];
  assert.deepEqual(zipped(files), zipped(structuredClone(files)));
});
