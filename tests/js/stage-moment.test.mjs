import assert from 'node:assert/strict';
import test from 'node:test';
import { badgeFacts, edgeFacts, sameBadge, sameEdge, sameTensor, tensorFacts } from '../../static/js/stage/moment.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { Script } from './stage-events.mjs';

test('facts are the same only where each of them is', () => {
  const script = new Script();
  const w = script.leaf('w', 2);
  const product = script.op('mul', [w, w], 4, { saved: ['self', 'other'], next: [['accumulate', w], ['accumulate', w]] });
  const state = script.trace().at(script.events.length - 1);
  const graph = buildGraph(state, 0, null);
  const faults = { tensors: new Set(), functions: new Set() };
  const step = { from: 0 };
  for (const [made, same] of /** @type {[() => any, (one: any, other: any) => boolean][]} */ ([
    [() => tensorFacts(state.tensors.get(product.tensor), state, faults, step), sameTensor],
    [() => badgeFacts(graph.badges[0], state, faults, step), sameBadge],
    [() => edgeFacts(graph.edges[0], state), sameEdge],
  ])) {
    assert.ok(same(made(), made()));
    for (const name of Object.keys(made())) assert.ok(!same(made(), { ...made(), [name]: Symbol(name) }), name);
  }
});
