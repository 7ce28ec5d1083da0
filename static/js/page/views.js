import { createAbsence } from './absence.js';
import { placeNotes } from './anchors.js';
import { afterPaint, need } from './dom.js';
import { argumentsOf } from './fault.js';
import { fitInspector, showInspector } from './inspector.js';
import { onLanguage, t } from './language.js';
import { noticesOf } from './mending.js';
import { showOutput } from './output.js';
import { faultsOf, placesOf } from './places.js';
import { createSentenceLine } from './sentence-line.js';
import { LONG } from './session.js';
import { showTable } from './table.js';
import { createLeaves } from './leaves.js';
import { createPlots } from './plots.js';
import { createTabs } from './tabs.js';
import { createTimeline } from './timeline.js';

/** @typedef {import('./session.js').Page} Page */

const NARROW = matchMedia('(max-width: 899px)');

/**
 * Keeps every region equal to the page's state.
 * @param {{bench: import('./workbench.js').Workbench, editor: import('./editor.js').Editor, ops: import('./ops.js').OpTable, toolbar: {pinButton: HTMLElement}}} parts
 */
export function createViews({ bench, editor, ops, toolbar }) {
  const { page } = bench;
  const root = document.documentElement;
  const inspector = need('[data-inspector]');
  const table = need('[data-table]');
  const output = need('[data-output]');
  const line = createSentenceLine(bench, (step) => [...notes.filter(({ seq }) => seq >= step.from && seq <= step.to).map(({ text }) => text), ...(lens?.saidOf(step) ?? [])]);
  const absence = createAbsence(bench);
  /** What comes later is not told while a person predicts. @param {number} index */
  const isHidden = (index) => page.value.predicting && index > page.value.trace.stepAt(page.value.cursor);
  /** Small pictures, fetched once a pointer comes near. @type {typeof import('./moments.js') | null} */
  let moments = null;
  /** While a hand moves along the track each frame is the picture's; what stands beside it follows. */
  let scrubbing = false;
  const panels = afterPaint(showPanels);
  const timeline = createTimeline(need('[data-track]'), { onSeek: scrub, sentence: (index, at) => (isHidden(index) ? t('predict.hidden') : bench.sentence(index, at)), onPoint: bench.hint, picture: (seq) => (moments && !isHidden(page.value.trace.stepAt(seq)) ? moments.momentOf(page.value.trace, seq) : null) });
  need('[data-track]').addEventListener('pointerenter', () => void import('./moments.js').then((found) => {
    moments = found;
    timeline.tell();
  }), { once: true });

  /** @type {{seq: number, text: string}[]} */
  let notes = [];
  /** @type {typeof import('./node.js').nodeSection | null} */
  let nodeSection = null;

  /** What numerical traps there are is told once it has come. @type {import('./lens.js').Lens | null} */
  let lens = null;
  void import('./lens.js').then(({ createLens }) => {
    lens = createLens(page, () => {
      showMoment();
      line.show();
    });
  });

  /** What a backward node holds is told once its graph is looked at. */
  async function tellNodes() {
    nodeSection = (await import('./node.js')).nodeSection;
    showMoment();
  }

  /** @param {number} seq */
  function scrub(seq) {
    scrubbing = true;
    void bench.seek(seq);
    scrubbing = false;
  }

  /** What stands at the cursor. @param {boolean} [first] whether the picture goes first, and the panels follow its paint */
  function showMoment(first = false) {
    timeline.move(page.value.cursor);
    if (first) panels.later();
    else panels.now();
  }

  function showPanels() {
    const { trace, cursor, ran, language, view, selected, source } = page.value;
    const state = trace.at(cursor);
    const step = trace.last < 0 ? null : trace.steps[trace.stepAt(cursor)];
    editor.showPlaces(step && source === ran ? placesOf(step, state) : []); // first, for CodeMirror measures, and the page is laid out still
    const subject = bench.subject();
    showInspector(inspector, {
      state, tensor: subject, traps: lens?.sectionOf(subject) ?? null, source: ran, ops, language, pinButton: toolbar.pinButton,
      onSeek: (seq) => void bench.seek(seq), onRefresh: () => showMoment(), onSelect: (tensor) => bench.select(tensor), onPath: bench.lightPath, onNeed: bench.spread, onLine: (line) => editor.goTo(line, 0), groups: view === 'stage' && subject !== null ? bench.folding.around(state.tensors.get(subject)?.producer ?? null) : [], onFold: (key, closed) => void bench.folding.set([key], closed), node: view === 'backward' ? nodeSection : null,
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
  }

  function showTrace() {
    const { trace, lesson, language, ran, cursor } = page.value;
    notes = lesson && lesson.program === ran && trace.last >= 0 ? placeNotes(lesson, trace.events, language) : [];
    editor.showFaults(faultsOf(page.value));
    timeline.show(trace, ran, cursor);
    absence.showEmpty();
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

  function showLayout() {
    const { view, present, folded, sideFolded, predicting, status: run } = page.value;
    root.toggleAttribute('data-present', present);
    root.toggleAttribute('data-folded', folded);
    root.toggleAttribute('data-side-folded', sideFolded);
    root.toggleAttribute('data-predicting', predicting);
    root.dataset.run = run;
    table.hidden = view !== 'table';
    for (const [name, away] of /** @type {[string, boolean][]} */ ([['stage', !table.hidden], ['table', table.hidden]])) need(`.skips [href="#${name}"]`).hidden = away;
    need('.stage-region').dataset.view = view;
  }

  page.subscribe((value, changed) => {
    /** @param {...keyof Page} names */
    const any = (...names) => names.some((name) => changed.has(name));
    if (any('view', 'present', 'folded', 'sideFolded', 'predicting', 'status')) showLayout();
    if (any('trace', 'lesson')) showTrace();
    if (any('status', 'view', 'present', 'folded', 'tab')) absence.showEmpty();
    if (changed.has('view') && value.view === 'backward' && nodeSection === null) void tellNodes();
    if (changed.has('failure')) {
      editor.showFaults(faultsOf(value));
      absence.showStale();
    }
    if (any('trace', 'cursor', 'selected', 'pinned', 'view', 'failure', 'folds')) showMoment(scrubbing || (any('trace', 'folds') && (bench.edited() || value.last > LONG)));
    if (changed.has('breakpoints')) timeline.breakAt(value.breakpoints);
    if (any('hinted', 'trace')) showHint();
    if (any('trace', 'cursor', 'playing', 'status', 'lesson', 'present', 'folded', 'tab', 'view', 'seed')) line.show();
    if (changed.has('source')) output.querySelector('[data-mend]')?.toggleAttribute('hidden', bench.mending() === null);
    if (changed.has('source') && value.source !== value.ran) editor.showFaults([]);
  });
  onLanguage(() => {
    showTrace();
    showMoment();
    line.show();
    absence.showStale();
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
