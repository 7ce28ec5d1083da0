import assert from 'node:assert/strict';
import test from 'node:test';
import { DIGITS, fromBase85, fromDigits, toBase85 } from '../../static/js/page/packing.js';

const bytes = (/** @type {number} */ length) => Uint8Array.from({ length }, (_, at) => (at * 167 + length * 59 + 255) % 256);

test('bytes come back from base 85, whatever their number', () => {
  for (let length = 0; length < 40; length += 1) {
    const text = toBase85(bytes(length));
    assert.equal(text.length, Math.ceil((length * 5) / 4));
    assert.deepEqual(fromBase85(text), bytes(length), `${length} bytes`);
  }
  assert.deepEqual(fromBase85(toBase85(new Uint8Array(9).fill(255))), new Uint8Array(9).fill(255));
});

test('no digit means anything to markup or a template, and the text of the reader reads by itself', () => {
  assert.equal(new Set(DIGITS).size, 85);
  assert.doesNotMatch(DIGITS, /[\s&<>"'`\\{}]/);
  const alone = new Function(`return ${fromDigits}`)();
  assert.deepEqual(alone(toBase85(bytes(23)), DIGITS), bytes(23));
});
