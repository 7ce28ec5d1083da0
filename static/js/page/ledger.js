import { isScalar, shapeText, shortNumber } from '../stage/numbers.js';
import { badgeText } from '../state/signs.js';
import { norm, only } from '../state/format.js';
import { html } from './dom.js';
import { t } from './language.js';

/** @typedef {import('../state/types.js').Row} Row */

const MOST_ROWS = 24;
const MOST_LETTERS = 8;
/** Tensors whose ledger was opened to its first row. @type {Set<number>} */
const unfolded = new Set();

/**
 * Every change of a tensor's gradient: contributions, their sum, what was before, what was added, what it is after. A row leads to its step.
 * @param {import('../state/types.js').TensorState} tensor @param {import('./inspector.js').Subject} subject
 */
export function ledgerTable(tensor, { state, onSeek, onRefresh }) {
  /** An only number, an array's norm; `None` where there is no gradient yet or any more. @param {import('../state/types.js').Value | null} value @param {boolean} [none] */
  const cell = (value, none = false) => {
    if (value === null) return html('td', { class: `ledger-number${none ? ' ledger-none' : ''}` }, none ? 'None' : '');
    const one = /** @type {import('../stage/numbers.js').Scalar | undefined} */ (only(value));
    const title = [isScalar(value) ? '' : shapeText(value), one === undefined ? t('value.norm') : shortNumber(one, 9)].filter((part) => part !== '').join(', ');
    return html('td', { class: 'ledger-number', title }, one === undefined ? `‖${narrow(/** @type {number} */ (norm(value)), MOST_LETTERS - 2)}‖` : narrow(one));
  };
  /** @type {HTMLElement[]} */
  const rows = [];
  let call = -1;
  const whole = unfolded.has(tensor.tensor) || tensor.ledger.length <= MOST_ROWS;
  const shown = whole ? tensor.ledger : tensor.ledger.slice(-MOST_ROWS);
  if (!whole) {
    rows.push(html('tr', {}, html('td', { colspan: 4 }, html('button', {
      type: 'button', class: 'ledger-more',
      onclick: () => {
        unfolded.add(tensor.tensor);
        onRefresh();
      },
    }, t('ledger.earlier', { count: tensor.ledger.length - MOST_ROWS })))));
  }
  for (const row of shown) {
    if (row.call !== null && row.call !== call && row.kind !== 'clear' && row.kind !== 'set' && row.kind !== 'modify') {
      call = row.call;
      if (state.calls.length > 1) rows.push(html('tr', { class: 'ledger-call' }, html('th', { colspan: 4, scope: 'rowgroup' }, t('ledger.call', { number: call + 1 }))));
    }
    rows.push(html('tr', { class: 'ledger-row', 'data-kind': row.kind },
      html('th', { scope: 'row' }, html('button', { type: 'button', class: 'ledger-jump', title: label(row, tensor, state), onclick: () => onSeek(row.seq) }, label(row, tensor, state))),
      cell(row.kind === 'contribution' ? null : row.before, ['accumulate', 'set', 'clear'].includes(row.kind)),
      cell(row.added),
      cell(row.after, row.kind === 'clear')));
  }
  return html('div', { class: 'ledger-scroll', 'data-scroll': true }, html('table', { class: 'ledger' },
    html('thead', {}, html('tr', {},
      html('th', { scope: 'col' }, html('span', { class: 'visually-hidden' }, t('ledger.what'))),
      html('th', { scope: 'col', class: 'ledger-number' }, t('ledger.before')),
      html('th', { scope: 'col', class: 'ledger-number' }, t('ledger.added')),
      html('th', { scope: 'col', class: 'ledger-number' }, t('ledger.after')))),
    html('tbody', {}, ...rows)));
}

/** Four significant digits, or as many as have room in a column. @param {import('../stage/numbers.js').Scalar} value @param {number} [most] letters */
function narrow(value, most = MOST_LETTERS) {
  const texts = [4, 3, 2].map((digits) => shortNumber(value, digits));
  return texts.find((text) => text.length <= most) ?? texts[2];
}

/** @param {Row} row @param {import('../state/types.js').TensorState} tensor @param {import('../state/types.js').State} state */
function label(row, tensor, state) {
  switch (row.kind) {
    case 'contribution': {
      const applied = row.function === null ? undefined : state.functions.get(row.function);
      return applied ? t('ledger.via', { op: badgeText(applied) }) : t('ledger.seed');
    }
    case 'accumulate':
      return tensor.is_leaf ? '.grad +=' : t('ledger.retain');
    case 'modify':
      return row.op ? `${row.op}()` : t('ledger.modify');
    default:
      return t(`ledger.${row.kind}`);
  }
}
