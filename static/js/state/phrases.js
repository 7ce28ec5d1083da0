// Parts of sentences: values, lists, tensors with their values.

import { isFloat, norm, number, only, shape } from './format.js';
import { label } from './labels.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').Value} Value */
/** @typedef {(key: string, args?: Record<string, string|number>) => string} Translate */

const MOST = 4;
const MOST_PRINTED = 60;

/** Whether a value has more or fewer than one element. @param {Value} value */
export const array = (value) => only(value) === undefined;

/** A value in words: one element by its number, an array by its shape and norm. @param {Value} value @param {Translate} t @returns {string} */
export function described(value, t) {
  const one = only(value);
  if (one !== undefined) return number(one, value.dtype);
  const size = shape(value.shape);
  if (!isFloat(value.dtype)) return t('value.whole', { shape: value.shape.join(', '), dtype: value.dtype });
  return t(value.shape.length === 1 ? 'value.vector' : 'value.array', { shape: size, norm: number(norm(value), value.dtype) });
}

/** Sentences, those of them that there are, one after another as the language writes them. @param {(string | null | undefined | false)[]} said @param {Translate} t */
export function sentences(said, t) {
  let all = '';
  for (const next of said) if (next) all = all === '' ? next : t('list.sentences', { before: all, next });
  return all;
}

/** A list in words; beyond four items the rest are counted. @param {string[]} items @param {Translate} t @returns {string} */
export function join(items, t) {
  if (items.length > MOST) return t('list.more', { items: items.slice(0, MOST - 1).join(t('list.separator')), count: items.length - MOST + 1 });
  if (items.length < 2) return items.join('');
  return items.slice(0, -1).join(t('list.separator')) + t('list.last') + items[items.length - 1];
}

/** A tensor by its name and value, or by its value alone where the name would only repeat it. @param {State} state @param {number} id @param {Translate} t */
export function named(state, id, t) {
  const tensor = state.tensors.get(id);
  if (!tensor) return '?';
  const value = described(tensor.value, t);
  const name = label(state, id);
  const same = tensor.name === null && tensor.producer === null && tensor.grad_of === null;
  return same ? value : t('list.item', { name, value });
}

/** A result: by name and value where it has a name, else by its value. @param {State} state @param {number} id @param {Translate} t */
export function subject(state, id, t) {
  const tensor = state.tensors.get(id);
  return tensor ? called(state, id, described(tensor.value, t), t) : '?';
}

/** A value with the name of its tensor, where that has one. @param {State} state @param {number} id @param {string} value @param {Translate} t */
export function called(state, id, value, t) {
  const name = state.tensors.get(id)?.name ?? null;
  return name === null ? value : t('list.item', { name, value });
}

/** A clause as a sentence, one that was cut without a full stop; no space stands beside full-width punctuation or between two Chinese characters. @param {string} text @param {Translate} t @returns {string} */
export function closed(text, t) {
  return (text.endsWith('…') ? text : t('step.sentence', { text })).replace(/ ?([，。；：、（）]) ?/g, '$1').replace(/([\u4e00-\u9fff]) (?=[\u4e00-\u9fff])/g, '$1');
}

/** What was printed, on one line; a long text ends behind one of its words, for half a number would be another number. @param {string} text */
export function printed(text) {
  const line = text.trim().replace(/\s+/g, ' ');
  if (line.length <= MOST_PRINTED) return line;
  const words = line.slice(0, MOST_PRINTED - 1).replace(/ [^ ]*$/, '');
  return words.length < MOST_PRINTED - 1 ? `${words} …` : `${words}…`;
}
