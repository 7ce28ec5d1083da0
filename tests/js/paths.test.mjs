import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { pathsTo } from '../../static/js/state/paths.js';
import { Trace } from '../../static/js/state/trace.js';
import { Script } from './stage-events.mjs';

const FOLDER = new URL('../fixtures/traces/', import.meta.url);

/** @param {string} name */
const traceOf = (name) => new Trace(readFileSync(new URL(name, FOLDER), 'utf8').trim().split('\n').map((line) => JSON.parse(line)));

test('the products of all paths add up to the gradient that the call brought, in every golden trace', () => {
  let told = 0;
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'))) {
    const trace = traceOf(name);
    const state = trace.at(trace.last);
    for (const tensor of state.tensors.values()) {
      const found = pathsTo(tensor, state);
      if (!found) continue;
      const arrived = tensor.contributions.reduce((sum, one) => sum + Number(one.value.data), 0);
      const products = found.paths.reduce((sum, path) => sum + path.product, 0);
      if (!Number.isFinite(arrived)) continue;
      assert.ok(Math.abs(found.sum - arrived) <= 1e-4 * Math.max(1, Math.abs(arrived)), `${name}: ${tensor.name} ${found.sum} ${arrived}`);
      if (found.count === found.paths.length) assert.ok(Math.abs(products - found.sum) <= 1e-6 * Math.max(1, Math.abs(found.sum)));
      told += 1;
    }
  }
  assert.ok(told > 20, `only ${told} tensors have paths of numbers`);
});

test('from any tensor on the way the products add up to its derivative, and with its gradient to their part of the whole', () => {
  let told = 0;
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'))) {
    const state = traceOf(name).at(Infinity);
    for (const tensor of state.tensors.values()) {
      const whole = pathsTo(tensor, state);
      if (!whole || whole.count !== whole.paths.length) continue;
      for (const from of whole.starts) {
        const through = whole.paths.filter(({ root, links }) => root === from || links.some((link) => link.tensor === from));
        const { sum, count, paths } = pathsTo(tensor, state, from);
        const above = from === whole.paths[0].root ? null : pathsTo(state.tensors.get(from), state);
        assert.equal(count, paths.length);
        assert.ok(paths.every(({ root }) => root === from));
        if (above === null || !Number.isFinite(sum) || state.tensors.get(from).version > 0) continue;
        const part = through.reduce((total, { product }) => total + product, 0);
        assert.ok(Math.abs(above.sum * sum - part) <= 1e-6 * Math.max(1, Math.abs(part)), `${name}: ${above.sum} ${sum} ${part}`);
        told += 1;
      }
    }
  }
  assert.ok(told > 20, `only ${told} tensors lie on a way`);
});

test('a tensor changed in place has a node for each version, and each is passed once', () => {
  const number = (data) => ({ shape: [], dtype: 'float32', data });
  const script = new Script();
  const x = script.leaf('x', 2);
  const y = script.op('mul', [x], 6, { name: 'y', settings: { other: 3 }, next: [['accumulate', x]] });
  script.add('function-applied', { function: 1, op: 'mul', name: 'MulBackward0', inputs: [y.tensor], settings: { other: 2 }, saved: [], next: [['function', 0, 0]], span: null, outputs: [{ tensor: y.tensor, value: number(12), requires_grad: true, is_leaf: false, base: null }] });
  script.add('backward-started', { call: 0, via: 'backward', roots: [y.tensor], gradients: [number(1)], retain_graph: false, create_graph: false });
  for (const [fn, tensor, to, given, sent] of [[1, y.tensor, ['function', 0, 0], 1, 2], [0, x, ['accumulate', x], 2, 6]]) {
    script.add('function-reached', { call: 0, function: fn, gradients: [number(given)] });
    script.add('gradient-sent', { call: 0, function: fn, input: 0, tensor, to, value: number(sent), summed_axes: [], arithmetic: null, local: sent / given });
  }
  const state = script.trace().at(Infinity);
  const found = pathsTo(state.tensors.get(x), state);
  assert.deepEqual([found.count, found.sum, found.edges], [1, 6, 2]);
  assert.deepEqual(found.paths[0].links.map((link) => [link.function, link.factor]), [[1, 2], [0, 3]]);
});

test('a chain of ten thousand functions has its paths, one for each use of a weight, and one that is as long as the chain', () => {
  const turns = 10_000;
  const one = { shape: [], dtype: 'float32', data: 1 };
  const script = new Script();
  const [x, w] = [script.leaf('x', 1), script.leaf('w', 1)];
  let h = x;
  for (let turn = 0; turn < turns; turn += 1) h = script.op('mul', [h, w], 1, { next: [turn === 0 ? ['accumulate', x] : ['function', turn - 1, 0], ['accumulate', w]] }).tensor;
  script.add('backward-started', { call: 0, via: 'backward', roots: [h], gradients: [one], retain_graph: false, create_graph: false });
  for (let fn = turns - 1; fn >= 0; fn -= 1) {
    script.add('function-reached', { call: 0, function: fn, gradients: [one] });
    script.add('gradient-sent', { call: 0, function: fn, input: 0, tensor: fn === 0 ? x : 1 + fn, to: fn === 0 ? ['accumulate', x] : ['function', fn - 1, 0], value: one, summed_axes: [], arithmetic: null, local: 1 });
    script.add('gradient-sent', { call: 0, function: fn, input: 1, tensor: w, to: ['accumulate', w], value: one, summed_axes: [], arithmetic: null, local: 1 });
  }
  const state = script.trace().at(Infinity);
  const ofInput = pathsTo(state.tensors.get(x), state);
  assert.deepEqual([ofInput.count, ofInput.sum, ofInput.edges, ofInput.paths[0].length], [1, 1, turns, turns]);
  assert.deepEqual(ofInput.paths[0].links.map((link) => link.function), Array.from({ length: turns }, (_, at) => turns - 1 - at));
  const ofWeight = pathsTo(state.tensors.get(w), state);
  assert.deepEqual([ofWeight.count, ofWeight.sum, ofWeight.edges], [turns, turns, 2 * turns - 1]);
});
