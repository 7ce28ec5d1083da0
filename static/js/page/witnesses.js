import { shortNumber } from '../stage/numbers.js';
import { sentences } from '../state/phrases.js';
import { fill, html } from './dom.js';
import { t } from './language.js';

/**
 * One derivative by three witnesses, side by side: what backward() wrote, what a finite difference finds, what the symbolic derivative comes to.
 * @typedef {{value: number, view: Node, operations: number}} Symbolic
 * @typedef {ReturnType<typeof createWitnesses>} Witnesses
 */

/** How far a witness may be from autograd, relative to it: a difference of float32 values is coarse, a formula is not. */
const NEAR = { difference: 1e-2, symbolic: 1e-4 };

/** @param {() => void} onCheck asks for the finite difference, which takes two runs */
export function createWitnesses(onCheck) {
  /** @type {Record<'autograd' | 'difference' | 'symbolic', number | null | undefined>} */
  let told = { autograd: undefined, difference: undefined, symbolic: undefined };
  const cells = { autograd: html('dd', { class: 'witness-value' }), difference: html('dd', { class: 'witness-value' }), symbolic: html('dd', { class: 'witness-value' }) };
  const check = html('button', { type: 'button', class: 'witness-check', title: t('leaves.compare'), onclick: onCheck }, t('leaves.check'));
  const verdict = html('p', { class: 'witness-verdict' });
  const formula = html('div', { class: 'witness-formula' });
  const names = /** @type {const} */ ({ autograd: 'leaves.gradient', difference: 'leaves.difference', symbolic: 'leaves.symbolic' });
  const row = (/** @type {'autograd' | 'difference' | 'symbolic'} */ name) => html('div', { class: 'witness', 'data-witness': name }, html('dt', {}, t(names[name])), cells[name]);
  const rows = { autograd: row('autograd'), difference: row('difference'), symbolic: row('symbolic') };
  const element = html('div', { class: 'witnesses' },
    html('dl', { class: 'witness-strip' }, .../** @type {const} */ (['autograd', 'difference', 'symbolic']).map((name) => rows[name])),
    formula, verdict);

  /** How far a witness is from autograd, where both have spoken. @param {'difference' | 'symbolic'} name */
  function off(name) {
    const [one, other] = [told.autograd, told[name]];
    return typeof one === 'number' && typeof other === 'number' ? Math.abs(one - other) : null;
  }

  /** @param {'difference' | 'symbolic'} name @param {number} away */
  const agrees = (name, away) => away <= NEAR[name] * Math.max(1, Math.abs(told.autograd ?? 0));

  function show() {
    for (const name of /** @type {const} */ (['autograd', 'difference', 'symbolic'])) {
      const value = told[name];
      if (value === undefined && name === 'difference') {
        if (check.parentElement === null) cells[name].replaceChildren(check);
      } else cells[name].textContent = value === undefined || value === null ? '—' : shortNumber(value);
    }
    const spoken = /** @type {const} */ (['difference', 'symbolic']).flatMap((name) => {
      const away = off(name);
      if (away === null) delete rows[name].dataset.agrees;
      else rows[name].dataset.agrees = String(agrees(name, away));
      return away === null ? [] : [{ name, away, agrees: agrees(name, away) }];
    });
    const far = spoken.filter((one) => !one.agrees);
    const most = Math.max(...spoken.map((one) => one.away));
    const seesThrough = far.length === 1 && far[0].name === 'difference' && spoken.length === 2;
    verdict.textContent = far.length > 0 ? sentences([...far.map((one) => t('leaves.differs', { name: t(names[one.name]), off: shortNumber(one.away, 2) })), seesThrough && t('leaves.through')], t)
      : spoken.length === 2 ? t('leaves.agree', { off: shortNumber(most, 2) }) : '';
    verdict.toggleAttribute('data-fault', far.length > 0);
  }
  show();

  return {
    element,
    /** The program ran anew. @param {number | undefined} value */
    autograd(value) {
      told = { autograd: value ?? null, difference: undefined, symbolic: told.symbolic };
      show();
    },
    wait() {
      const asked = document.activeElement === check;
      cells.difference.textContent = '…';
      if (!asked) return;
      cells.difference.tabIndex = -1; // whoever asked by the keyboard stays at this place
      cells.difference.focus();
    },
    /** @param {number | null} value */
    difference(value) {
      told.difference = value;
      show();
    },
    /** @param {Symbolic | null} found */
    symbolic(found) {
      told.symbolic = found?.value ?? null;
      if (formula.firstChild !== found?.view) fill(formula, [found?.view]);
      show();
    },
  };
}
