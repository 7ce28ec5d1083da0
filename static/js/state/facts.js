// What one event says, as a clause of a sentence.

import { label, opName } from './labels.js';
import { overwrote, sumOf } from './overwriting.js';
import { array, called, described, join, named, printed } from './phrases.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Event} Event */
/** @typedef {import('./types.js').Value} Value */
/** @typedef {import('./phrases.js').Translate} Translate */

const SCOPES = ['function', 'loop', 'mode'];

/**
 * @param {Event} event
 * @param {State} state  the state after it, or later in its step
 * @param {Translate} t
 * @returns {string}
 */
export function aboutEvent(event, state, t) {
  /** @param {number|null} id */
  const name = (id) => (id === null ? '?' : label(state, id));
  /** @param {number} id */
  const opOf = (id) => opName(state.functions.get(id)?.op ?? '?');
  /** @param {Value|null|undefined} value */
  const value = (value) => (value ? described(value, t) : t('value.none'));
  switch (event.kind) {
    case 'run-started':
      return t('step.start');
    case 'line-reached':
      return t('step.line', { line: event.line ?? '' });
    case 'tensor-created':
      return aboutCreation(event, state, t);
    case 'function-applied':
      return t('step.op', {
        op: opName(event.op), inputs: join(event.inputs.filter((id) => id !== null).map((id) => named(state, id, t)), t),
        outputs: join(event.outputs.map(({ tensor, value }) => called(state, tensor, described(value, t), t)), t),
      });
    case 'name-bound':
      return aboutBinding(event, state, t);
    case 'scope-entered':
      return t(`step.scope.${SCOPES.includes(event.scope) ? event.scope : 'other'}`, { label: event.label });
    case 'scope-left':
      return t('step.scope.out', { label: event.label });
    case 'printed':
      return t('step.print', { line: event.line ?? '', text: printed(event.text) });
    case 'backward-started':
      return t(event.via === 'grad' ? 'step.backward.grad' : 'step.backward', {
        number: event.call + 1, roots: join(event.roots.map(name), t), gradient: join(event.gradients.map(value), t),
      });
    case 'function-reached':
      return t('step.node', { op: opOf(event.function), gradient: join(event.gradients.map(value), t) });
    case 'gradient-sent':
      return t('step.sends', { op: opOf(event.function), value: value(event.value), target: name(event.tensor) });
    case 'gradient-summed':
      return t(`step.sum${manner(event)}`, addition(event, name(event.tensor), t));
    case 'gradient-accumulated':
      return t(event.retained ? 'step.write.retained' : event.before ? `step.write${manner(event)}` : 'step.write.first', addition(event, name(event.tensor), t));
    case 'buffers-freed':
      return t('step.freed', { count: event.functions.length });
    case 'backward-finished':
      return t('step.done', { number: event.call + 1 });
    case 'gradient-cleared':
      return t(event.to === 'zero' ? 'step.clear.zero' : 'step.clear.none', { target: name(event.tensor) });
    case 'gradient-set':
      return t('step.set', { target: name(event.tensor), value: value(event.value) });
    case 'tensor-modified':
      return value(event.before) === value(event.after)
        ? t('step.modify.same', { op: event.op, target: name(event.tensor), before: value(event.before) })
        : t('step.modify', { op: event.op, target: name(event.tensor), before: value(event.before), after: value(event.after) });
    case 'flag-changed':
      return t(`step.flag.${event.flag}.${event.value ? 'on' : 'off'}`, { target: name(event.tensor) });
    case 'hook-ran':
      return aboutHook(event, state, t);
    case 'error-caught':
      return t('step.caught', { error: event.error, message: clause(event.message) });
    case 'noticed':
      return t('step.noticed', { line: event.span[0] });
    case 'run-failed': {
      const key = event.status === 'failed' && event.line !== null ? 'step.error' : `step.error.${event.status}`;
      return t(key, { line: event.line ?? '', error: event.error, message: clause(event.message) });
    }
    case 'run-finished':
      return t('step.finished');
    default:
      return never(event);
  }
}

/** @param {never} event @returns {string} */
function never(event) {
  throw new TypeError(`expected an event of schema 1, got kind ${/** @type {any} */ (event).kind}`);
}

/** How an addition is told: of numbers or of arrays, done or left out by an engine that is broken on purpose. @param {import('./events.js').GradientSummed|import('./events.js').GradientAccumulated} event */
function manner(event) {
  return `${overwrote(event) ? '.overwritten' : ''}${array(event.after) ? '.array' : ''}`;
}

/** @param {import('./events.js').GradientSummed|import('./events.js').GradientAccumulated} event @param {string} target @param {Translate} t */
function addition({ before, added, after }, target, t) {
  const right = before && !array(after) ? described(sumOf(before, added), t) : '';
  return { target, before: before ? described(before, t) : t('value.none'), added: addend(described(added, t)), after: described(after, t), right };
}

/** A number as the second part of a sum: a negative one in parentheses. @param {string} text */
function addend(text) {
  return text.startsWith('−') ? `(${text})` : text;
}

/** The first sentence of a message, without its full stop. @param {string} message */
export function clause(message) {
  return message.split(/\n|(?<=[.!?])\s|(?<=。)/)[0].replace(/[.。]$/, '');
}

/** @param {import('./events.js').TensorCreated} event @param {State} state @param {Translate} t */
function aboutCreation(event, state, t) {
  const tensor = state.tensors.get(event.tensor);
  const value = described(event.value, t);
  const own = tensor?.name ?? null;
  if (event.grad_of !== null) return t('step.create.grad', { owner: label(state, event.grad_of), value });
  if (event.base !== null && !event.requires_grad) {
    const base = label(state, event.base);
    return own === null ? t('step.detach.unnamed', { base }) : t('step.detach', { name: own, base });
  }
  const kind = event.requires_grad ? 'leaf' : 'constant';
  return own === null ? t(`step.create.${kind}.unnamed`, { value }) : t(`step.create.${kind}`, { name: own, value });
}

/** @param {import('./events.js').NameBound} event @param {State} state @param {Translate} t */
function aboutBinding(event, state, t) {
  if (event.tensor !== null) {
    const names = [label(state, event.tensor), ...(state.tensors.get(event.tensor)?.names ?? [])];
    const known = names.find((name) => name !== event.name);
    return known === undefined ? t('step.bound.tensor', { name: event.name }) : t('step.bound.alias', { name: event.name, known });
  }
  const { value } = event;
  if (value === null || typeof value !== 'object') return t('step.bound', { name: event.name, value: plain(value) });
  const text = value.text.replace(/\s+/g, ' ');
  const type = value.type === 'type' ? 'class' : value.type;
  const known = ['function', 'builtin_function_or_method', 'list', 'tuple', 'dict', 'module', 'class'].includes(type);
  return t(`step.bound.${known ? type : 'object'}`, { name: event.name, type: value.type, value: text.length > 40 ? `${text.slice(0, 39)}…` : text });
}

/** @param {boolean|number|string|null} value */
function plain(value) {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? `"${value.length > 40 ? `${value.slice(0, 39)}…` : value}"` : String(value).replaceAll('-', '−');
}

/** @param {import('./events.js').HookRan} event @param {State} state @param {Translate} t */
function aboutHook(event, state, t) {
  const owner = event.tensor !== null ? label(state, event.tensor) : event.function !== null ? state.functions.get(event.function)?.name ?? '?' : '?';
  /** @param {import('./events.js').HookRan['before']} values */
  const told = (values) => {
    const list = Array.isArray(values) ? values : [values];
    return join(list.map((value) => (value ? described(value, t) : t('value.none'))), t);
  };
  const before = told(event.before);
  const after = told(event.after);
  return before === after ? t('step.hook.looked', { target: owner, before }) : t('step.hook.changed', { target: owner, before, after });
}
