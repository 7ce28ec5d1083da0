import { fill, html, need } from './dom.js';
import { argumentsOf, wordsOf } from './fault.js';
import { t } from './language.js';

/** What an empty editor may begin with. */
const FIRST_PROGRAM = 'import torch\n\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2 + 3 * x\ny.backward()\nprint(x.grad)\n';

/**
 * What the stage says where it has no picture of the program: none at all, or only that of the last run that went well.
 * @param {import('./workbench.js').Workbench} bench
 */
export function createAbsence(bench) {
  const { page } = bench;
  const empty = need('[data-empty]');
  const stale = need('[data-stale-note]');

  return {
    /** While the program fails, the last good picture stays and says so. */
    showStale() {
      const { failure } = page.value;
      const end = failure?.trace.at(failure.trace.last);
      need('.stage-region').toggleAttribute('data-stale', failure !== null);
      stale.hidden = !end?.error;
      if (!end?.error) return;
      const { error, line } = end.error;
      fill(stale, [
        html('span', {}, t(line === null ? 'stale.text' : 'stale.line', { error, line: line ?? 0 })),
        end.tensors.size > 0 ? html('button', { type: 'button', class: 'stale-show', onclick: () => void bench.showFailure() }, t('stale.show')) : null,
      ]);
    },

    showEmpty() {
      const { trace, status: run, view, source } = page.value;
      const end = trace.last < 0 ? null : trace.at(trace.last);
      const drawn = end !== null && end.tensors.size > 0;
      const kind = run === 'waiting' ? 'link' : drawn || run === 'running' && trace.last < 0 ? null : end?.error ? 'failed' : trace.last < 0 ? null : 'nothing';
      empty.hidden = kind === null || view === 'table';
      if (kind === null) return;
      const title = { link: 'empty.linkTitle', failed: end?.error?.refusals.length ? 'empty.refusedTitle' : 'empty.failedTitle', nothing: 'empty.title' }[kind];
      fill(empty, [
        html('p', { class: 'empty-title' }, t(title)),
        html('p', { class: 'empty-text' }, kind === 'link' ? t(document.documentElement.dataset.embed === undefined ? 'empty.linkText' : 'empty.embedText') : kind === 'failed' ? end?.error ? bench.tellsErrors() ? t('empty.marked') : wordsOf(end.error, argumentsOf(trace)).message : '' : t('empty.text')),
        kind === 'nothing' && source.trim() === '' ? html('button', { type: 'button', class: 'button', 'data-primary': true, onclick: () => void bench.run(FIRST_PROGRAM) }, t('empty.begin')) : null,
        kind === 'link' ? html('button', { type: 'button', class: 'button', 'data-primary': true, onclick: () => void bench.run() }, t('action.run')) : null,
      ]);
    },
  };
}
