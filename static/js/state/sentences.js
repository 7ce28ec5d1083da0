// One sentence for every step, made from the events' own facts in the chosen language: status line, captions, alternative text.

import { aboutEvent } from './facts.js';
import { array, closed, described, join, named, printed, subject } from './phrases.js';
import { keptAs, label, opName, operands, plainNumber } from './labels.js';
import { number } from './format.js';
import { passOf } from './steps.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Step} Step */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./phrases.js').Translate} Translate */

/**
 * The sentence of a teaching step: "Step 7 of 22, backward: tanh receives −0.587 and sends −0.294 to a."
 * @param {Trace} trace
 * @param {number} index
 * @param {Translate} t
 * @returns {string} the empty text where there is no such step
 */
export function sentence(trace, index, t) {
  const step = trace.steps[index];
  if (!step) return '';
  const text = plainSentence(trace, index, t);
  if (step.kind === 'start') return text;
  return numbered(trace, index, text, t);
}

/** A step's sentence behind its number and the pass that it belongs to. @param {Trace} trace @param {number} index @param {string} text @param {Translate} t */
export function numbered(trace, index, text, t) {
  return t(`step.numbered.${passOf(trace.steps[index])}`, { index, total: trace.steps.length - 1, text });
}

/**
 * The sentence of a teaching step without its number.
 * @param {Trace} trace
 * @param {number} index
 * @param {Translate} t
 * @returns {string}
 */
export function plainSentence(trace, index, t) {
  const step = trace.steps[index];
  if (!step) return '';
  return trace.peek(step.to, (state) => {
    const events = trace.events.between(step.from, step.to);
    return closed(TELL[step.kind](step, events, state, t), t);
  });
}

/**
 * The sentence of a single event, for detail steps.
 * @param {Trace} trace
 * @param {number} seq
 * @param {Translate} t
 * @returns {string}
 */
export function detail(trace, seq, t) {
  const event = trace.events.at(seq);
  if (!event) return '';
  const told = MAKING.includes(event.kind) ? trace.steps[trace.stepAt(seq)].to : seq;
  return trace.peek(told, (state) => closed(aboutEvent(event, state, t), t));
}

/** What makes a tensor is told with the name that the rest of its step gives it. */
const MAKING = ['tensor-created', 'function-applied'];

const MOST_SENT = 4;

/** Arithmetic that says more than its result: an operation on numbers only, no formula of names. */
const WORKED = /^(?!.*\b(?:g|self|other|result|if)\b).*(?: \S+ |\().*$/;

/** @typedef {(step: Step, events: Event[], state: State, t: Translate) => string} Tell */

/** @type {Record<import('./types.js').StepKind, Tell>} */
const TELL = {
  start: (_step, _events, _state, t) => t('step.start'),
  statement: tellStatement,
  create: tellCreate,
  op: tellOp,
  print: tellPrint,
  backward: tellOwn,
  node: tellNode,
  write: tellOwn,
  hook: tellHook,
  done: tellDone,
  clear: tellEach,
  set: tellOwn,
  modify: tellEach,
  flag: tellOwn,
  caught: tellOwn,
  error: tellOwn,
};

/** What a hook did, or, where its own lines are steps, that it is called and with what. @type {Tell} */
function tellHook(step, events, state, t) {
  if (events.some((event) => event.kind === 'hook-ran')) return tellOwn(step, events, state, t);
  const called = events.find((event) => event.kind === 'scope-entered');
  if (!called) return t('step.hook');
  const given = events.flatMap((event) => (event.kind === 'tensor-created' ? [described(event.value, t)] : []));
  return given.length > 0 ? t('step.hook.given', { name: called.label, values: join(given, t) }) : t('step.hook.called', { name: called.label });
}

/** The step's own event tells it. @type {Tell} */
function tellOwn(step, events, state, t) {
  const own = events[step.seq - step.from];
  return own ? aboutEvent(own, state, t) : t('step.line', { line: step.line ?? '' });
}

/** Several clears or changes of one statement. @type {Tell} */
function tellEach(step, events, state, t) {
  const kind = step.kind === 'clear' ? 'gradient-cleared' : 'tensor-modified';
  const told = events.filter((event) => event.kind === kind).map((event) => aboutEvent(event, state, t));
  return told.length > 3 ? t(`step.${step.kind}.many`, { count: told.length, names: join(step.tensors.map((id) => label(state, id)), t) }) : told.join(t('list.clause'));
}

/** @type {Tell} */
function tellStatement(step, events, state, t) {
  const bound = events.filter((event) => event.kind === 'name-bound');
  const told = bound.length > 0 ? bound : events.filter((event) => event.kind === 'scope-entered');
  if (told.length === 0) return t('step.line', { line: step.line ?? '' });
  return told.slice(0, MOST_SENT).map((event) => aboutEvent(event, state, t)).join(t('list.comma'));
}

/** @type {Tell} */
function tellCreate(_step, events, state, t) {
  const created = events.filter((event) => event.kind === 'tensor-created').filter((event) => event.grad_of === null);
  const flags = events.filter((event) => event.kind === 'flag-changed');
  if (created.length <= 3) return [...created, ...flags].map((event) => aboutEvent(event, state, t)).join(t('list.clause'));
  return t('step.create.many', { count: created.length, names: join(created.map((event) => label(state, event.tensor)), t) });
}

/** @type {Tell} */
function tellOp(step, events, state, t) {
  const applied = step.function === null ? undefined : state.functions.get(step.function);
  if (!applied) return t('step.line', { line: step.line ?? '' });
  const written = events.find((event) => event.kind === 'tensor-modified' && applied.outputs.includes(event.tensor));
  const clauses = [written ? aboutEvent(written, state, t) : tellCall(applied, state, t)];
  if (applied.name === null) {
    const needed = applied.inputs.some((id) => id !== null && state.tensors.get(id)?.requires_grad);
    const mode = applied.scopes.findLast((scope) => scope.scope === 'mode');
    const off = mode !== undefined && mode.label !== 'enable_grad';
    clauses.push(t(!needed ? 'step.op.untracked' : off ? 'step.op.no_grad' : 'step.op.blind'));
  } else if (applied.saved.length > 0) clauses.push(t('step.op.saved', { names: savedIn(applied, state, t) }));
  return clauses.join(t('list.clause'));
}

/** @param {import('./types.js').FunctionState} applied @param {State} state @param {Translate} t */
function tellCall(applied, state, t) {
  const takes = operands(applied, (id) => named(state, id, t));
  const gives = applied.outputs.map((id) => subject(state, id, t));
  return t(takes.length > 0 ? 'step.op' : 'step.op.alone', { op: opName(applied.op), inputs: join(takes, t), outputs: join(gives, t) });
}

/** PyTorch's names for what a node saved, and those of the program. @param {import('./types.js').FunctionState} applied @param {State} state @param {Translate} t */
function savedIn(applied, state, t) {
  return join(applied.saved.map((name) => {
    const id = keptAs(applied, name);
    const plain = applied.settings[name];
    const told = id !== null ? label(state, id) : typeof plain === 'number' ? plainNumber(plain) : name;
    return told === name ? name : t('step.saved.name', { name, tensor: told });
  }), t);
}

/** @type {Tell} */
function tellPrint(step, events, _state, t) {
  return t('step.print', { line: step.line ?? '', text: printed(events.map((event) => (event.kind === 'printed' ? event.text : '')).join('')) });
}

/** @type {Tell} */
function tellNode(step, events, state, t) {
  const applied = step.function === null ? undefined : state.functions.get(step.function);
  if (!applied) return t('step.line', { line: step.line ?? '' });
  const sent = events.filter((event) => event.kind === 'gradient-sent');
  const gradients = (applied.reached?.gradients ?? []).filter((gradient) => gradient !== null);
  const received = join(gradients.map((gradient) => described(gradient, t)), t);
  const [first] = sent;
  const local = sent.length === 1 && typeof first.local === 'number' && !array(first.value) ? number(first.local, first.value.dtype) : '';
  const parts = aboutSends(sent, state, t);
  const more = parts.splice(MOST_SENT);
  let sends = '';
  if (parts.length > 0) {
    const last = parts.pop() ?? '';
    const before = parts.length > 0 ? parts.join(t('list.comma')) + t('list.also') : '';
    sends = before + last;
  }
  const key = `step.node${received === '' ? '.nothing' : ''}${sends === '' ? '' : local === '' ? '.sends' : '.local'}`;
  const clauses = [t(key, { op: opName(applied.op), gradient: received, local, parts: sends })];
  if (more.length > 0) clauses.push(t('step.node.more', { count: more.length }));
  for (const event of sent) {
    if (event.summed_axes.length > 0) clauses.push(t('step.node.broadcast', { axes: join(event.summed_axes.map(String), t) }));
  }
  for (const event of events) if (event.kind === 'gradient-summed') clauses.push(aboutEvent(event, state, t));
  for (const id of new Set(sent.map((event) => event.tensor))) {
    const tensor = id === null ? undefined : state.tensors.get(id);
    const missing = tensor ? tensor.expected - tensor.contributions.length : 0;
    if (tensor && missing > 0) clauses.push(t('step.node.waits', { target: label(state, tensor.tensor), count: missing }));
  }
  const freed = events.some((event) => event.kind === 'buffers-freed' && event.functions.includes(applied.function));
  if (freed && applied.saved.length > 0) clauses.push(t('step.node.freed', { names: savedIn(applied, state, t) }));
  return clauses.join(t('list.clause'));
}

/** What goes to a tensor that two arguments are is told once. @param {import('./events.js').GradientSent[]} sent @param {State} state @param {Translate} t @returns {string[]} */
function aboutSends(sent, state, t) {
  const parts = sent.map((event) => aboutSend(event, state, t));
  return sent.length === 2 && sent[0].tensor !== null && sent[0].tensor === sent[1].tensor && parts[0] === parts[1] ? [t('step.node.twice', { part: parts[0] })] : parts;
}

/** @param {import('./events.js').GradientSent} event @param {State} state @param {Translate} t */
function aboutSend(event, state, t) {
  const target = event.tensor === null ? '?' : label(state, event.tensor);
  const value = described(event.value, t);
  const worked = event.arithmetic && typeof event.local !== 'number' && WORKED.test(event.arithmetic);
  return worked ? t('step.node.worked', { arithmetic: event.arithmetic ?? '', value, target }) : t('step.node.part', { value, target });
}

/** @type {Tell} */
function tellDone(step, _events, state, t) {
  const call = step.call === null ? undefined : state.calls[step.call];
  const clauses = [t(call?.via === 'grad' ? 'step.done.grad' : 'step.done', { number: (call?.call ?? 0) + 1 })];
  if (call && call.freed.length > 0) clauses.push(t('step.done.freed', { count: new Set(call.freed).size }));
  else if (call?.retain_graph) clauses.push(t('step.done.kept'));
  return clauses.join(t('list.clause'));
}
