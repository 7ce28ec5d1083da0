import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsed } from '../../static/js/page/directions.js';

const SIGNS = [0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
const mark = (code) => `⟨U+${code.toString(16).toUpperCase()}⟩`;

test('a sign that turns the direction of writing is a mark, however the text spells it', () => {
  for (const code of SIGNS) {
    const hex = code.toString(16);
    for (const spelled of [String.fromCharCode(code), `\\u${hex}`, `\\u${hex.toUpperCase()}`]) {
      assert.deepEqual(parsed(`{"a${spelled}": ["b${spelled}c"]}`), { [`a${mark(code)}`]: [`b${mark(code)}c`] });
    }
  }
});

test('every other text stays as it is', () => {
  for (const value of ['\\u202e', '\\\\u202e', 'עברית 权重 😀', '\u2029\u202f\u2065\u206a', '"\\', 'a\nb']) {
    assert.equal(parsed(JSON.stringify(value)), value);
  }
  assert.deepEqual(parsed('[1, "\\u202f", "\\ud83d\\ude00"]'), [1, '\u202f', '😀']);
});
