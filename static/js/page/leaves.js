import { numbers } from '../state/format.js';
import { shapeText, shortNumber } from '../stage/numbers.js';
import { centralDifference } from './difference.js';
import { fill, html, reachScrolls } from './dom.js';
import { onLanguage, t } from './language.js';
import { leavesOf } from './literals.js';
import { numeralsIn, stepOf, written } from './numerals.js';
import { createWitnesses } from './witnesses.js';
import { readEvents, startRun } from './runs.js';
import { Trace } from '../state/trace.js';

/**
 * @typedef {import('./literals.js').Leaf} Leaf
 * @typedef {import('./literals.js').Literal} Literal
 * @typedef {{literal: Literal, tensor: number, at: number, slider: HTMLInputElement, shown: HTMLElement, witnesses: import('./witnesses.js').Witnesses}} Row
 */

const STEPS = ['1e-1', '1e-2', '1e-3', '1e-4'];
const MOST_ROWS = 24;
const MOST_COMPARED = 12;
const PLACES = 4;

/**
 * Every leaf with a slider for each of its numbers that stands in the program, a gradient step, and the gradients beside finite differences and symbolic derivatives.
 * @param {HTMLElement} root
 * @param {{bench: import('./workbench.js').Workbench, editor: import('./editor.js').Editor}} parts
 */
export function createLeaves(root, { bench, editor }) {
  const { page } = bench;
  /** @type {Row[]} */
  let rows = [];
  let shape = '';
  let rate = 0.1;
  let h = '1e-3';
  let turn = 0;
  /** What the symbolic derivatives need is fetched once they are looked at. @type {typeof import('./symbolic.js') | null} */
  let symbolic = null;
  const why = html('p', { class: 'panel-note' });
  const breaker = html('button', { type: 'button', class: 'button leaf-step', 'data-action': 'break-engine', onclick: () => bench.breakEngine() });

  /** @param {{index: number, value: number}[]} wanted */
  function write(wanted) {
    const numerals = numeralsIn(page.value.source);
    const changes = wanted.flatMap(({ index, value }) => {
      const numeral = numerals[index];
      return numeral && Number.isFinite(value) ? [{ from: numeral.from, to: numeral.to, insert: written(numeral, value, Math.max(numeral.places, numeral.whole ? 0 : PLACES)) }] : [];
    });
    if (changes.length > 0) editor.edit(changes.sort((a, b) => a.from - b.from));
  }

  /** What the first backward call added to each element of `.grad`. @param {number} tensor @returns {number[]} */
  function gradients(tensor) {
    const { trace } = page.value;
    const row = trace.peek(trace.last, (state) => state.tensors.get(tensor)?.ledger.find((one) => one.kind === 'accumulate'));
    return row?.added && 'data' in row.added ? numbers(row.added).map(Number) : [];
  }

  function step() {
    write(rows.flatMap(({ literal, tensor, at }) => {
      const gradient = gradients(tensor)[at];
      return gradient === undefined ? [] : [{ index: literal.index, value: valueNow(literal) - rate * gradient }];
    }));
  }

  /** @param {Literal} literal */
  const valueNow = (literal) => numeralsIn(page.value.source)[literal.index]?.value ?? literal.value;

  async function compare() {
    const mine = (turn += 1);
    const { ran, status } = page.value;
    if (status === 'running') return;
    for (const row of rows.slice(0, MOST_COMPARED)) {
      row.witnesses.wait();
      const found = await centralDifference(ran, { ...row.literal, value: valueNow(row.literal) }, Number(h), wholeRun).catch(() => null);
      if (mine !== turn || page.value.ran !== ran) return;
      row.witnesses.difference(found);
    }
  }

  /** @param {Literal} literal @param {number} tensor @param {number} at @returns {Row} */
  function makeRow(literal, tensor, at) {
    const numeral = numeralsIn(page.value.source)[literal.index];
    const reach = numeral.whole ? Math.max(5, Math.abs(literal.value) * 2) : Math.max(2, Math.abs(literal.value));
    const least = stepOf(numeral);
    const slider = html('input', { type: 'range', min: literal.value - reach, max: literal.value + reach, step: numeral.whole ? 1 : Math.min(least, 0.01), value: literal.value, 'aria-label': literal.name });
    slider.addEventListener('input', () => {
      bench.turn(true);
      write([{ index: literal.index, value: Number(slider.value) }]);
    });
    slider.addEventListener('change', () => bench.turn(false));
    return { literal, tensor, at, slider, shown: html('span', { class: 'leaf-number' }), witnesses: createWitnesses(() => void compare()) };
  }

  /** @param {Leaf[]} leaves */
  function build(leaves) {
    turn += 1;
    rows = leaves.flatMap((leaf) => leaf.literals.map((literal, at) => makeRow(literal, leaf.tensor, at))).slice(0, MOST_ROWS);
    const without = leaves.filter((leaf) => leaf.literals.length === 0);
    const rateInput = html('input', { type: 'number', class: 'field', value: rate, step: 'any', min: 0, 'aria-label': t('leaves.rate'), onchange: (/** @type {Event} */ event) => (rate = Number(/** @type {HTMLInputElement} */ (event.target).value) || rate) });
    const choice = html('select', { class: 'field', 'aria-label': t('leaves.h'), onchange: () => {
      h = choice.value;
      void compare();
    } }, ...STEPS.map((one) => html('option', { value: one, selected: one === h }, one.replace('-', '−'))));
    fill(root, leaves.length === 0 ? [html('p', { class: 'panel-empty' }, t('leaves.none'))] : [
      rows.length === 0 ? null : html('div', { class: 'leaf-tools' },
        html('button', { type: 'button', class: 'button leaf-step', 'data-action': 'gradient-step', onclick: step }, t('leaves.step')),
        html('label', { class: 'leaf-field' }, html('span', {}, 'lr'), rateInput)),
      rows.length === 0 ? null : html('ul', { class: 'leaf-list' }, ...rows.map((row) => html('li', { class: 'leaf' },
        html('div', { class: 'leaf-head' }, html('button', { type: 'button', class: 'leaf-name', onclick: () => bench.select(row.tensor) }, row.literal.name), row.shown),
        row.slider, row.witnesses.element))),
      rows.length === 0 ? null : html('div', { class: 'leaf-tools' },
        html('button', { type: 'button', class: 'button leaf-step', 'data-action': 'compare', onclick: () => void compare() }, t('leaves.compare')),
        html('label', { class: 'leaf-field' }, html('span', {}, 'h'), choice), breaker),
      rows.length === 0 ? null : html('p', { class: 'panel-note' }, t('leaves.how')),
      rows.length === 0 ? null : why,
      without.length === 0 ? null : html('p', { class: 'panel-note' }, t('leaves.without', { names: without.map((leaf) => `${leaf.name} ${shapeText({ shape: leaf.shape, dtype: 'float32' })}`).join(', ') })),
    ]);
  }

  function show() {
    const { trace, ran, predicting, cursor, last } = page.value;
    if (predicting && cursor < last) {
      shape = '';
      fill(root, [html('p', { class: 'panel-empty' }, t('predict.hidden'))]);
      return;
    }
    const leaves = leavesOf(trace, ran);
    const next = JSON.stringify(leaves.map((leaf) => [leaf.tensor, leaf.name, leaf.literals.map((one) => one.index)]));
    if (next !== shape) {
      shape = next;
      build(leaves);
    }
    for (const row of rows) {
      const value = valueNow(row.literal);
      row.shown.textContent = shortNumber(value, 6);
      if (document.activeElement !== row.slider) {
        if (value < Number(row.slider.min)) row.slider.min = String(value);
        if (value > Number(row.slider.max)) row.slider.max = String(value);
        row.slider.value = String(value);
      }
      row.slider.setAttribute('aria-valuetext', shortNumber(value, 6));
      row.witnesses.autograd(gradients(row.tensor)[row.at]);
    }
    breaker.textContent = t('overwrite.button');
    breaker.setAttribute('aria-pressed', String(bench.engineIsBroken()));
    if (symbolic) showSymbolic(symbolic);
    else void import('./symbolic.js').then((found) => showSymbolic((symbolic = found)));
  }

  /** @param {typeof import('./symbolic.js')} found */
  function showSymbolic({ symbolicOf, summaryOf }) {
    const problem = symbolicOf(page.value.trace);
    const derivatives = rows.map((row) => ('code' in problem ? null : problem.of(row.tensor)));
    rows.forEach((row, index) => row.witnesses.symbolic(derivatives[index]));
    why.textContent = summaryOf(problem, derivatives);
    reachScrolls(root);
  }

  page.subscribe((value, changed) => {
    const answers = changed.has('predicting') || (value.predicting && changed.has('cursor'));
    if (changed.has('trace') || changed.has('tab') || answers) {
      turn += 1;
      if (page.value.tab === 'leaves') show();
    }
  });
  onLanguage(() => {
    shape = '';
    if (page.value.tab === 'leaves') show();
  });
}

/** Runs a program aside; nothing of it is drawn. @param {string} source */
async function wholeRun(source) {
  const trace = new Trace();
  for await (const { events, json } of readEvents(await startRun(source))) trace.push(events, json);
  return trace;
}
