import assert from 'node:assert/strict';
import test from 'node:test';
import { breakage, isBroken } from '../../static/js/state/overwriting.js';

const apply = (source, { from, to, insert }) => source.slice(0, from) + insert + source.slice(to);

test('breaking and mending are each other\'s undoing', () => {
  for (const source of ['', 'x = 1\n', 'import torch\nx = 1']) {
    const broken = apply(source, breakage(source));
    assert.ok(!isBroken(source) && isBroken(broken));
    assert.equal(apply(broken, breakage(broken)), source);
  }
});

test('the comment is found wherever it stands alone on its line', () => {
  for (const [source, mended] of [['x = 1\n  # gradlight: overwrite\ny = 2', 'x = 1\ny = 2'], ['x = 1\n#gradlight:overwrite', 'x = 1\n']]) assert.equal(apply(source, breakage(source)), mended);
  for (const source of ['x = 1  # gradlight: overwrite', '# gradlight: overwrites', '# gradlight']) assert.ok(!isBroken(source), source);
});
