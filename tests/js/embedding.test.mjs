import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isHeard } from '../../static/js/page/embedding.js';

test('only pages of named origins, and our own, are heard', () => {
  const own = 'https://here.example';
  const cases = [[own, true], ['https://school.example', true], ['https://school.example.evil.example', false], ['http://school.example', false], ['null', false], ['', false]];
  for (const [origin, heard] of cases) assert.equal(isHeard(origin, ['https://school.example'], own), heard, origin);
  assert.equal(isHeard('https://school.example', [], own), false);
});
