import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

import { pathsTo } from '../../static/js/state/paths.js';
import { Trace } from '../../static/js/state/trace.js';

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
