import assert from 'node:assert/strict';
import test from 'node:test';
import { chaptersOf, searchSteps } from '../../static/js/state/search.js';
import { fanIn, Script } from './stage-events.mjs';

const kinds = (trace, question) => searchSteps(trace, question).map((index) => trace.steps[index].kind);

test('steps are found by op, sign, variable, node name and gradient', () => {
  const { trace } = fanIn();
  const about = (question) => searchSteps(trace, question).map((index) => {
    const step = trace.steps[index];
    return `${step.kind}:${step.function ?? step.tensor}`;
  });
  assert.deepEqual(about('mul'), about('×'));
  assert.ok(about('mul').length >= 2, 'forward and backward');
  assert.deepEqual(about('MulBackward0'), about('mulbackward'));
  assert.ok(about('x').every((found) => found !== ''));
  assert.deepEqual(about('grad of x'), about('x.grad'));
  assert.deepEqual(about('grad of x'), about('x 的梯度'));
  for (const question of ['Gradient of X', 'x gradient', "x's grad"]) assert.deepEqual(about(question), about('grad of x'), question);
  assert.deepEqual(kinds(trace, 'grad of x').at(-1), 'write');
  assert.ok(!kinds(trace, 'grad of x').includes('op'));
  assert.deepEqual(about('nothing of this name'), []);
  assert.deepEqual(about('  '), []);
});

test('a backward call is found by its number, as the chapters write it', () => {
  const { trace } = fanIn();
  const found = searchSteps(trace, 'backward() call 1');
  assert.ok(found.length > 2 && found.every((index) => trace.steps[index].phase === 'backward'));
  for (const question of ['backward 1', 'call 1', 'Backward pass 1', '第 1 次 backward()', '第 1 次反向', '第1次']) assert.deepEqual(searchSteps(trace, question), found, question);
  assert.deepEqual(searchSteps(trace, 'backward 2'), []);
});

test('several words must all hold', () => {
  const { trace } = fanIn();
  assert.deepEqual(kinds(trace, 'mul node'), ['node']);
  assert.deepEqual(kinds(trace, 'mul op'), ['op']);
});

test('a line is found in every way in which it is written', () => {
  const script = new Script();
  script.line();
  const x = script.leaf('x', 2);
  script.line();
  script.op('exp', [x], 7.4, { name: 'y' });
  const trace = script.trace();
  const line = trace.steps.at(-1).line;
  const found = searchSteps(trace, `line ${line}`);
  assert.ok(found.length > 0);
  assert.ok(found.every((index) => trace.steps[index].line === line));
  for (const question of [`${line}`, `:${line}`, `Line ${line}`, `第${line}行`, `第 ${line} 行`]) assert.deepEqual(searchSteps(trace, question), found, question);
});

test('a loop is told by its turns and the calls in them, a short program by its lines', () => {
  const script = new Script();
  const x = script.leaf('x', 2);
  for (const turn of [0, 1]) {
    script.line();
    script.add('scope-entered', { scope: 'loop', label: `for i = ${turn}` });
    const y = script.op('mul', [x, x], 4, { name: 'y' });
    script.add('backward-started', { call: turn, via: 'backward', roots: [y.tensor], gradients: [{ shape: [], dtype: 'float32', data: 1 }], retain_graph: false, create_graph: false });
    script.add('backward-finished', { call: turn });
    script.add('scope-left', { scope: 'loop', label: `for i = ${turn}` });
  }
  const told = chaptersOf(script.trace()).map(({ kind, label, number, depth }) => [kind, label || number, depth]);
  assert.deepEqual(told, [['turn', 'for i = 0', 0], ['call', 1, 1], ['turn', 'for i = 1', 0], ['call', 2, 1]]);
  const plain = new Script();
  plain.line();
  plain.leaf('x', 2);
  plain.line();
  plain.leaf('y', 3);
  assert.deepEqual(chaptersOf(plain.trace()).map(({ kind, number }) => [kind, number]), [['line', 2], ['line', 3]]);
});
