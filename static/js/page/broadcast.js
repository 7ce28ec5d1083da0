import { shapeText, shortNumber } from '../stage/numbers.js';
import { broadcastsAt } from '../state/broadcast.js';
import { label } from '../state/labels.js';
import { html } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';
import { lineText } from './values.js';

/** @typedef {import('../state/broadcast.js').Broadcast} Broadcast */

const MOST = 4;

/** The broadcasts around a tensor, there and back. @param {import('../state/types.js').TensorState} tensor @param {Pick<import('./inspector.js').Subject, 'state'>} subject */
export function broadcastSection({ tensor }, { state }) {
  const found = broadcastsAt(state, tensor).slice(0, MOST);
  return found.length === 0 ? null : section(t('broadcast.title'), null, ...found.map((one) => broadcastView(one, label(state, one.tensor))));
}

/** @param {Broadcast} one @param {string} name */
function broadcastView({ from, to, axes, copies, spread, summed, fold }, name) {
  const shapes = { name, from: shapeText({ shape: from, dtype: '' }), to: shapeText({ shape: to, dtype: '' }), axes: axes.join(', '), count: copies };
  const [down, across] = [axes.includes(to.length - 2) && to.length > 1, axes.includes(to.length - 1)];
  const below = down || fold?.cells.length === 1; // beside one long row the sum would be out of sight
  return html('div', { class: 'broadcast' },
    html('p', { class: 'broadcast-way', 'data-way': 'forward' }, t('broadcast.forward', shapes)),
    spread === null ? null : grid(spread.cells.map((row, r) => row.map((cell, c) => html('td', { 'data-copy': !spread.own[r][c] }, shortNumber(/** @type {any} */ (cell), 4)))), 'forward'),
    summed === null ? null : html('p', { class: 'broadcast-way', 'data-way': 'backward' }, t('broadcast.backward', { ...shapes, sum: lineText(summed) })),
    fold === null ? null : grid([
      ...fold.cells.map((row, r) => [...row.map((cell) => html('td', {}, shortNumber(cell, 4))), across && !below ? html('td', { 'data-sum': true }, shortNumber(fold.sums[r][0], 4)) : null]),
      ...(below ? [fold.sums[0].map((cell) => html('td', { 'data-sum': true, colspan: across ? fold.cells[0].length : null }, shortNumber(cell, 4)))] : []),
    ], 'backward'));
}

/** @param {(HTMLElement | null)[][]} rows @param {'forward' | 'backward'} way */
function grid(rows, way) {
  return html('div', { class: 'broadcast-scroll', 'data-scroll': true }, html('table', { class: 'broadcast-grid', 'data-way': way }, html('tbody', {}, ...rows.map((row) => html('tr', {}, ...row)))));
}
