import { passedGradient } from '../stage/moment.js';
import { label, operands } from '../state/labels.js';
import { grownIn } from '../state/lineage.js';
import { fill, html } from './dom.js';
import { kindOf } from './inspector.js';
import { t } from './language.js';
import { lineText } from './values.js';

/** @typedef {import('../state/types.js').State} State */

/**
 * The scene's graph as a table, equal to the picture: the same tensors, the same step, the same selection.
 * @param {HTMLElement} root
 * @param {{state: State, traps?: Map<number, string>, selected: number | null, onSelect: (tensor: number) => void, caption: string}} options
 */
export function showTable(root, { state, traps = new Map(), selected, onSelect, caption }) {
  const reached = new Map();
  const call = state.call === null ? undefined : state.calls[state.call];
  call?.reached.forEach((id, index) => reached.set(id, index + 1));
  const drawn = inScene(state);
  const tensors = [...state.tensors.values()].filter((tensor) => drawn.has(tensor.tensor) && !tensor.aside && tensor.grad_of === null);
  const columns = ['node', 'kind', 'inputs', 'value', 'gradient', 'order', 'saved'];
  const numbers = new Set(['value', 'gradient', 'order']);
  fill(root, [html('table', { class: 'table' }, html('caption', { class: 'visually-hidden' }, caption),
    html('thead', {}, html('tr', {}, ...columns.map((name) => html('th', { scope: 'col', class: numbers.has(name) ? 'table-number' : null }, t(`table.${name}`))))),
    html('tbody', {}, ...tensors.map((tensor) => {
      const applied = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
      const gradient = tensor.grad ?? tensor.flow ?? passedGradient(tensor, state);
      const grown = grownIn(state, tensor.producer);
      const order = applied ? reached.get(applied.function) : undefined;
      return html('tr', { 'aria-selected': tensor.tensor === selected ? 'true' : null, 'data-row': tensor.tensor },
        html('th', { scope: 'row' }, html('button', { type: 'button', class: 'table-name', onclick: () => onSelect(tensor.tensor) }, label(state, tensor.tensor)), traps.has(tensor.tensor) ? html('p', { class: 'trap-cause' }, traps.get(tensor.tensor)) : null),
        html('td', {}, [t(`kind.${kindOf(tensor)}`), ...(grown === null ? [] : [t('table.grown', { number: grown + 1 })])].join(t('stage.label.separator'))),
        html('td', {}, applied ? `${applied.op}(${operands(applied, (id) => label(state, id)).join(', ')})` : ''),
        html('td', { class: 'table-number' }, lineText(tensor.value)),
        html('td', { class: `table-number${tensor.grad ? '' : ' table-flow'}` }, gradient ? lineText(gradient) : '', gradient && !tensor.grad ? html('span', { class: 'visually-hidden' }, ` ${t('table.passing')}`) : null),
        html('td', { class: 'table-number' }, order === undefined ? '' : String(order)),
        html('td', {}, savedIn(applied)));
    })))]);
}

/** The tensors of the scene at the cursor, those of older scenes that it uses included. @param {State} state */
function inScene(state) {
  const found = new Set();
  for (const tensor of state.tensors.values()) if (tensor.scene === state.scene) found.add(tensor.tensor);
  for (const applied of state.functions.values()) {
    if (applied.scene === state.scene) for (const id of [...applied.inputs, ...applied.outputs]) found.add(id);
  }
  return found;
}

/** What a node saved, and whether it is gone. @param {import('../state/types.js').FunctionState | undefined} applied */
function savedIn(applied) {
  const names = (applied?.saved ?? []).join(', ');
  return applied?.freed && names !== '' ? t('table.saved.freed', { names }) : names;
}
