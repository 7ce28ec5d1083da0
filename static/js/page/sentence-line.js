import { sentences } from '../state/phrases.js';
import { passOf } from '../state/steps.js';
import { fill, html, need } from './dom.js';
import { argumentsOf, wordsOf } from './fault.js';
import { t } from './language.js';

const SPOKEN_EVERY = 1500;
/** A short calculation stays on one line. */
const CALCULATION = /([^\s，。；：,;]+(?: [+×=] [^\s，。；：,;]+){2,})/;
const MOST_TOGETHER = 32;

/**
 * The line that says what happens at a step. While playing it is seen at once but spoken at most every 1.5 s.
 * @param {import('./workbench.js').Workbench} bench @param {(step: import('../state/types.js').Step) => string[]} more what else is said of a step
 */
export function createSentenceLine(bench, more) {
  const { page } = bench;
  const status = need('[data-sentence]');
  const narration = need('[data-narration]');
  let spoken = 0;
  let pending = 0;
  /** What the line says, as text: it is told of much that changes nothing of it. */
  let said = '';

  function show() {
    const { trace, cursor, playing } = page.value;
    clearTimeout(pending);
    status.setAttribute('aria-live', playing ? 'off' : 'polite');
    if (trace.last < 0) {
      said = '';
      fill(status, []);
      return;
    }
    const index = trace.stepAt(cursor);
    const step = trace.steps[index];
    const error = step.kind === 'error' && !bench.tellsErrors() ? trace.at(cursor).error : null;
    const hint = error && wordsOf(error, argumentsOf(trace)).hint;
    const beside = sentences([hint, ...more(step)], t);
    const parts = bench.sentenceParts(index, cursor);
    status.dataset.phase = step.kind === 'error' ? 'failed' : passOf(step);
    const wanted = JSON.stringify([parts, beside]);
    if (wanted !== said) fill(status, [
      ...parts.map((text, part) => (part === 0 && parts.length > 1 ? html('span', { class: 'sentence-phase' }, `${text} `) : html('span', { class: 'sentence-text' }, ...together(text)))),
      beside ? html('span', { class: 'sentence-note' }, beside) : null,
    ]);
    said = wanted;
    if (!playing) {
      narration.textContent = '';
      return;
    }
    pending = window.setTimeout(() => {
      spoken = performance.now();
      narration.textContent = status.textContent;
    }, Math.max(spoken + SPOKEN_EVERY - performance.now(), 0));
  }

  return { show };
}

/** A text with its calculations as elements. @param {string} text */
function together(text) {
  return text.split(CALCULATION).map((part, index) => (index % 2 === 1 && part.length <= MOST_TOGETHER ? html('span', { class: 'sentence-sum' }, part) : part));
}
