import assert from 'node:assert/strict';
import { test } from 'node:test';

import { centralDifference, objectiveOf, withNumber } from '../../static/js/page/difference.js';
import { leavesOf } from '../../static/js/page/literals.js';
import { fanIn, Script } from './stage-events.mjs';

const LEAVES = [
  ['x = torch.tensor(-3.0)', -3, [['x', -3]]],
  ['x = torch.tensor([0.1, 2])', [0.1, 2], [['x[0]', 0.1], ['x[1]', 2]]],
  ['x = torch.tensor([[1.0], [-2.0]])', [[1], [-2]], [['x[0][0]', 1], ['x[1][0]', -2]]],
  ['x = torch.randn(2)       # 5', [0.3, 0.4], []],
  ['x = torch.full((2,), 7.)', [7, 7], []],
];

test('the elements of a leaf are matched with the numbers that stand in its expression', () => {
  for (const [source, data, expected] of LEAVES) {
    const script = new Script();
    const shape = Array.isArray(data) ? (Array.isArray(data[0]) ? [data.length, 1] : [data.length]) : [];
    script.leaf('x', { shape, dtype: 'float32', data });
    const trace = script.trace();
    const again = new (trace.constructor)(Array.from(trace.events, (event) => (event.seq === 1 ? { ...event, span: [1, 4, 1, source.length] } : event)));
    const [leaf] = leavesOf(again, source);
    assert.deepEqual(leaf.literals.map((one) => [one.name, one.value]), expected, source);
  }
});

test('the objective of a run is the root of its first backward call', () => {
  assert.equal(objectiveOf(fanIn().trace), 12);
  assert.equal(objectiveOf(new Script().trace()), null);
});

test('a central difference runs the program at both sides of one of its numbers', async () => {
  const asked = [];
  const run = async (source) => {
    asked.push(source);
    const x = Number(/x = (\S+)/.exec(source)[1]);
    const script = new Script();
    const leaf = script.leaf('x', x);
    const y = script.op('mul', [leaf, leaf], x * x, { name: 'y' });
    script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [null], retain_graph: false, create_graph: false });
    return script.trace();
  };
  const slope = await centralDifference('x = 3.0\ny = x * x', { name: 'x', index: 0, value: 3 }, 0.5, run);
  assert.equal(slope, 6);
  assert.deepEqual(asked, ['x = 3.5\ny = x * x', 'x = 2.5\ny = x * x']);
  assert.equal(withNumber('a = -1\nb = 2', 1, '5'), 'a = -1\nb = 5');
});
