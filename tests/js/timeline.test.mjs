import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coarse, segmentsOf } from '../../static/js/page/timeline.js';

/** @param {[string, number][]} parts phase and length */
const segments = (parts) => {
  let from = 0;
  return parts.map(([phase, length]) => ({ from, to: (from += length) - 1, phase, call: null }));
};

test('segments are consecutive steps of one phase and one call', () => {
  const steps = [['forward', null], ['forward', null], ['backward', 0], ['backward', 0], ['backward', 1], ['forward', null]]
    .map(([phase, call]) => ({ phase, call }));
  assert.deepEqual(segmentsOf(/** @type {any} */ (steps)).map(({ from, to, phase }) => [from, to, phase]),
    [[0, 1, 'forward'], [2, 3, 'backward'], [4, 4, 'backward'], [5, 5, 'forward']]);
});

test('segments that have room stay as they are', () => {
  const wide = segments([['forward', 10], ['backward', 8], ['forward', 5]]);
  assert.deepEqual(coarse(wide, 4).map(({ phase }) => phase), ['forward', 'backward', 'forward']);
});

test('segments too short to see share a unit, and together they cover every step once', () => {
  const many = segments(Array.from({ length: 1000 }, (_, index) => [index % 2 ? 'backward' : 'forward', 7]));
  const units = coarse(many, 60);
  assert.ok(units.length > 50 && units.length < 120, String(units.length));
  let next = 0;
  for (const unit of units) {
    assert.equal(unit.from, next);
    assert.equal(unit.phase, 'mixed');
    next = unit.to + 1;
  }
  assert.equal(next, 7000);
});
