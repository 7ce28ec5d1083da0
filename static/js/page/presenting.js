import { sentences } from '../state/phrases.js';
import { need } from './dom.js';
import { placeNotes } from './anchors.js';
import { t } from './language.js';

/**
 * Presenting: the channel to the presenter's own window, the blank screen and the pointer's spotlight.
 * @typedef {import('./workbench.js').Workbench} Workbench
 */

export const CHANNEL = 'gradlight-presenter';

/** @param {Workbench} bench */
export function createPresenting(bench) {
  const { page } = bench;
  const root = document.documentElement;
  const channel = new BroadcastChannel(CHANNEL);
  /** Whether a second window has ever asked. */
  let heard = false;

  function tell() {
    const { trace, cursor, lesson, ran, language } = page.value;
    if (!heard || trace.last < 0) return;
    const index = trace.stepAt(cursor);
    const step = trace.steps[index];
    const notes = lesson && lesson.program === ran ? placeNotes(lesson, trace.events, language) : [];
    const next = trace.steps[index + 1];
    channel.postMessage({
      tell: 'step', language, title: lesson?.title[language] ?? '', now: bench.sentenceParts(index, cursor).at(-1), place: `${index} / ${trace.steps.length - 1}`,
      note: sentences(notes.filter((one) => one.seq >= step.from && one.seq <= step.to).map((one) => one.text), t),
      next: next ? bench.sentenceParts(index + 1).at(-1) : t('presenter.end'),
    });
    trace.at(cursor);
  }

  channel.addEventListener('message', ({ data }) => {
    if (data?.ask === 'tell') {
      heard = true;
      tell();
    } else if (data?.ask === 'step' && Number.isInteger(data.by)) void bench.step(data.by);
    else if (data?.ask === 'blank') bench.toggleBlank();
  });
  page.subscribe((value, changed) => {
    if (changed.has('cursor') || changed.has('trace') || changed.has('language')) tell();
    if (changed.has('blank')) root.toggleAttribute('data-blank', value.blank);
    if (changed.has('spotlight')) root.toggleAttribute('data-spotlight', value.spotlight);
  });
  addEventListener('pointermove', (event) => {
    if (!page.value.spotlight) return;
    const light = need('.spotlight');
    light.style.setProperty('--x', `${event.clientX}px`);
    light.style.setProperty('--y', `${event.clientY}px`);
  });
}
