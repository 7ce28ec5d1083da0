import assert from 'node:assert/strict';
import test from 'node:test';
import { within } from '../../static/js/stage/fonts.js';

const CASES = [
  ['', '∂', true],
  ['U+0000-00FF, U+2212', 'a', true],
  ['U+0000-00FF, U+2212', '−', true],
  ['U+0000-00FF, U+2212', '∂', false],
  ['U+0370-03FF', 'Σ', true],
  ['U+4??', 'ѐ', true],
  ['U+1F600-1F64F', '😀', true],
];
for (const [range, letter, expected] of CASES) {
  test(`${letter} lies ${expected ? 'in' : 'outside'} "${range}"`, () => assert.equal(within(range)(letter), expected));
}
