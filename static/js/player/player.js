/**
 * The player of a file that stands for itself: stage, timeline and inspector over a run that the file carries. No server, no layout engine, no editor.
 * @typedef {import('../page/recording.js').Recording} Recording
 * @typedef {import('../page/session.js').Display} Display
 */
import { createButtons } from '../page/buttons.js';
import { fill, html } from '../page/dom.js';
import { argumentsOf } from '../page/fault.js';
import { createFolding } from '../page/folding.js';
import { fitInspector, showInspector } from '../page/inspector.js';
import { listenForKeys } from '../page/keys.js';
import { isLanguage, onLanguage, OWN_NAMES, speak, t, translator } from '../page/language.js';
import { opTable } from '../page/ops.js';
import { showOutput } from '../page/output.js';
import { SPEEDS } from '../page/session.js';
import { createStore } from '../page/store.js';
import { showTable } from '../page/table.js';
import { isTheme, showTheme, THEMES } from '../page/theme.js';
import { createTimeline } from '../page/timeline.js';
import { writesChinese } from '../stage/chinese.js';
import { foldsFrom } from '../stage/fold.js';
import { Placed } from '../stage/placed.js';
import { createPlayer } from '../stage/player.js';
import { createStage } from '../stage/stage.js';
import { numbered, plainSentence, sentence } from '../state/sentences.js';
import { passOf } from '../state/steps.js';
import { Trace } from '../state/trace.js';
import { createProgram } from './program.js';
import { unpacked } from '../page/recording.js';

const DISPLAYS = /** @type {const} */ (['values', 'gradients', 'shapes']);
const dark = matchMedia('(prefers-color-scheme: dark)');
/** Then an error's words stand beside the stage. */
const wide = matchMedia('(min-width: 900px)');

/**
 * Plays the run that the document carries.
 * @param {Record<import('../i18n.js').Language, import('../i18n.js').Catalogue>} catalogues
 */
export async function startPlayer(catalogues) {
  const recording = await unpacked(document.querySelector('#recording')?.textContent ?? '');
  for (const language of /** @type {const} */ (['en', 'zh-CN'])) translator.learn(language, { ...catalogues[language], ...recording.said[language] });
  showTheme(isTheme(recording.theme) ? recording.theme : dark.matches ? 'dark' : 'light');
  await speak(isLanguage(recording.language) ? recording.language : 'en');
  const letters = new CSSStyleSheet();
  letters.replaceSync(recording.letters);
  document.adoptedStyleSheets.push(letters);
  await play(recording);
}

/** @param {Recording} recording */
async function play({ title, source, events, ops, places, cursor, view, folds, language: opened }) {
  const trace = new Trace(events);
  const table = opTable(ops);
  const page = createStore({
    cursor: -1, playing: false, speed: 1, selected: /** @type {number | null} */ (null), pinned: /** @type {number | null} */ (null),
    display: DISPLAYS.find((one) => one === view) ?? 'gradients', table: false, folds: 0,
  });
  const heading = html('h1', { class: 'bar-title' }, title);
  const tools = html('div', { class: 'bar-tools' });
  const program = html('section', { class: 'program' });
  const listing = html('div', { class: 'program-text' });
  const output = html('div', { class: 'output', 'data-output': true });
  program.append(listing, output);
  const status = html('p', { class: 'sentence', role: 'status' });
  const place = html('div', { class: 'stage', id: 'stage' });
  const rows = html('div', { class: 'table-view', 'data-table': true, hidden: true });
  const zoom = html('div', { class: 'stage-tools' });
  const region = html('section', { class: 'stage-region' }, status, place, rows, zoom);
  const inspector = html('aside', { class: 'inspector', 'data-inspector': true });
  const transport = html('div', { class: 'transport', role: 'group' });
  const track = html('div', { class: 'track' });
  const timelineRegion = html('footer', { class: 'timeline' }, transport, track);
  document.body.append(html('header', { class: 'bar' }, heading, tools), html('main', { class: 'workbench', 'data-bare': source === '' }, program, region, inspector), timelineRegion);

  const stage = createStage(place, { layout: new Placed(places), translate: (key, given) => t(key, /** @type {Record<string, string | number>} */ (given)), source: () => source, brief: () => wide.matches, folds: foldsFrom(folds), onSelect: select, onOpen: (key) => void folding.set([key], false) });
  const folding = createFolding(stage, () => page.set({ folds: page.value.folds + 1 }), foldsFrom(folds));
  stage.view(page.value.display);
  const player = createPlayer({ trace, show: showStage, onChange: (one) => page.set({ cursor: one.cursor, playing: one.playing }) });
  const text = createProgram(listing, source);
  const timeline = createTimeline(track, { onSeek: (seq) => void player.seek(seq), sentence: (index) => sentence(trace, index, t) });

  /** @param {number} at @param {{animate: boolean, speed: number}} how */
  async function showStage(at, { animate, speed }) {
    await stage.show(trace, { cursor: at, animate, speed });
    foldAll.hidden = !folding.possible;
  }
  /** @param {number | null} tensor */
  function select(tensor) {
    page.set({ selected: tensor });
    stage.select(tensor);
  }
  /** @param {Display} display */
  function show(display) {
    page.set({ display, table: false });
    stage.view(display);
  }
  function nextTheme() {
    const at = THEMES.findIndex((theme) => theme === document.documentElement.dataset.theme);
    showTheme(THEMES[(at + 1) % THEMES.length]);
    stage.refresh();
  }
  /** A file in English carries no Chinese letters. */
  function turnLanguage() {
    const next = translator.language === 'en' ? 'zh-CN' : 'en';
    if (next === 'en' || opened === 'zh-CN' || writesChinese()) void speak(next);
    else fill(status, [t('player.noChinese')]);
  }
  function nextSpeed() {
    const speed = SPEEDS[(SPEEDS.findIndex((one) => one === page.value.speed) + 1) % SPEEDS.length];
    player.speed = speed;
    page.set({ speed });
  }

  const before = () => page.value.cursor < trace.last;
  const after = () => page.value.cursor > 0;
  /** @type {import('../page/actions.js').Action[]} */
  const actions = [
    { id: 'play', group: 'time', icon: 'play', keys: [' ', 'k'], run: () => player.play(), enabled: () => !page.value.playing },
    { id: 'pause', group: 'time', icon: 'pause', keys: [' ', 'k'], run: () => player.pause(), enabled: () => page.value.playing },
    { id: 'step-forward', group: 'time', icon: 'forward', keys: ['ArrowRight', '.', 'PageDown'], run: () => player.step(1), enabled: before },
    { id: 'step-back', group: 'time', icon: 'back', keys: ['ArrowLeft', ',', 'PageUp'], run: () => player.step(-1), enabled: after },
    { id: 'first', group: 'time', icon: 'first', keys: ['Home'], run: () => player.seek(0), enabled: after },
    { id: 'last', group: 'time', icon: 'last', keys: ['End'], run: () => player.seek(trace.last), enabled: before },
    ...DISPLAYS.map((display, index) => /** @type {import('../page/actions.js').Action} */ ({
      id: `display-${display}`, group: 'view', icon: 'table', keys: [String(index + 1)], run: () => show(display), pressed: () => page.value.display === display && !page.value.table,
    })),
    { id: 'table', group: 'view', icon: 'table', keys: ['t'], run: () => page.set({ table: !page.value.table }), pressed: () => page.value.table },
    { id: 'fold-scope', group: 'view', icon: 'stack', keys: ['z'], run: () => folding.toggle(producer(subject())), enabled: () => !page.value.table && folding.possible },
    { id: 'fold-all', group: 'view', icon: 'stack', keys: ['u'], run: () => folding.toggleAll(), enabled: () => !page.value.table && folding.possible, pressed: () => folding.closed },
    { id: 'theme', group: 'view', icon: 'moon', keys: ['d'], run: nextTheme },
    { id: 'zoom-out', group: 'view', icon: 'minus', keys: ['-'], run: () => stage.zoom(0.8) },
    { id: 'zoom-in', group: 'view', icon: 'plus', keys: ['+', '='], run: () => stage.zoom(1.25) },
    { id: 'fit', group: 'view', icon: 'fit', keys: ['0'], run: () => stage.fit() },
    { id: 'pin', group: 'view', icon: 'pin', keys: ['q'], run: () => page.set({ pinned: page.value.pinned === null ? subject() : null }), pressed: () => page.value.pinned !== null },
  ];
  const { button, playButton } = createButtons(actions, /** @type {any} */ (page));
  const [pinButton, foldAll] = [button('pin'), button('fold-all')];
  const display = html('div', { class: 'segments', role: 'group' }, ...DISPLAYS.map((one) => button(`display-${one}`, { text: true })));
  const language = html('button', { type: 'button', class: 'button', 'data-menu': 'language', onclick: turnLanguage });
  const speed = html('button', { type: 'button', class: 'button speed', onclick: nextSpeed });
  fill(tools, [display, button('theme'), language]);
  fill(zoom, [button('table'), foldAll, html('span', { class: 'tool-rule' }), button('zoom-out'), button('zoom-in'), button('fit')]);
  fill(transport, [button('first'), button('step-back'), playButton(), button('step-forward'), button('last'), speed]);
  listenForKeys(actions);

  /** The tensor the inspector is about. @returns {number | null} */
  function subject() {
    const { pinned, selected } = page.value;
    if (pinned !== null) return pinned;
    if (selected !== null) return selected;
    for (let at = trace.stepAt(page.value.cursor); at > 0; at -= 1) if (trace.steps[at].tensor !== null) return trace.steps[at].tensor;
    return null;
  }

  /** The function whose output a tensor is. @param {number | null} tensor */
  const producer = (tensor) => (tensor === null ? null : trace.peek(trace.last, (state) => state.tensors.get(tensor)?.producer ?? null));

  function showMoment() {
    const index = trace.stepAt(page.value.cursor);
    const step = trace.steps[index];
    const said = plainSentence(trace, index, t);
    status.dataset.phase = step.kind === 'error' ? 'failed' : passOf(step);
    fill(status, step.kind === 'start' ? [said] : [
      html('span', { class: 'sentence-phase' }, `${numbered(trace, index, '', t).trim()} `),
      html('span', { class: 'sentence-text' }, said),
    ]);
    const state = trace.at(page.value.cursor);
    showInspector(inspector, {
      state, tensor: subject(), source, ops: table, language: translator.language, pinButton, onSeek: (seq) => void player.seek(seq), onRefresh: showMoment,
      groups: page.value.table ? [] : folding.around(producer(subject())), onFold: (key, closed) => void folding.set([key], closed),
      onSelect: select, onPath: stage.lightPath, onNeed: stage.spread, onLine: (line) => text.mark(new Map([[line, passOf(step)]])),
    });
    showOutput(output, { printed: state.printed, error: state.error, notices: state.notices, given: argumentsOf(trace), mending: null, onMend: () => undefined, onPlace: (line) => text.mark(new Map([[line, 'failed']])) });
    const origin = step.kind === 'node' && step.function !== null ? state.functions.get(step.function)?.line : null;
    text.mark(new Map([[origin ?? step.line, step.kind === 'error' ? 'failed' : passOf(step)]].filter((row) => row[0] !== null && row[0] !== undefined).map(([line, phase]) => [Number(line), String(phase)])));
    rows.hidden = !page.value.table;
    region.dataset.view = page.value.table ? 'table' : 'stage';
    if (page.value.table) showTable(rows, { state, selected: page.value.selected ?? subject(), onSelect: select, caption: sentence(trace, index, t) });
    timeline.move(page.value.cursor);
  }

  function label() {
    const other = translator.language === 'en' ? 'zh-CN' : 'en';
    fill(language, [html('span', { lang: other }, OWN_NAMES[other].name)]);
    speed.textContent = t('speed.value', { speed: page.value.speed });
    speed.setAttribute('aria-label', `${t('speed.label')} ${t('speed.value', { speed: page.value.speed })}`);
    for (const [element, name] of /** @type {const} */ ([[program, 'region.program'], [region, 'region.stage'], [inspector, 'region.inspector'], [timelineRegion, 'region.timeline'], [transport, 'transport.label'], [display, 'display.label'], [zoom, 'zoom.label']])) {
      element.setAttribute('aria-label', t(name));
    }
  }

  page.subscribe((_, changed) => {
    if (['cursor', 'selected', 'pinned', 'table', 'display', 'folds'].some((name) => changed.has(/** @type {any} */ (name)))) showMoment();
    if (changed.has('speed')) label();
  });
  onLanguage(() => {
    label();
    stage.refresh();
    showMoment();
  });
  new ResizeObserver(() => fitInspector(inspector)).observe(inspector);
  label();
  timeline.show(trace, source, -1);
  await player.seek(cursor ?? trace.last);
  document.documentElement.dataset.ready = 'yes';
}
