import { placeNotes } from './anchors.js';
import { fill, html, need } from './dom.js';
import { argumentsOf, wordsOf } from './fault.js';
import { fitInspector, showInspector } from './inspector.js';
import { onLanguage, t } from './language.js';
import { noticesOf } from './mending.js';
import { showOutput } from './output.js';
import { showTable } from './table.js';
import { createLeaves } from './leaves.js';
import { createPlots } from './plots.js';
import { createTabs } from './tabs.js';
import { createTimeline } from './timeline.js';

/** @typedef {import('./session.js').Page} Page */

const SPOKEN_EVERY = 1500;
const NARROW = matchMedia('(max-width: 899px)');
/** What an empty editor may begin with. */
const FIRST_PROGRAM = 'import torch\n\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2 + 3 * x\ny.backward()\nprint(x.grad)\n';

/**
 * The lines a step is about: the one that runs, and in the backward pass the expression whose gradient is being worked out.
 * @param {import('../state/types.js').Step} step @param {import('../state/types.js').State} state
 * @returns {import('./editor.js').Place[]}
 */
function placesOf(step, state) {
  const phase = step.kind === 'error' ? 'failed' : step.phase;
  const origin = step.kind === 'node' && step.function !== null ? state.functions.get(step.function)
    : step.kind === 'write' && step.tensor !== null ? state.tensors.get(step.tensor) : undefined;
  if (!origin || origin.line === null) return step.line === null ? [] : [{ line: step.line, span: step.span, phase }];
  const places = [{ line: origin.line, span: origin.span, phase }];
  return step.line === null || step.line === origin.line ? places : [...places, { line: step.line, span: null, phase: 'calling' }];
}

/**
 * Where the editor marks an error: every place that was refused, else the one that failed.
 * @param {import('../state/types.js').Failure} error @param {import('./fault.js').Arguments} given @returns {import('./editor.js').Fault[]}
 */
function faultsOf(error, given) {
  if (error.refusals.length > 0) return error.refusals.map((refusal) => ({ line: refusal.line, column: refusal.column, end_column: refusal.end_column, ...wordsOf(refusal, { replacement: refusal.replacement }) }));
  return error.line === null ? [] : [{ line: error.line, column: error.column, end_column: error.end_column, ...wordsOf(error, given) }];
}

/**
 * Keeps every region equal to the page's state.
 * @param {{bench: import('./workbench.js').Workbench, editor: import('./editor.js').Editor, ops: import('./ops.js').OpTable, toolbar: {pinButton: HTMLElement}}} parts
 */
export function createViews({ bench, editor, ops, toolbar }) {
  const { page } = bench;
  const root = document.documentElement;
  const inspector = need('[data-inspector]');
  const table = need('[data-table]');
  const empty = need('[data-empty]');
  const output = need('[data-output]');
  const stale = need('[data-stale-note]');
  const status = need('[data-sentence]');
  const narration = need('[data-narration]');
  /** What comes later is not told while a person predicts. @param {number} index */
  const isHidden = (index) => page.value.predicting && index > page.value.trace.stepAt(page.value.cursor);
  /** Small pictures, fetched once a pointer comes near. @type {typeof import('./moments.js') | null} */
  let moments = null;
  const timeline = createTimeline(need('[data-track]'), { onSeek: (seq) => void bench.seek(seq), sentence: (index, at) => (isHidden(index) ? t('predict.hidden') : bench.sentence(index, at)), onPoint: bench.hint, picture: (seq) => (moments && !isHidden(page.value.trace.stepAt(seq)) ? moments.momentOf(page.value.trace, seq) : null) });
  need('[data-track]').addEventListener('pointerenter', () => void import('./moments.js').then((found) => {
    moments = found;
    timeline.tell();
  }), { once: true });

  /** @type {{seq: number, text: string}[]} */
  let notes = [];
  let spoken = 0;
  let pending = 0;
  /** @type {typeof import('./node.js').nodeSection | null} */
  let nodeSection = null;

  /** What numerical traps there are is told once it has come. @type {import('./lens.js').Lens | null} */
  let lens = null;
  void import('./lens.js').then(({ createLens }) => {
    lens = createLens(page, () => {
      showMoment();
      showSentence();
    });
  });

  /** What a backward node holds is told once its graph is looked at. */
  async function tellNodes() {
    nodeSection = (await import('./node.js')).nodeSection;
    showMoment();
  }

  /** The sentence of the step. While playing it is seen at once but spoken at most every 1.5 s. */
  function showSentence() {
    const { trace, cursor, playing, status: run } = page.value;
    clearTimeout(pending);
    status.toggleAttribute('data-stale', run === 'running');
    status.setAttribute('aria-live', playing ? 'off' : 'polite');
    if (trace.last < 0) {
      fill(status, []);
      return;
    }
    const index = trace.stepAt(cursor);
    const step = trace.steps[index];
    const error = step.kind === 'error' && !bench.tellsErrors() ? trace.at(cursor).error : null;
    const hint = error && wordsOf(error, argumentsOf(trace)).hint;
    const here = [...notes.filter((one) => one.seq >= step.from && one.seq <= step.to).map((one) => one.text), ...(hint ? [hint] : []), ...(lens?.saidOf(step) ?? [])].join(' ');
    const parts = bench.sentenceParts(index, cursor);
    status.dataset.phase = step.kind === 'error' ? 'failed' : step.phase;
    fill(status, [
      ...parts.map((text, part) => html('span', { class: part === 0 && parts.length > 1 ? 'sentence-phase' : 'sentence-text' }, part === 0 && parts.length > 1 ? `${text} ` : text)),
      here ? html('span', { class: 'sentence-note' }, here) : null,
    ]);
    if (!playing) {
      narration.textContent = '';
      return;
    }
    pending = window.setTimeout(() => {
      spoken = performance.now();
      narration.textContent = status.textContent;
    }, Math.max(spoken + SPOKEN_EVERY - performance.now(), 0));
  }

  /** What stands at the cursor. */
  function showMoment() {
    const { trace, cursor, ran, language, view, selected, source } = page.value;
    const state = trace.at(cursor);
    const step = trace.last < 0 ? null : trace.steps[trace.stepAt(cursor)];
    editor.showPlaces(step && source === ran ? placesOf(step, state) : []); // first, for CodeMirror measures, and the page is laid out still
    const subject = bench.subject();
    showInspector(inspector, {
      state, tensor: subject, traps: lens?.sectionOf(subject) ?? null, source: ran, ops, language, pinButton: toolbar.pinButton,
      onSeek: (seq) => void bench.seek(seq), onRefresh: showMoment, onSelect: (tensor) => bench.select(tensor), onPath: bench.lightPath, onLine: (line) => editor.goTo(line, 0), groups: view === 'stage' && subject !== null ? bench.folding.around(state.tensors.get(subject)?.producer ?? null) : [], onFold: (key, closed) => void bench.folding.set([key], closed), node: view === 'backward' ? nodeSection : null,
    });
    if (view === 'table') {
      showTable(table, { state, traps: lens?.causes() ?? new Map(), selected: selected ?? subject, onSelect: (tensor) => bench.select(tensor), caption: trace.last < 0 ? '' : bench.sentence(trace.stepAt(cursor), cursor) });
    }
    const { failure } = page.value;
    const failed = failure ? failure.trace : trace;
    const error = failure ? failed.at(failed.last).error : state.error;
    const notices = failure || source !== ran ? [] : noticesOf(trace);
    showOutput(output, {
      printed: state.printed, error, notices, given: argumentsOf(failed), mending: error || notices.length > 0 ? bench.mending() : null, onMend: bench.mend, onPlace: (line, column) => editor.goTo(line, column),
    });
    timeline.move(cursor);
  }

  function showTrace() {
    const { trace, lesson, language, ran, cursor } = page.value;
    notes = lesson && lesson.program === ran && trace.last >= 0 ? placeNotes(lesson, trace.events, language) : [];
    showFaults();
    timeline.show(trace, ran, cursor);
    showEmpty();
  }

  /** What is pointed at in one region is marked in the others. */
  function showHint() {
    const { trace, cursor, hinted, source, ran } = page.value;
    const span = hinted === null || trace.last < 0 ? null : trace.peek(cursor, (state) => state.tensors.get(hinted)?.span ?? null);
    editor.hint(source === ran ? span : null);
    timeline.hint(hinted);
    bench.hintStage(hinted);
    for (const element of inspector.querySelectorAll('[data-names]')) element.toggleAttribute('data-hinted', element.getAttribute('data-names') === String(hinted));
  }
  inspector.addEventListener('pointerover', (event) => {
    const named = event.target instanceof Element ? event.target.closest('[data-names]') : null;
    bench.hint(named === null ? null : Number(named.getAttribute('data-names')));
  });
  inspector.addEventListener('pointerleave', () => bench.hint(null));

  /** What is wrong with the text that stands in the editor. */
  function showFaults() {
    const { trace, ran, source, failure } = page.value;
    const [failed, text] = failure ? [failure.trace, failure.source] : [trace, ran];
    const error = failed.last < 0 ? null : failed.peek(failed.last, (end) => end.error);
    editor.showFaults(error && source === text ? faultsOf(error, argumentsOf(failed)) : []);
  }

  /** While the program fails, the last good picture stays and says so. */
  function showStale() {
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
  }

  function showEmpty() {
    const { trace, status: run, view, source } = page.value;
    const end = trace.last < 0 ? null : trace.at(trace.last);
    const drawn = end !== null && end.tensors.size > 0;
    const kind = run === 'waiting' ? 'link' : drawn || run === 'running' && trace.last < 0 ? null : end?.error ? 'failed' : trace.last < 0 ? null : 'nothing';
    empty.hidden = kind === null || view === 'table';
    if (kind === null) return;
    const title = { link: 'empty.linkTitle', failed: end?.error?.refusals.length ? 'empty.refusedTitle' : 'empty.failedTitle', nothing: 'empty.title' }[kind];
    fill(empty, [
      html('p', { class: 'empty-title' }, t(title)),
      html('p', { class: 'empty-text' }, kind === 'link' ? t('empty.linkText') : kind === 'failed' ? end?.error ? bench.tellsErrors() ? t('empty.marked') : wordsOf(end.error, argumentsOf(trace)).message : '' : t('empty.text')),
      kind === 'nothing' && source.trim() === '' ? html('button', { type: 'button', class: 'button', 'data-primary': true, onclick: () => void bench.run(FIRST_PROGRAM) }, t('empty.begin')) : null,
      kind === 'link' ? html('button', { type: 'button', class: 'button', 'data-primary': true, onclick: () => void bench.run() }, t('action.run')) : null,
    ]);
  }

  function showLayout() {
    const { view, present, folded, sideFolded, predicting, status: run } = page.value;
    root.toggleAttribute('data-present', present);
    root.toggleAttribute('data-folded', folded);
    root.toggleAttribute('data-side-folded', sideFolded);
    root.toggleAttribute('data-predicting', predicting);
    root.dataset.run = run;
    table.hidden = view !== 'table';
    need('.stage-region').dataset.view = view;
  }

  page.subscribe((value, changed) => {
    /** @param {...keyof Page} names */
    const any = (...names) => names.some((name) => changed.has(name));
    if (any('view', 'present', 'folded', 'sideFolded', 'predicting', 'status')) showLayout();
    if (any('trace', 'lesson')) showTrace();
    if (any('status', 'view', 'present', 'folded', 'tab')) showEmpty();
    if (changed.has('view') && value.view === 'backward' && nodeSection === null) void tellNodes();
    if (changed.has('failure')) {
      showFaults();
      showStale();
    }
    if (any('trace', 'cursor', 'selected', 'pinned', 'view', 'failure', 'folds')) showMoment();
    if (changed.has('breakpoints')) timeline.breakAt(value.breakpoints);
    if (any('hinted', 'trace')) showHint();
    if (any('trace', 'cursor', 'playing', 'status', 'lesson', 'present', 'folded', 'tab', 'view', 'seed')) showSentence();
    if (changed.has('source')) output.querySelector('[data-mend]')?.toggleAttribute('hidden', bench.mending() === null);
    if (changed.has('source') && value.source !== value.ran) {
      editor.showPlaces([]);
      editor.showFaults([]);
    }
  });
  onLanguage(() => {
    showTrace();
    showMoment();
    showSentence();
    showStale();
  });

  new ResizeObserver(() => fitInspector(inspector)).observe(inspector);
  document.fonts.addEventListener('loadingdone', () => fitInspector(inspector));

  createTabs(page);
  createLeaves(need('[data-leaves]'), { bench, editor });
  createPlots(need('[data-plots]'), { page, ops, onSeek: (seq) => void bench.seek(seq) });
  void import('./memory.js').then(({ createMemoryLine }) => createMemoryLine(need('[data-track]'), { page, ops }));
  let modes = false;
  page.subscribe(({ tab }) => {
    if (tab !== 'modes' || modes) return;
    modes = true;
    void import('./modes.js').then(({ createModes }) => createModes(need('#modes'), { bench }));
  });
  if (NARROW.matches && innerWidth <= 340) page.set({ view: 'table' });
  showLayout();
  showMoment();
}
