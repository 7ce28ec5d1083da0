import { faultsOf } from '../stage/faults.js';
import { clause } from '../state/facts.js';
import { sentences } from '../state/phrases.js';
import { detail, numbered, plainSentence } from '../state/sentences.js';
import { passOf } from '../state/steps.js';
import { argumentsOf, wordsOf } from './fault.js';
import { t, translator } from './language.js';
import { tangentSaid } from './tangent-sentence.js';

const NARROW = matchMedia('(max-width: 899px)');

/**
 * What is said of each step, in the language of the page.
 * @param {import('./session.js').PageStore} page
 */
export function createNarration(page) {
  /** @type {{trace: import('../state/trace.js').Trace | null, manner: string, texts: Map<number, string>}} */
  let told = { trace: null, manner: '', texts: new Map() };

  /** The sentence of a step without its number: several views ask for it, it is made once. @param {number} index */
  function said(index) {
    const { trace, view, seed } = page.value;
    const leaf = view === 'forward' ? seed : null;
    const manner = `${translator.language} ${leaf}`;
    if (told.trace !== trace || told.manner !== manner) told = { trace, manner, texts: new Map() };
    const known = told.texts.get(index) ?? sentences([plainSentence(trace, index, inOwnWords), leaf !== null && tangentSaid(trace, index, leaf, t)], t);
    told.texts.set(index, known);
    return known;
  }

  /** As `t`, with the words of an error in the person's language where they are our own. @type {import('../state/phrases.js').Translate} */
  function inOwnWords(key, args = {}) {
    const { trace } = page.value;
    const end = trace.events.last;
    if (!key.startsWith('step.error') || end?.kind !== 'run-failed') return t(key, args);
    return t(key, { ...args, message: clause(wordsOf({ code: end.code ?? '', message: end.message, hint: end.hint }, argumentsOf(trace)).message) });
  }

  /** The event at the cursor, where that stands before its step's end: how its sentence begins, and what it says. @param {number} index @param {number} cursor */
  function partOf(index, cursor) {
    const { trace } = page.value;
    const { from, to, kind } = trace.steps[index];
    if (cursor >= to || cursor < from || kind === 'start') return null;
    const place = { index, total: trace.steps.length - 1, part: cursor - from + 1, parts: to - from + 1 };
    return { numbered: (/** @type {string} */ text) => t(`step.part.${passOf(trace.steps[index])}`, { ...place, text }), text: detail(trace, cursor, t) };
  }

  /** Whether the program's panel, where an error is told whole, is in sight. */
  const tellsErrors = () => !page.value.present && !page.value.folded && document.documentElement.dataset.embed === undefined && (!NARROW.matches || page.value.tab === 'program');

  /** Whether the words of the error at the cursor stand beside the sentence: in the program's panel, else at the node that failed. */
  function isTold() {
    const { trace, cursor, view, ran } = page.value;
    return tellsErrors() || (view !== 'table' && trace.peek(cursor, (state) => Object.values(faultsOf(state, ran)).some((found) => found.size > 0)));
  }

  return {
    tellsErrors,
    isTold,

    /** @param {number} index @param {number} [cursor] where in the step, if not at its end */
    sentence(index, cursor = Infinity) {
      const { trace } = page.value;
      const part = partOf(index, cursor);
      if (part) return part.numbered(part.text);
      return trace.steps[index]?.kind === 'start' ? said(index) : numbered(trace, index, said(index), t);
    },

    /** The sentence in two parts: where in the run, and what happens; of an error only that it came, where its words stand beside. @param {number} index @param {number} [cursor] where in the step, if not at its end @returns {string[]} */
    sentenceParts(index, cursor = Infinity) {
      const part = partOf(index, cursor);
      if (part) return [part.numbered('').trim(), part.text];
      const { trace } = page.value;
      const { kind, seq, line } = trace.steps[index];
      const event = trace.events.at(seq);
      const text = event?.kind === 'run-failed' && event.status === 'failed' && isTold() ? t(line === null ? 'step.error.here' : 'step.error.brief', { line: line ?? 0, error: event.error }) : said(index);
      return kind === 'start' ? [text] : [numbered(trace, index, '', t).trim(), text];
    },
  };
}
