import { shortNumber } from '../stage/numbers.js';
import { breath, whenIdle } from '../stage/breath.js';
import { createSigns, TRAP } from '../stage/signs.js';
import { label } from '../state/labels.js';
import { trapsInPeace } from '../state/traps.js';
import { html, need } from './dom.js';
import { section } from './inspector.js';
import { t } from './language.js';

/**
 * Numerical traps, marked on the graph from the step on that shows them, each with its cause and a remedy.
 * @typedef {import('../state/traps.js').Trap} Trap
 * @typedef {ReturnType<typeof createLens>} Lens
 */

/** @param {import('./session.js').PageStore} page @param {() => void} onFound the traps of a new run are known */
export function createLens(page, onFound) {
  const signs = createSigns(need('#stage'), TRAP);
  /** @type {Trap[]} */
  let traps = [];
  /** Those that the cursor has come by. */
  const shown = () => (page.value.predicting ? [] : traps.filter((trap) => trap.seq <= page.value.cursor));
  const mark = () => signs.show(new Map(shown().map((trap) => [trap.tensor, 'trap'])));
  function look() {
    const { trace } = page.value;
    traps = [];
    whenIdle(async () => {
      if (page.value.trace !== trace) return;
      const found = await trapsInPeace(trace, breath);
      if (page.value.trace !== trace) return;
      traps = found;
      mark();
      if (traps.length > 0) onFound();
    });
  }
  page.subscribe((_, changed) => {
    if (changed.has('trace')) look();
    if (changed.has('trace') || changed.has('cursor') || changed.has('predicting')) mark();
  });
  look();

  return {
    /** What to say of a step, in sentences. @param {import('../state/types.js').Step} step */
    saidOf: (step) => (page.value.predicting ? [] : traps.filter((trap) => trap.seq >= step.from && trap.seq <= step.to).map((trap) => causeOf(trap, page.value.trace))),
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
