import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sentences } from '../../static/js/state/phrases.js';
import { detail, plainSentence, sentence } from '../../static/js/state/sentences.js';
import { Trace } from '../../static/js/state/trace.js';
import { speak } from './catalogues.mjs';
import { apply, bind, create, finish, leaf, reach, run, scalar, send, square, start, sum, trace, write } from './events.mjs';

const en = speak('en', 'steps');
const zh = speak('zh-CN', 'steps');

test('sentences follow one another as the language writes them', () => {
  assert.equal(sentences(['One.', '', null, false, 'Of {next}.'], en), 'One. Of {next}.');
  assert.equal(sentences(['第一句。', undefined, '第二句。', '第三句。'], zh), '第一句。第二句。第三句。');
  assert.equal(sentences([null, ''], zh), '');
});

test('the model sentence of the tanh step reads as written', () => {
  const sent = { ...send(0, 1, 0, 1, ['function', 0, 0], -0.294), local: 0.501 };
  const told = [
    reach(1), leaf(0, 1), bind('x', 0), reach(2), apply(0, 'mul', [0], [1, 0.9], [['accumulate', 0]], { settings: { other: 2 } }), bind('a', 1),
    reach(3), apply(1, 'tanh', [1], [2, 0.7], [['function', 0, 0]], { saved: ['result'] }), bind('o', 2), reach(4), start(0, 2), run(0, 1, -0.587), sent,
  ];
  const known = new Trace(trace(told));
  const index = known.steps.findIndex((step) => step.kind === 'node');
  assert.equal(sentence(known, index, en), 'Step 5 of 5, backward: tanh receives −0.587, its local derivative is 0.501, it sends −0.294 to a.');
  assert.equal(sentence(known, index, zh), '第 5 步，共 5 步，反向：tanh 收到 −0.587，局部导数为 0.501，把 −0.294 传给 a。');
});

test('every kind of step says its own numbers in both languages', () => {
  const zero = { kind: 'gradient-cleared', line: 5, tensor: 0, to: 'zero' };
  const again = [start(1, 1), run(1, 0, 1), send(1, 0, 0, 0, ['accumulate', 0], 6), write(1, 0, 6, 6), finish(1)];
  const failed = { kind: 'run-failed', line: 9, error: 'RuntimeError', message: 'Trying to backward a second time. Long text.', hint: null, code: 'x', status: 'failed', column: 0, end_column: 1 };
  const cases = [
    [square(), 'create', 'x is created: 3.0, a leaf that needs a gradient.', '创建 x：3.0，需要梯度的叶子张量。'],
    [square(), 'op', 'mul takes x (3.0) and x (3.0) and gives y (9.0); it keeps self (x) and other (x) for the backward pass.', 'mul 接收 x（3.0）和 x（3.0），得到 y（9.0）；为反向传播保存 self（x）和 other（x）。'],
    [square(), 'backward', 'the engine starts backward pass 1 at y with gradient 1.0.', '引擎从 y 开始第 1 次反向传播，初始梯度为 1.0。'],
    [square(), 'node', 'mul receives 1.0 and sends 3.0 to x twice, once for each use; at x they add up, 3.0 + 3.0 = 6.0; it frees self (x) and other (x).', 'mul 收到 1.0，把 3.0 传给 x 两次（用到它的两处各一次）；在 x 处相加，3.0 + 3.0 = 6.0；释放 self（x）和 other（x）。'],
    [square(), 'write', 'x.grad was None and becomes 6.0.', 'x.grad 原为 None，现为 6.0。'],
    [square(), 'done', 'backward pass 1 is done; the saved tensors of 1 function are gone.', '第 1 次反向传播完成；1 个算子保存的张量已释放。'],
    [again, 'write', 'x.grad accumulates, 6.0 + 6.0 = 12.0.', 'x.grad 累加，6.0 + 6.0 = 12.0。'],
    [[zero], 'clear', 'x.grad is set to zero.', 'x.grad 清零。'],
    [[reach(8), { kind: 'printed', line: 8, text: '6\n' }], 'print', 'line 8 prints 6.', '第 8 行输出 6。'],
    [[reach(8), { kind: 'name-bound', line: 8, name: 'lr', tensor: null, value: 0.1 }], 'statement', 'lr is 0.1.', 'lr 为 0.1。'],
    [[reach(8), create(5, 9, { base: 1 }), bind('u', 5)], 'create', 'u shares the value of y but is detached from the graph, so no gradient passes.', 'u 与 y 共享数值，但已从计算图分离，梯度不再经过。'],
    [[reach(8), { kind: 'scope-entered', line: 8, scope: 'mode', label: 'no_grad' }, apply(1, 'exp', [1], [6, 2], [null], { name: null }), bind('z', 6)], 'op', 'exp takes y (9.0) and gives z (2.0); gradients are off here, so the graph does not grow.', 'exp 接收 y（9.0），得到 z（2.0）；此处不记录梯度，计算图不会增长。'],
    [[reach(8), { kind: 'name-bound', line: 8, name: 'f', tensor: null, value: { type: 'builtin_function_or_method', text: '<built-in method tanh>' } }], 'statement', 'f names a function, which is not called yet.', 'f 指向一个函数，尚未调用。'],
    [[reach(9), failed], 'error', 'line 9 fails with RuntimeError: Trying to backward a second time.', '第 9 行出错，RuntimeError：Trying to backward a second time。'],
  ];
  for (const [told, kind, english, chinese] of cases) {
    const known = new Trace(trace(told[0]?.tensor === 0 || told[0]?.line !== 1 ? [...square(), ...told] : told));
    const index = known.steps.findLastIndex((step) => step.kind === kind);
    assert.equal(plainSentence(known, index, en), english);
    assert.equal(plainSentence(known, index, zh), chinese);
  }
});

test('a sum that a broken engine left out says what it should be and what was left', () => {
  const vector = (data) => ({ shape: [2], dtype: 'float32', data });
  const accumulated = (before, added, after) => ({ kind: 'gradient-accumulated', line: 5, tensor: 0, call: 1, before, added, after, retained: false });
  const cases = [
    [{ ...sum(1, 0, ['accumulate', 0], 3, 3, 2, 2), after: scalar(3) }, 'at x 3.0 + 3.0 should make 6.0, but the engine is broken on purpose: it overwrites and leaves 3.0.', '在 x 处本应相加，3.0 + 3.0 = 6.0，但引擎被故意弄坏，覆盖后只剩 3.0。'],
    [accumulated(scalar(6), scalar(-2), scalar(-2)), 'x.grad should accumulate, 6.0 + (−2.0) = 4.0, but the engine is broken on purpose: it overwrites and leaves −2.0.', 'x.grad 本应累加，6.0 + (−2.0) = 4.0，但引擎被故意弄坏，覆盖后只剩 −2.0。'],
    [accumulated(vector([1, 0]), vector([3, 4]), vector([3, 4])), 'x.grad should accumulate, but the engine is broken on purpose: it overwrites and leaves a 2-vector of norm 5.0.', 'x.grad 本应累加，但引擎被故意弄坏，覆盖后只剩范数为 5.0 的 2 维向量。'],
    [accumulated(scalar(0), scalar(3), scalar(3)), 'x.grad accumulates, 0.0 + 3.0 = 3.0.', 'x.grad 累加，0.0 + 3.0 = 3.0。'],
    [accumulated(scalar(1e-9), scalar(1), scalar(1)), 'x.grad accumulates, 1e−9 + 1.0 = 1.0.', 'x.grad 累加，1e−9 + 1.0 = 1.0。'],
    [accumulated(scalar(1), scalar('inf'), scalar('inf')), 'x.grad accumulates, 1.0 + inf = inf.', 'x.grad 累加，1.0 + inf = inf。'],
  ];
  for (const [event, english, chinese] of cases) {
    const known = new Trace(trace([...square(), start(1, 1), event]));
    const { seq } = known.events.first(event.kind, ({ call }) => call === 1);
    assert.equal(detail(known, seq, en), english);
    assert.equal(detail(known, seq, zh), chinese);
  }
});

test('arrays are told by shape and norm, unnamed results by their expression', () => {
  const value = { shape: [2, 2], dtype: 'float32', data: [[3, 4], [0, 0]] };
  const told = [reach(1), create(0, 0, { value, requires_grad: true }), bind('W', 0), reach(2), apply(0, 'sum', [0], [1, 7], [['accumulate', 0]]), apply(1, 'mul', [1], [2, 14], [['function', 0, 0]], { settings: { other: 2 } }), bind('y', 2)];
  const known = new Trace(trace(told));
  assert.equal(plainSentence(known, 1, en), 'W is created: a 2×2 array of norm 5.0, a leaf that needs a gradient.');
  assert.equal(plainSentence(known, 3, en), 'mul takes sum(W) (7.0) and 2 and gives y (14.0).');
});

test('asking for a sentence leaves the cursor where it was', () => {
  const known = new Trace(trace(square()));
  const state = known.at(3);
  sentence(known, known.steps.length - 1, en);
  assert.equal(state.cursor, 3);
  assert.equal(state.tensors.get(0).grad, null);
});

test('every event has a sentence of its own for detail steps', () => {
  const known = new Trace(trace(square()));
  for (const event of known.events) {
    for (const t of [en, zh]) assert.match(detail(known, event.seq, t), /^[^{}]+[.。]$/);
  }
  assert.equal(detail(known, known.events.first('gradient-sent').seq, en), 'mul sends 3.0 to x.');
});

test('the event that makes a tensor is told with the name that its statement then gives it', () => {
  const known = new Trace(trace([...square(), reach(8), create(9, 2)]));
  const made = (kind, tensor) => known.events.first(kind, (event) => (event.tensor ?? event.outputs[0].tensor) === tensor).seq;
  assert.equal(detail(known, made('tensor-created', 0), en), 'x is created: 3.0, a leaf that needs a gradient.');
  assert.equal(detail(known, made('function-applied', 1), en), 'mul takes x (3.0) and x (3.0) and gives y (9.0).');
  assert.equal(detail(known, made('tensor-created', 9), zh), '创建一个张量：2.0，不需要梯度。');
});

test('a hook whose lines are steps is called by its name, with what it is given', () => {
  const enter = { kind: 'scope-entered', line: 9, scope: 'function', label: 'double' };
  const left = [{ kind: 'scope-left', line: 5, scope: 'function', label: 'double' }, { kind: 'hook-ran', line: 9, tensor: 1, function: null, before: scalar(1), after: scalar(2) }];
  const written = [...square().slice(0, square().findIndex((event) => event.kind === 'gradient-accumulated')), enter];
  const told = (given) => {
    const known = new Trace(trace([...written, ...given, reach(5), { kind: 'printed', line: 5, text: 'in\n' }, ...left]));
    const index = known.steps.findIndex((step) => step.kind === 'hook');
    return [en, zh].map((t) => plainSentence(known, index, t));
  };
  assert.deepEqual(told([create(7, 1)]), ['the hook double is called with 1.0.', '调用钩子 double，传入 1.0。']);
  assert.deepEqual(told([]), ['the hook double is called.', '调用钩子 double。']);
});

test('a step that does not exist has no sentence', () => {
  assert.equal(sentence(new Trace(), 0, en), '');
  assert.equal(sentence(new Trace(trace(square())), 99, en), '');
});
