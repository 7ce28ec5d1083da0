import { shortNumber } from '../stage/numbers.js';
import { createSigns, TRAP } from '../stage/signs.js';
import { label } from '../state/labels.js';
import { trapsOf } from '../state/traps.js';
import { html, need } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';

/**
 * Numerical traps, marked on the graph from the step on that shows them, each with its cause and a remedy.
 * @typedef {import('../state/traps.js').Trap} Trap
 * @typedef {ReturnType<typeof createLens>} Lens
 */

/** @param {import('./session.js').PageStore} page */
export function createLens(page) {
  const signs = createSigns(need('#stage'), TRAP);
  const hidden = () => page.value.predicting;
  /** Those that the cursor has come by. */
  const shown = () => (hidden() ? [] : trapsOf(page.value.trace).filter((trap) => trap.seq <= page.value.cursor));
  const mark = () => signs.show(new Map(shown().map((trap) => [trap.tensor, 'trap'])));
  page.subscribe((_, changed) => {
    if (['trace', 'cursor', 'predicting'].some((name) => changed.has(/** @type {any} */ (name)))) mark();
  });
  mark();

  return {
    /** What to say of a step, in sentences. @param {import('../state/types.js').Step} step */
    saidOf: (step) => (hidden() ? [] : trapsOf(page.value.trace).filter((trap) => trap.seq >= step.from && trap.seq <= step.to).map((trap) => causeOf(trap, page.value.trace))),
    /** What to say of each tensor. */
    causes: () => new Map(shown().map((trap) => [trap.tensor, causeOf(trap, page.value.trace)])),
    /** What to say of a tensor. @param {number | null} tensor */
    sectionOf(tensor) {
      const found = shown().filter((trap) => trap.tensor === tensor);
      if (found.length === 0) return null;
      return section(t('trap.title'), null, ...found.map((trap) => html('div', { class: 'trap', 'data-trap': trap.code }, html('p', { class: 'trap-cause' }, causeOf(trap, page.value.trace)), html('p', { class: 'trap-fix' }, t(`trap.${trap.code}.fix`, told(trap))))));
    },
  };
}

/** Numbers as they are read. @param {Trap} trap @returns {Record<string, string | number>} */
function told({ facts }) {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'number' && !['count', 'of', 'rows'].includes(name) ? shortNumber(fact) : fact]));
}

/** @param {Trap} trap @param {import('../state/trace.js').Trace} trace */
function causeOf(trap, trace) {
  const whole = trap.code === 'dead' && trap.facts.of === 1 ? '.whole' : '';
  return t(`trap.${trap.code}${whole}`, { ...told(trap), name: trace.peek(trace.last, (state) => label(state, trap.tensor)) });
}
