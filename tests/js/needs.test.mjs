import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { needOf } from '../../static/js/state/needs.js';
import { Trace } from '../../static/js/state/trace.js';
import { Script } from './stage-events.mjs';

test('a result needs a gradient because of leaves, and the flag passes slots wave by wave', () => {
  const script = new Script();
  const [w, b, x] = [script.leaf('w', 2), script.leaf('b', 1), script.leaf('x', 3, { requires_grad: false })];
  const product = script.op('mul', [x, w], 6, { next: [null, ['accumulate', w]] });
  const sum = script.op('add', [product.tensor, b], 7, { name: 'y', next: [['function', product.fn, 0], ['accumulate', b]] });
  const square = script.op('mul', [sum.tensor, sum.tensor], 49, { name: 'z' });
  const state = script.trace().at(Infinity);
  const tensor = (id) => state.tensors.get(id);
  assert.deepEqual(needOf(state, tensor(square.tensor)), {
    why: 'inputs', tensors: [w, b], block: '',
    waves: [[{ function: product.fn, input: 1 }], [{ function: sum.fn, input: 0 }, { function: sum.fn, input: 1 }], [{ function: square.fn, input: 0 }, { function: square.fn, input: 1 }]],
  });
  assert.deepEqual(needOf(state, tensor(w)).why, 'self');
  assert.deepEqual(needOf(state, tensor(x)).why, 'constant');
});

test('where the flag ends, the reason names what would have passed it on', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const cut = script.leaf('u', 2, { requires_grad: false, base: w });
  const plain = script.op('mul', [cut, cut], 4, { recorded: false });
  const blind = script.op('argmax', [w], 0, { recorded: false });
  script.add('scope-entered', { scope: 'mode', label: 'no_grad' });
  const off = script.op('exp', [w], 7, { recorded: false });
  const state = script.trace().at(Infinity);
  for (const [id, why, tensors, block] of [[cut, 'detached', [w], ''], [plain.tensor, 'none', [cut], ''], [blind.tensor, 'blind', [w], ''], [off.tensor, 'off', [w], 'no_grad']]) {
    assert.deepEqual(needOf(state, state.tensors.get(id)), { why, tensors, block, waves: [] });
  }
});

test('in every recorded run the flag begins at leaves and passes only what needs a gradient', () => {
  const folder = new URL('../fixtures/traces/', import.meta.url);
  let asked = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) {
    const trace = new Trace(readFileSync(new URL(name, folder), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));
    const state = trace.at(trace.last);
    for (const tensor of state.tensors.values()) {
      const { why, tensors, waves } = needOf(state, tensor);
      assert.equal(tensor.requires_grad, why === 'self' || why === 'inputs', `${name}: ${tensor.tensor}`);
      if (why !== 'inputs') continue;
      asked += 1;
      assert.ok(tensors.length > 0 && tensors.every((id) => state.tensors.get(id).is_leaf && state.tensors.get(id).requires_grad), name);
      for (const { function: fn, input } of waves.flat()) assert.ok(state.tensors.get(state.functions.get(fn).inputs[input]).requires_grad, name);
    }
  }
  assert.ok(asked > 50);
});
