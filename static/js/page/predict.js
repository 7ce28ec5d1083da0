import { shortNumber } from '../stage/numbers.js';
import { sentences } from '../state/phrases.js';
import { judged, questionAt } from '../state/predict.js';
import { fill, html, need } from './dom.js';
import { onLanguage, t } from './language.js';

/**
 * Predict first: before a step shows a gradient, the page asks for it, and names the slip where the answer is wrong. A step on reveals it.
 * @typedef {import('../state/predict.js').Question} Question
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {ReturnType<typeof createPrediction>} Prediction
 */

/** @param {Workbench} bench */
export function createPrediction(bench) {
  const { page } = bench;
  const asking = html('label', { class: 'predict-question', for: 'predict-answer' });
  const given = html('p', { class: 'predict-given' });
  const input = html('input', { id: 'predict-answer', class: 'field predict-field', inputmode: 'text', autocomplete: 'off', spellcheck: 'false' });
  const check = html('button', { type: 'submit', class: 'button', 'data-primary': true });
  const reveal = html('button', { type: 'button', class: 'button', onclick: () => void show('revealed') });
  const word = html('p', { class: 'predict-word', role: 'status' });
  const score = html('p', { class: 'predict-score' });
  const form = html('form', { class: 'predict', hidden: true }, html('div', { class: 'predict-head' }, asking, score), given, html('div', { class: 'predict-row' }, input, check, reveal), word);
  need('.stage-region').append(form);
  /** @type {Question | null} */
  let open = null;
  /** Questions that have been answered or revealed. @type {Set<number>} */
  let done = new Set();
  let right = 0;
  let first = true;

  function label() {
    check.textContent = t('predict.check');
    reveal.textContent = t('predict.reveal');
    fill(word, []);
    if (open) ask(open);
    tally();
  }

  function tally() {
    score.textContent = done.size === 0 ? '' : t('predict.score', { right, of: done.size });
  }

  /** @param {Question} question */
  function ask(question) {
    open = question;
    first = true;
    fill(asking, [t(`predict.${question.kind}`, { node: question.node, name: question.name })]);
    given.textContent = question.given === null ? t('predict.none') : t(question.kind === 'send' ? 'predict.receives' : 'predict.before', { value: shortNumber(question.given) });
    fill(word, []);
    delete word.dataset.verdict;
    input.value = '';
    form.hidden = false;
    form.toggleAttribute('data-open', true);
    tally();
    input.focus();
  }

  /** The step that was asked about is shown. @param {'right' | 'revealed'} how */
  async function show(how) {
    if (!open) return;
    const { step, answer } = open;
    done.add(step);
    if (how === 'right' && first) right += 1;
    open = null;
    form.toggleAttribute('data-open', false);
    word.dataset.verdict = how;
    word.textContent = t(`predict.${how}`, { answer: shortNumber(answer) });
    tally();
    bench.focusStage();
    await bench.seek(page.value.trace.steps[step].to);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!open) return;
    const { verdict, slip } = judged(open, input.value);
    if (verdict === 'right') return void show('right');
    if (verdict === 'wrong') first = false;
    word.dataset.verdict = verdict;
    word.textContent = verdict === 'unreadable' ? t('predict.unreadable') : sentences([t('predict.wrong'), slip && t(`predict.slip.${slip}`)], t);
    input.select();
  });
  form.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key.startsWith('Page') || event.ctrlKey || event.metaKey) return;
    event.stopPropagation();
    if (event.key === 'Escape') bench.focusStage();
  });
  page.subscribe((value, changed) => {
    if (changed.has('trace')) {
      done = new Set();
      right = 0;
    }
    if (changed.has('trace') || (changed.has('cursor') && open && value.trace.stepAt(value.cursor) !== open.step - 1)) {
      open = null;
      form.toggleAttribute('data-open', false);
    }
    if (changed.has('predicting') ? !value.predicting : changed.has('trace')) form.hidden = true;
    if (changed.has('playing') && !value.playing && value.predicting) prediction.pause();
  });
  onLanguage(label);
  label();

  const prediction = {
    /** Whether a step would be asked about. @param {number} index */
    asks: (index) => !done.has(index) && questionAt(page.value.trace, index) !== null,
    /** Asks for the next step, or reveals it where it has been asked for; false where there is nothing to ask. */
    next() {
      const { trace, cursor } = page.value;
      const index = trace.stepAt(cursor) + 1;
      if (open?.step === index) {
        void show('revealed');
        return true;
      }
      const question = done.has(index) ? null : questionAt(trace, index);
      if (question) ask(question);
      return question !== null;
    },
    /** Predicting begins: what it does is said where the questions will stand. */
    explain() {
      delete word.dataset.verdict;
      fill(word, [t('predict.on')]);
      form.hidden = false;
    },
    /** Play has come to a step that is asked about. */
    pause() {
      const { trace, cursor } = page.value;
      const question = questionAt(trace, trace.stepAt(cursor) + 1);
      if (question && !done.has(question.step)) ask(question);
    },
  };
  return prediction;
}
