import { html } from './dom.js';
import { OWN_NAMES, t } from './language.js';
import { PARTS } from '../stage/parts.js';
import { THEMES } from './theme.js';

/**
 * Controls for what a file may be asked for, by the option's name.
 * @typedef {import('./exports.js').Options} Options
 * @typedef {(changed: Partial<Options>) => void} Change
 */

const ROWS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
let count = 0;

/** @param {string} label @param {HTMLElement} control */
function row(label, control) {
  control.id ||= `export-option-${(count += 1)}`;
  return html('div', { class: 'export-option' }, html('label', { for: control.id }, label), control);
}

/** @param {string} label @param {readonly [string, string][]} choices @param {string} value @param {(value: string) => void} change */
function select(label, choices, value, change) {
  const control = html('select', { onchange: () => change(control.value) }, ...choices.map(([name, text]) => html('option', { value: name, selected: name === value }, text)));
  return row(label, control);
}

/** @param {string} label @param {{min: number, max: number, step?: number, value: number}} range @param {(value: number) => void} change */
function number(label, { min, max, step = 1, value }, change) {
  const control = html('input', {
    type: 'number', min, max, step, value,
    onchange: () => {
      const asked = Math.min(max, Math.max(min, Math.round(Number(control.value)) || min));
      control.value = String(asked);
      change(asked);
    },
  });
  return row(label, control);
}

/** @param {string} label @param {boolean} value @param {(value: boolean) => void} change */
function check(label, value, change) {
  const control = html('input', { type: 'checkbox', checked: value, onchange: () => change(control.checked) });
  return html('label', { class: 'check' }, control, ' ', label);
}

/** @type {Record<string, (options: Options, last: number, change: Change) => HTMLElement>} */
const CONTROLS = {
  view: ({ view }, _, change) => select(t('display.label'), ['values', 'gradients', 'shapes'].map((one) => [one, t(`action.display-${one}`)]), view, (value) => change({ view: value })),
  theme: ({ theme }, _, change) => select(t('theme.label'), THEMES.map((one) => [one, t(`theme.${one}`)]), theme, (value) => change({ theme: value })),
  language: ({ language }, _, change) => select(t('language.label'), [['en', OWN_NAMES.en.name], ['zh-CN', OWN_NAMES['zh-CN'].name]], language, (value) => change({ language: /** @type {Options['language']} */ (value) })),
  scale: ({ scale = 2 }, _, change) => select(t('export.scale'), [1, 2, 3, 4].map((one) => [String(one), `${one}×`]), String(scale), (value) => change({ scale: Number(value) })),
  transparent: ({ transparent = false }, _, change) => check(t('export.transparent'), transparent, (value) => change({ transparent: value })),
  range: ({ from = 0, to = 0 }, last, change) => html('div', { class: 'export-range' },
    number(t('export.from'), { min: 0, max: last, value: from }, (value) => change({ from: value })), number(t('export.to'), { min: 0, max: last, value: to }, (value) => change({ to: value }))),
  speed: ({ speed = 1 }, _, change) => select(t('speed.label'), [0.5, 1, 1.5, 2, 4].map((one) => [String(one), t('speed.value', { speed: one })]), String(speed), (value) => change({ speed: Number(value) })),
  width: ({ width = 800 }, _, change) => number(t('export.width'), { min: 320, max: 1920, step: 10, value: width }, (value) => change({ width: value })),
  direction: ({ direction = 'right' }, _, change) => select(t('export.direction'), ['right', 'down'].map((one) => [one, t(`export.direction.${one}`)]), direction, (value) => change({ direction: value })),
  rows: ({ rows = 'auto' }, _, change) => select(t('export.rows'), [['auto', t('export.rows.auto')], ...ROWS.map((one) => /** @type {[string, string]} */ ([one, one]))], rows, (value) => change({ rows: value })),
  paper: ({ paper = 'fit' }, _, change) => select(t('export.paper'), ['fit', 'a4', 'letter', 'slide'].map((one) => [one, t(`export.paper.${one}`)]), paper, (value) => change({ paper: value })),
  show({ show = '' }, _, change) {
    const on = new Set(show.split(','));
    return html('div', { class: 'export-range', role: 'group', 'aria-label': t('display.label') }, ...PARTS.map((one) => check(t(`export.show.${one}`), on.has(one), (value) => {
      if (value) on.add(one);
      else on.delete(one);
      change({ show: PARTS.filter((name) => on.has(name)).join(',') });
    })));
  },
};

/**
 * @param {string} name @param {Options} options @param {number} last the last step @param {Change} change
 * @returns {HTMLElement | null} null for an option that this page does not know
 */
export function controlFor(name, options, last, change) {
  return CONTROLS[name]?.(options, last, change) ?? null;
}
