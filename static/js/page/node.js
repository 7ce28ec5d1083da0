import { label } from '../state/labels.js';
import { html } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';
import { lineText } from './values.js';

/**
 * A tensor's node of PyTorch's backward graph as a program finds it: `grad_fn`, its `next_functions` and the tensors that it saved.
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('./inspector.js').Subject} Subject
 */

/** @param {TensorState} tensor @param {Subject} subject */
export function nodeSection(tensor, subject) {
  const { state } = subject;
  if (!tensor.requires_grad) return section('grad_fn', null, html('p', { class: 'value-none' }, html('code', {}, 'None')));
  const node = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  const name = label(state, tensor.tensor);
  if (!node) return section('AccumulateGrad', null, html('dl', { class: 'flags' }, row('.variable', name), row('.next_functions', '()')));
  return section(String(node.name), null,
    html('dl', { class: 'flags' }, ...savedRows(node, subject)),
    html('p', { class: 'node-next' }, html('code', {}, '.next_functions'), node.next.length === 0 ? ' ()' : ''),
    html('ol', { class: 'node-list' }, ...node.next.map((target, slot) => html('li', {}, targetView(target, node.inputs[slot], subject)))));
}

/** What the node keeps, by the names that PyTorch gives its attributes. @param {FunctionState} node @param {Subject} subject */
function savedRows(node, { state, ops }) {
  const inputs = ops.get(node.op)?.inputs ?? [];
  return node.saved.map((name) => {
    const id = name === 'result' ? node.outputs[0] : node.inputs[inputs.indexOf(name)];
    const tensor = typeof id === 'number' ? state.tensors.get(id) : undefined;
    const plain = node.settings[name];
    return row(`._saved_${name}`, node.freed ? t('saved.freed') : tensor ? `${label(state, tensor.tensor)} = ${lineText(tensor.value)}` : plain === undefined ? '' : String(plain));
  });
}

/** @param {import('../state/types.js').Target | null} target @param {number | null | undefined} input @param {Subject} subject */
function targetView(target, input, { state, onSelect }) {
  if (target === null) return html('code', { class: 'value-none' }, '(None, 0)');
  const [sort, number, output] = target;
  const text = sort === 'function' ? `(${state.functions.get(number)?.name ?? '?'}, ${output})` : '(AccumulateGrad, 0)';
  const id = sort === 'function' ? state.functions.get(number)?.outputs[output] : number;
  return html('button', { type: 'button', class: 'node-target', onclick: () => (typeof id === 'number' ? onSelect(id) : undefined) }, html('code', {}, text), ' ', typeof input === 'number' ? html('span', { class: 'node-of' }, label(state, input)) : null);
}

/** @param {string} name @param {string} value */
function row(name, value) {
  return html('div', { class: 'flag' }, html('dt', {}, html('code', {}, name)), html('dd', {}, html('code', {}, value)));
}
