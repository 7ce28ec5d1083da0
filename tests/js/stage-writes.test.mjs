import assert from 'node:assert/strict';
import test from 'node:test';
import { facesOf } from '../../static/js/stage/faces.js';
import { buildGraph } from '../../static/js/stage/graph.js';
import { pictureOf } from '../../static/js/stage/picture.js';
import { estimate } from '../../static/js/stage/text.js';
import { touched, valuesWritten, writesIn } from '../../static/js/stage/writes.js';
import { Script } from './stage-events.mjs';

const vector = (...data) => ({ shape: [data.length], dtype: 'float32', data });

/** `v = x[1:]; v.mul_(1000.5)`, then a step that writes nothing. */
function written() {
  const script = new Script();
  const x = script.leaf('x', vector(1, 2, 3), { requires_grad: false });
  script.line();
  const v = script.op('slice', [x], vector(2, 3), { name: 'v', recorded: false, base: x });
  script.line();
  const from = script.events.length;
  script.add('tensor-modified', { tensor: v.tensor, op: 'mul_', version: 1, before: vector(2, 3), after: vector(2001, 3001.5), also: [{ tensor: x, after: vector(1, 2001, 3001.5) }] });
  script.line();
  script.leaf('z', 1, { requires_grad: false });
  return { trace: script.trace(), from, x, v: v.tensor };
}

test('a write in place marks every tensor that shares the memory, for its step only', () => {
  const { trace, from, x, v } = written();
  const end = trace.at(trace.last);
  const graph = buildGraph(end, 0);
  const faces = facesOf(graph, end, estimate);
  const marks = (first, cursor) => {
    const picture = pictureOf(graph, faces, trace.at(cursor), { view: 'values', scale: { least: 0, most: 0 }, translate: (key) => key, from: first, written: touched(writesIn(trace, first, cursor)) });
    return [x, v].map((tensor) => picture.cards.get(`t${tensor}`).mark);
  };
  assert.deepEqual(marks(from, from), ['written', 'written']);
  assert.deepEqual(marks(from + 1, trace.last), ['', '']);
});

test('a card has room for what it held before and after', () => {
  const { trace, v } = written();
  const held = valuesWritten(writesIn(trace, 0, trace.last));
  assert.deepEqual(held.get(v).map((value) => value.data), [[2, 3], [2001, 3001.5]]);
});
