import { label } from '../state/labels.js';
import { sweepsOf } from '../state/sweeps.js';
import { differential, seedsIn, tangentsFrom } from '../state/tangents.js';
import { shortNumber } from '../stage/numbers.js';
import { fill, html, reachScrolls } from './dom.js';
import { onLanguage, t } from './language.js';

/**
 * What the derivatives of a backward call cost in reverse and in forward mode, and forward mode itself, leaf by leaf.
 * @typedef {import('../state/sweeps.js').Sweeps} Sweeps
 * @typedef {import('../state/types.js').State} State
 */

const MOST_OPS = 6;
/** So many sweeps are seen one by one in their bar. */
const MOST_PARTS = 30;
const MOST_STEPS = 60;
const AGREES = 1e-4;

/** @param {number} value */
const count = (value) => shortNumber(value, 4, value < 1e7);

/** @param {HTMLElement} root @param {{bench: import('./workbench.js').Workbench}} parts */
export function createModes(root, { bench }) {
  const { page } = bench;
  /** What is shown, as text, and of which run. */
  let shown = '';
  /** @type {import('../state/trace.js').Trace | null} */
  let built = null;

  function show() {
    const { trace, predicting, cursor, last, tab, view, seed } = page.value;
    if (tab !== 'modes') return;
    if (predicting && cursor < last) {
      shown = '';
      fill(root, [html('p', { class: 'panel-empty' }, t('predict.hidden'))]);
      return;
    }
    const call = trace.peek(cursor, (state) => state.call ?? 0); // that which the cursor is in or came from, else the first
    const key = [trace.last, call, view, seed, trace.sceneAt(cursor), document.documentElement.lang].join();
    if (key === shown && built === trace) return;
    [shown, built] = [key, trace];
    const sweeps = trace.last < 0 ? null : sweepsOf(trace, call);
    fill(root, sweeps === null || sweeps.numbers === 0 ? [html('p', { class: 'panel-empty' }, t('modes.none'))] : [costView(sweeps), forwardView(sweeps), ...countViews(sweeps)]);
    reachScrolls(root);
  }
  /** @param {Sweeps} sweeps */
  function forwardView(sweeps) {
    const { trace, cursor, view, seed } = page.value;
    const scene = trace.sceneAt(cursor);
    return trace.peek(trace.scenes[scene].to, (state) => {
      const seeds = seedsIn(state, scene);
      const on = view === 'forward' && seed !== null;
      return html('section', { class: 'modes-forward' },
        html('h2', { class: 'inspector-title' }, t('modes.forward')),
        seeds.length === 0 ? html('p', { class: 'panel-note' }, t('modes.arrays')) : html('div', {},
          html('p', { class: 'panel-note' }, t('modes.choose')),
          html('div', { class: 'segments modes-seeds', role: 'group', 'aria-label': t('modes.seed') }, ...seeds.map((leaf) => html('button', {
            type: 'button', class: 'button', 'data-seed': leaf, 'aria-pressed': String(on && seed === leaf), onclick: () => void bench.showForward(on && seed === leaf ? null : leaf),
          }, html('code', {}, label(state, leaf))))),
          on ? tangentList(state, scene, seed, sweeps) : null));
    });
  }

  /** Whether forward mode can go from a tensor in the scene at the cursor. @param {number | null} tensor */
  function isSeed(tensor) {
    const { trace, cursor } = page.value;
    const scene = trace.sceneAt(cursor);
    return tensor !== null && trace.peek(trace.scenes[scene].to, (state) => seedsIn(state, scene)).includes(tensor);
  }

  page.subscribe((value, changed) => {
    if (value.view === 'forward' && changed.has('trace')) void bench.showForward(value.seed);
    if (value.view === 'forward' && changed.has('selected') && value.selected !== value.seed && isSeed(value.selected)) void bench.showForward(value.selected);
    if (['trace', 'cursor', 'tab', 'view', 'seed', 'predicting'].some((name) => changed.has(/** @type {any} */ (name)))) show();
  });
  onLanguage(show);
  show();
}

/** @param {Sweeps} sweeps */
function costView(sweeps) {
  const { call, reverse, forward } = sweeps;
  const most = Math.max(reverse.total, forward.total, 1);
  return html('section', {},
    html('h2', { class: 'inspector-title' }, t('modes.title'), html('span', { class: 'inspector-aside' }, t('ledger.call', { number: call + 1 }))),
    bar('reverse', reverse.sweeps, reverse.total, most), bar('forward', forward.sweeps, forward.total, most),
    html('p', { class: 'modes-verdict' }, verdict(sweeps)));
}

/** What the totals are made of, and by which rule. @param {Sweeps} sweeps */
function countViews({ reverse, inputs, ops, unknown, numbers, outputs, root }) {
  return [
    html('section', {},
      html('h2', { class: 'inspector-title' }, t('modes.inputs')),
      table(['modes.input', 'modes.numbers', 'modes.sweep', 'modes.all'], inputs.map((input) => [input.name, count(input.numbers), count(input.sweep), count(input.numbers * input.sweep)])),
      html('p', { class: 'panel-note' }, t('modes.reverse.one', { root, outputs: count(outputs), sweep: count(reverse.sweep), numbers: count(numbers) }))),
    html('section', {},
      html('h2', { class: 'inspector-title' }, t('modes.ops')),
      table(['modes.op', 'modes.edges', 'modes.cost'], ops.slice(0, MOST_OPS).map((share) => [share.op, count(share.edges), count(share.cost)])),
      html('p', { class: 'panel-note' }, t('modes.how')),
      unknown.length === 0 ? null : html('p', { class: 'panel-note' }, t('modes.unknown', { ops: unknown.join(', ') }))),
  ];
}

/** @param {'reverse' | 'forward'} mode @param {number} sweeps @param {number} total @param {number} most */
function bar(mode, sweeps, total, most) {
  const fillBar = html('i', {});
  fillBar.style.width = `${(total / most) * 100}%`;
  if (sweeps > 1 && sweeps <= MOST_PARTS) fillBar.style.setProperty('--sweep', `${100 / sweeps}%`);
  return html('div', { class: 'mode', 'data-mode': mode },
    html('p', { class: 'mode-head' }, html('b', {}, t(`modes.${mode}`)), ' ', html('span', {}, t('modes.sweeps', { count: sweeps }))),
    html('div', { class: 'mode-row' }, html('span', { class: 'mode-bar', 'aria-hidden': 'true' }, fillBar), html('span', { class: 'mode-total' }, count(total))));
}

/** @param {Sweeps} sweeps */
function verdict({ reverse, forward, numbers, outputs }) {
  const [less, more] = [Math.min(reverse.total, forward.total), Math.max(reverse.total, forward.total)];
  const times = String(Number((more / Math.max(less, 1)).toPrecision(3)));
  const key = reverse.total === forward.total ? 'modes.equal' : reverse.total < forward.total ? 'modes.reverse.wins' : 'modes.forward.wins';
  return t(key, { numbers: count(numbers), outputs: count(outputs), times });
}

/** @param {string[]} columns @param {string[][]} rows */
function table(columns, rows) {
  return html('div', { class: 'modes-scroll', 'data-scroll': true }, html('table', { class: 'modes-table' },
    html('thead', {}, html('tr', {}, ...columns.map((name) => html('th', { scope: 'col' }, t(name))))),
    html('tbody', {}, ...rows.map(([name, ...numbers]) => html('tr', {}, html('th', { scope: 'row' }, html('code', {}, name)), ...numbers.map((text) => html('td', {}, text)))))));
}

/** Every tangent with its arithmetic, and how it ends: what forward mode found is what backward() wrote. @param {State} state @param {number} scene @param {number} leaf @param {Sweeps} sweeps */
function tangentList(state, scene, leaf, { call }) {
  const name = label(state, leaf);
  const known = [...tangentsFrom(state, scene, leaf)].filter(([, tangent]) => tangent.value !== null);
  const root = state.calls[call]?.roots[0];
  const found = known.find(([tensor]) => tensor === root)?.[1].value;
  const row = state.tensors.get(leaf)?.ledger.find((one) => one.kind === 'accumulate' && one.call === call);
  const written = row?.added && row.added.shape.length === 0 ? Number(row.added.data) : null;
  const agrees = typeof found === 'number' && written !== null && Math.abs(found - written) <= AGREES * Math.max(1, Math.abs(written));
  return html('div', {},
    html('ol', { class: 'modes-steps' }, ...known.slice(0, MOST_STEPS).map(([tensor, { value, terms }]) => html('li', { 'data-names': tensor },
      html('code', {}, differential(label(state, tensor))), html('span', {}, ` = ${terms.map((term) => `${shortNumber(term.local)} × ${shortNumber(term.tangent)}`).join(' + ')}${terms.length > 0 ? ' = ' : ''}`), html('b', {}, shortNumber(/** @type {number} */ (value)))))),
    typeof found !== 'number' || written === null || root === undefined ? null : html('p', { class: 'modes-verdict', 'data-agrees': String(agrees) }, t(agrees ? 'modes.agrees' : 'modes.differs', { root: label(state, root), name, found: shortNumber(found), written: shortNumber(written) })));
}
