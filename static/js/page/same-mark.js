import { firstDifference } from '../state/witness.js';
import { html, need } from './dom.js';
import { onLanguage, t } from './language.js';
import { note } from './notes.js';

/**
 * Beside a lesson's title: that its run is the same as PyTorch's, or where they first part. Nothing of a program that PyTorch was not asked about.
 * @param {{page: import('./session.js').PageStore, seek: (seq: number) => Promise<unknown>}} parts
 */
export function createSameMark({ page, seek }) {
  const mark = html('button', { type: 'button', class: 'same-mark', hidden: true, onclick: go });
  need('[data-lesson-title]').after(mark);

  /** @returns {{recorded: import('../state/witness.js').Recorded, difference: import('../state/witness.js').Discrepancy | null} | null} */
  function verdict() {
    const { lesson, ran, trace } = page.value;
    const recorded = lesson && lesson.program === ran && trace.complete ? lesson.pytorch : null;
    return recorded ? { recorded, difference: firstDifference(trace, recorded) } : null;
  }

  function words() {
    const found = verdict();
    if (!found) return '';
    const { recorded: { version, grads }, difference } = found;
    return difference ? t(`same.${difference.what}`, { version, name: difference.name, said: difference.said, is: difference.is }) : t('same.all', { version, count: Object.keys(grads).length });
  }

  async function go() {
    note(words());
    const seq = verdict()?.difference?.seq;
    if (seq !== undefined) await seek(seq);
  }

  function show() {
    const found = verdict();
    mark.hidden = found === null;
    if (!found) return;
    const same = found.difference === null;
    mark.dataset.same = String(same);
    mark.textContent = t(same ? 'same.yes' : 'same.no', { version: found.recorded.version });
    mark.title = words();
  }

  page.subscribe((_, changed) => {
    if (changed.has('trace') || changed.has('lesson')) show();
  });
  onLanguage(show);
  show();
}
