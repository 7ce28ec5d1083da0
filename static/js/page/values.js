import { isScalar, isWhole, numbersOf, scalarOf, shapeText, shortNumber, tableOf } from '../stage/numbers.js';
import { fill, html } from './dom.js';
import { t } from './language.js';

/**
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {import('../stage/numbers.js').Scalar} Scalar
 */

const MOST_HEAT = 0.55;
const MOST_TOLD = 5;

/** A number with every digit it was sent with. @param {Scalar} value @param {boolean} whole */
function fullNumber(value, whole) {
  if (typeof value !== 'number') return shortNumber(value);
  const text = String(value);
  const shown = !whole && Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
  return shown.replaceAll('-', '−');
}

/** A number in four significant digits, zeros included where they stand for digits cut off: 0.5010. @param {Scalar} value */
export function rounded(value) {
  const short = shortNumber(value);
  if (typeof value !== 'number' || !/^−?\d+\.\d+$/.test(short) || Math.fround(Number(short.replace('−', '-'))) === Math.fround(value)) return short;
  const digits = short.replace(/^−?(?:0\.0*)?/, '').replace('.', '').length;
  return digits < 4 ? short + '0'.repeat(4 - digits) : short;
}

/** "float32 · 2×3" @param {Value} value */
export function kindText(value) {
  return isScalar(value) ? value.dtype : `${value.dtype} · ${shapeText(value)}`;
}

/** One line of text for a value: its number, a short list, or shape and norm. @param {Value} value */
export function lineText(value) {
  const whole = isWhole(value);
  if (isScalar(value)) return shortNumber(scalarOf(value), 6, whole);
  const numbers = numbersOf(value);
  if (value.shape.length === 1 && numbers.length === value.shape[0] && numbers.length <= 4) return `[${numbers.map((one) => shortNumber(one, 4, whole)).join(', ')}]`;
  return shapeText(value);
}

/** How many digits of the large type stand in one line of the narrowest inspector; a float64 may have more. */
const LINE = 15;

/**
 * A value to look at: a 0-d value as its number, others as a heat map with digits and what sums them up.
 * @param {Value} value @param {{tone?: 'value' | 'gradient' | 'flow'}} [options]
 */
export function valueView(value, { tone = 'value' } = {}) {
  const whole = isWhole(value);
  if (isScalar(value)) {
    const number = fullNumber(scalarOf(value), whole);
    return html('p', { class: 'value-number', 'data-tone': tone, 'data-long': number.length > LINE }, number);
  }
  const table = tableOf(value);
  return html('div', { class: 'value-array', 'data-tone': tone },
    table && isPicture(table) ? ways(table, whole, tone) : table ? heatMap(table, whole) : html('p', { class: 'value-none' }, value.shape.includes(0) ? t('value.empty') : shapeText(value)),
    summaryLine(value));
}

/** Whether numbers can be looked at as a picture: rows and columns of them. @param {import('../stage/numbers.js').Table} table */
const isPicture = ({ rows, columns }) => rows > 1 && columns > 1;

/** How values, stored gradients and flowing ones are looked at until a person chooses otherwise. @type {Record<string, 'heat' | 'grey'>} */
const way = { value: 'heat', gradient: 'heat', flow: 'heat' };

/** A matrix as a heat map or as a picture in greys, as a person chooses. @param {import('../stage/numbers.js').Table} table @param {boolean} whole @param {string} tone */
function ways(table, whole, tone) {
  const room = html('div', {});
  const buttons = /** @type {const} */ (['heat', 'grey']).map((name) => html('button', { type: 'button', class: 'button value-way', 'data-way': name, onclick: () => {
    way[tone] = name;
    show();
  } }, t(`value.${name}`)));
  function show() {
    fill(room, [way[tone] === 'grey' ? greyPicture(table) : heatMap(table, whole)]);
    for (const one of buttons) one.setAttribute('aria-pressed', String(one.dataset.way === way[tone]));
  }
  show();
  return html('div', {}, html('div', { class: 'segments value-ways', role: 'group', 'aria-label': t('value.ways') }, ...buttons), room);
}

/** The least number black, the greatest white, what is no number hatched. @param {import('../stage/numbers.js').Table} table */
function greyPicture({ rows, columns, cells }) {
  const finite = cells.flat().filter((cell) => typeof cell === 'number' && Number.isFinite(cell)).map(Number);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const said = finite.length === 0 ? t('value.nonfinite') : t('value.picture', { rows, columns, black: shortNumber(least), white: shortNumber(most) });
  const picture = html('div', { class: 'grey', role: 'img', 'aria-label': said }, ...cells.flatMap((row) => row.map((cell) => {
    const element = html('i', { class: 'grey-cell', 'data-broken': typeof cell !== 'number' && typeof cell !== 'boolean' });
    element.style.setProperty('--grey', String(most > least ? Math.round(((Number(cell) - least) / (most - least)) * 255) : 128));
    return element;
  })));
  picture.style.setProperty('--columns', String(columns));
  return html('figure', { class: 'grey-figure' }, picture, html('figcaption', { class: 'value-summary', 'aria-hidden': 'true' }, said));
}

/** @param {import('../stage/numbers.js').Table} table @param {boolean} whole */
function heatMap(table, whole) {
  const flat = table.cells.flat();
  const largest = Math.max(...flat.map((cell) => (typeof cell === 'number' && Number.isFinite(cell) ? Math.abs(cell) : 0)), Number.MIN_VALUE);
  const digits = table.columns > 4 ? 2 : 4;
  const told = table.columns <= MOST_TOLD;
  return html('div', { class: 'heat-scroll', 'data-scroll': true, 'data-tight': table.columns === MOST_TOLD },
    html('table', { class: 'heat', 'data-told': told }, html('tbody', {}, ...table.cells.map((row) => html('tr', {}, ...row.map((cell) => {
      const element = html('td', {
        'data-sign': typeof cell !== 'number' ? (typeof cell === 'string' ? 'broken' : null) : cell < 0 ? 'minus' : cell > 0 ? 'plus' : null,
        title: fullNumber(cell, whole),
      }, html('span', { class: told ? null : 'visually-hidden' }, shortNumber(cell, digits, whole)));
      if (typeof cell === 'number') element.style.setProperty('--heat', String(((Math.abs(cell) / largest) * MOST_HEAT).toFixed(3)));
      return element;
    }))))));
}

/** @param {Value} value */
function summaryLine(value) {
  const numbers = numbersOf(value).filter((one) => typeof one === 'number');
  if (numbers.length < 5 && 'data' in value) return null;
  const { min, max, mean, nonfinite } = value;
  /** @param {string} key @param {unknown} given @param {() => number} computed */
  const part = (key, given, computed) => {
    const shown = given ?? (numbers.length > 0 ? computed() : null);
    return shown === null ? null : `${t(`value.${key}`)} ${shortNumber(/** @type {Scalar} */ (shown))}`;
  };
  const parts = [
    part('min', min, () => Math.min(...numbers)),
    part('mean', mean, () => numbers.reduce((sum, one) => sum + one, 0) / numbers.length),
    part('max', max, () => Math.max(...numbers)),
    nonfinite ? `${t('value.nonfinite')} ${nonfinite}` : null,
  ].filter((one) => one !== null);
  return html('p', { class: 'value-summary' }, parts.join('  ·  '));
}
