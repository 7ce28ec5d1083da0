// What an event changes. Pure: reads the state, gives the changes, applies none (history.js does, and can take them back).

import { none } from './changes.js';
import { accumulate, finishCall, reachFunction, send, showWrite, startCall, sum } from './gradients.js';
import { row, sameValue, zeros } from './ledger.js';

/** @typedef {import('./changes.js').Changes} Changes */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Value} Value */
/** @typedef {import('./types.js').TensorState} TensorState */

/** @returns {State} The state before any event. */
export function emptyState() {
  return {
    cursor: -1, phase: 'idle', line: null, span: null, call: null, running: null, scene: 0,
    tensors: new Map(), functions: new Map(), names: new Map(),
    scopes: [], printed: '', calls: [], error: null, notices: [],
  };
}

/** @param {never} event @returns {never} */
function assertNever(event) {
  throw new TypeError(`expected an event of schema 1, got kind ${/** @type {any} */ (event).kind}`);
}

/** @param {State} state @param {Event} event @param {Changes} changes takes what the event changes */
export function reduce(state, event, changes) {
  if (event.line !== null && event.line !== state.line) changes.set(state, 'line', event.line);
  switch (event.kind) {
    case 'run-started':
      changes.set(state, 'phase', 'forward');
      break;
    case 'line-reached':
      if (state.span !== null) changes.set(state, 'span', null);
      break;
    case 'tensor-created':
      createTensor(state, event, changes);
      break;
    case 'function-applied':
      applyFunction(state, event, changes);
      break;
    case 'name-bound':
      bindName(state, event, changes);
      break;
    case 'scope-entered':
      changes.set(state, 'scopes', state.scopes.concat({ scope: event.scope, label: event.label }));
      break;
    case 'scope-left':
      changes.set(state, 'scopes', state.scopes.slice(0, -1));
      break;
    case 'printed':
      changes.set(state, 'printed', state.printed + event.text);
      break;
    case 'backward-started':
      startCall(state, event, changes);
      break;
    case 'function-reached':
      reachFunction(state, event, changes);
      break;
    case 'gradient-sent':
      send(state, event, changes);
      break;
    case 'gradient-summed':
      sum(state, event, changes);
      break;
    case 'gradient-accumulated':
      accumulate(state, event, changes);
      break;
    case 'buffers-freed':
      freeBuffers(state, event, changes);
      break;
    case 'backward-finished':
      finishCall(state, event, changes);
      break;
    case 'gradient-cleared':
      clearGradient(state, event, changes);
      break;
    case 'gradient-set':
      setGradient(state, event, changes);
      break;
    case 'tensor-modified':
      modifyTensor(state, event, changes);
      break;
    case 'flag-changed':
      changeFlag(state, event, changes);
      break;
    case 'hook-ran':
      runHook(state, event, changes);
      break;
    case 'error-caught':
      break;
    case 'noticed':
      changes.set(state, 'notices', [...state.notices, noticeOf(event)]);
      break;
    case 'run-failed':
      changes.set(state, 'phase', 'failed');
      changes.set(state, 'error', {
        line: event.line, column: event.column, end_column: event.end_column, error: event.error,
        message: event.message, hint: event.hint, code: event.code, status: event.status, refusals: event.refusals ?? [],
      });
      break;
    case 'run-finished':
      changes.set(state, 'phase', 'finished');
      break;
    default:
      assertNever(event);
  }
}

/** @param {import('./events.js').Noticed} event @returns {import('./types.js').Notice} */
function noticeOf({ code, span, message, hint, arguments: given, fix }) {
  return { code, span, message, hint, arguments: given, fix: fix ?? null };
}

/**
 * @param {State} state
 * @param {{seq: number, line: number|null, span?: number[]|null}} event
 * @param {{tensor: number, value: Value, requires_grad: boolean, is_leaf: boolean, base: number|null}} facts
 * @returns {TensorState}
 */
function newTensor(state, event, facts) {
  return {
    tensor: facts.tensor, seq: event.seq, name: null, names: none(), depth: 0, value: facts.value, grad: null, flow: null,
    contributions: none(), expected: 0, call: null, requires_grad: facts.requires_grad, is_leaf: facts.is_leaf,
    retains_grad: false, version: 0, base: facts.base, grad_of: null, handle: null, producer: null, output: 0,
    line: event.line, span: event.span ?? null, scene: 0, scopes: state.scopes, aside: false, ledger: none(),
  };
}

/** @param {State} state @param {import('./events.js').TensorCreated} event @param {Changes} changes */
function createTensor(state, event, changes) {
  const tensor = newTensor(state, event, event);
  const base = event.base === null ? undefined : state.tensors.get(event.base);
  tensor.grad_of = event.grad_of;
  tensor.aside = !event.requires_grad && (event.grad_of !== null || base?.aside === true);
  tensor.version = event.version ?? base?.version ?? 0;
  changes.put(state.tensors, event.tensor, tensor);
  const owner = event.grad_of === null ? undefined : state.tensors.get(event.grad_of);
  if (owner) changes.set(owner, 'handle', event.tensor);
  if (event.span) changes.set(state, 'span', event.span);
}

/** @param {State} state @param {import('./events.js').FunctionApplied} event @param {Changes} changes */
function applyFunction(state, event, changes) {
  const aside = event.inputs.some((id) => id !== null && state.tensors.get(id)?.aside === true);
  changes.put(state.functions, event.function, {
    function: event.function, seq: event.seq, op: event.op, name: event.name, inputs: event.inputs,
    settings: event.settings, outputs: event.outputs.map((output) => output.tensor), saved: event.saved,
    next: event.next, freed: false, line: event.line, span: event.span ?? null, scene: 0, scopes: state.scopes,
    aside, within: state.phase === 'backward' ? state.call : null, reached: null, sent: none(),
  });
  event.outputs.forEach((output, index) => {
    const known = state.tensors.get(output.tensor);
    if (known) {
      changes.set(known, 'value', output.value);
      changes.set(known, 'requires_grad', output.requires_grad);
      changes.set(known, 'is_leaf', output.is_leaf);
      changes.set(known, 'base', output.base);
      changes.set(known, 'producer', event.function);
      changes.set(known, 'output', index);
    } else {
      const tensor = newTensor(state, event, output);
      const base = output.base === null ? undefined : state.tensors.get(output.base);
      tensor.producer = event.function;
      tensor.output = index;
      tensor.aside = aside;
      if (base) tensor.version = base.version;
      changes.put(state.tensors, output.tensor, tensor);
    }
  });
  if (event.span) changes.set(state, 'span', event.span);
}

/** @param {State} state @param {import('./events.js').NameBound} event @param {Changes} changes */
function bindName(state, event, changes) {
  changes.put(state.names, event.name, { tensor: event.tensor, value: event.value });
  nameTensor(state, event.tensor, event.name, changes);
  const held = event.value !== null && typeof event.value === 'object' ? event.value.tensors ?? [] : [];
  new Set(held).forEach((id) => nameTensor(state, id, `${event.name}[${held.indexOf(id)}]`, changes));
}

/** @param {State} state @param {number|null} id @param {string} name @param {Changes} changes */
function nameTensor(state, id, name, changes) {
  const tensor = id === null ? undefined : state.tensors.get(id);
  if (!tensor) return;
  const depth = name.includes('.') ? 1 : 0;
  if (!tensor.names.includes(name)) changes.append(tensor, 'names', name);
  if (tensor.name === null || depth < tensor.depth) {
    changes.set(tensor, 'name', name);
    changes.set(tensor, 'depth', depth);
  }
}

/** @param {State} state @param {import('./events.js').BuffersFreed} event @param {Changes} changes */
function freeBuffers(state, event, changes) {
  const call = state.calls[event.call];
  for (const id of event.functions) {
    const applied = state.functions.get(id);
    if (applied) changes.set(applied, 'freed', true);
  }
  if (call) changes.append(call, 'freed', ...event.functions);
}

/** @param {State} state @param {import('./events.js').GradientCleared} event @param {Changes} changes */
function clearGradient(state, event, changes) {
  const tensor = state.tensors.get(event.tensor);
  if (!tensor) return;
  const after = event.to === 'zero' && tensor.grad ? zeros(tensor.grad) : null;
  const handle = tensor.handle === null ? undefined : state.tensors.get(tensor.handle);
  if (event.to === 'none') changes.set(tensor, 'handle', null);
  else if (handle && after) changes.set(handle, 'value', after);
  changes.set(tensor, 'grad', after);
  changes.append(tensor, 'ledger', row(event.seq, 'clear', { call: state.call, before: tensor.grad, after }));
}

/** @param {State} state @param {import('./events.js').GradientSet} event @param {Changes} changes */
function setGradient(state, event, changes) {
  const tensor = state.tensors.get(event.tensor);
  if (!tensor) return;
  const handle = tensor.handle === null ? undefined : state.tensors.get(tensor.handle);
  if (handle && !sameValue(handle.value, event.value)) changes.set(tensor, 'handle', null);
  changes.set(tensor, 'grad', event.value);
  changes.append(tensor, 'ledger', row(event.seq, 'set', { call: state.call, before: tensor.grad, after: event.value }));
}

/** @param {State} state @param {import('./events.js').TensorModified} event @param {Changes} changes */
function modifyTensor(state, event, changes) {
  const facts = { call: state.call, before: event.before, after: event.after, op: event.op };
  const tensor = state.tensors.get(event.tensor);
  if (tensor) {
    changes.set(tensor, 'version', event.version);
    if (tensor.is_leaf && tensor.requires_grad) changes.append(tensor, 'ledger', row(event.seq, 'modify', facts));
  }
  if (tensor) changes.set(tensor, 'value', event.after);
  showWrite(state, event.also, changes);
}

/** @param {State} state @param {import('./events.js').FlagChanged} event @param {Changes} changes */
function changeFlag(state, event, changes) {
  const tensor = state.tensors.get(event.tensor);
  if (!tensor) return;
  changes.set(tensor, event.flag, event.value);
  if (event.flag !== 'requires_grad') return;
  if (event.value) changes.set(tensor, 'aside', false);
  else changes.set(tensor, 'is_leaf', true);
}

/** @param {State} state @param {import('./events.js').HookRan} event @param {Changes} changes */
function runHook(state, event, changes) {
  const tensor = event.tensor === null ? undefined : state.tensors.get(event.tensor);
  if (!tensor || Array.isArray(event.before) || Array.isArray(event.after)) return;
  if (event.after) changes.set(tensor, 'flow', event.after);
  changes.append(tensor, 'ledger', row(event.seq, 'hook', { call: state.call, before: event.before, after: event.after }));
}
