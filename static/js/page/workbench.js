import { foldsFrom, plainFolds } from '../stage/fold.js';
import { beginsLine } from '../state/depths.js';
import { plainSentence } from '../state/sentences.js';
import { classAddress } from './classroom.js';
import { createFolding } from './folding.js';
import { createFollowing } from './following.js';
import { createInquiry } from './inquiry.js';
import { t, translator } from './language.js';
import { lessonOf } from './lessons.js';
import { writeLink } from './link.js';
import { mendingOf } from './mending.js';
import { createNarration } from './narration.js';
import { note } from './notes.js';
import { remember } from './preferences.js';
import { createRoom } from './room.js';
import { isTight } from './session.js';
import { createSettings } from './settings.js';
import { madeAt } from './source.js';
import { createTransport } from './transport.js';
import { createViewing } from './viewing.js';

/**
 * @typedef {import('./session.js').PageStore} PageStore
 * @typedef {import('./lessons.js').Lesson} Lesson
 * @typedef {ReturnType<typeof createWorkbench>} Workbench
 * @typedef {{page: PageStore, stage: ReturnType<typeof import('../stage/stage.js').createStage>, editor: import('./editor.js').Editor, openHelp: () => void, openExports: () => void}} Parts
 */

/**
 * What a person, a key, a button or a script can make the page do.
 * @param {Parts} parts
 */
export function createWorkbench({ page, stage, editor, openHelp, openExports }) {
  /** Where a link wants to begin. @type {import('./link.js').Place | null} */
  let opened = null;
  /** Made once a person wants to predict. @type {import('./predict.js').Prediction | null} */
  let prediction = null;
  const following = createFollowing(page, stage, (trace, index) => beginsLine(trace, index, page.value.breakpoints) || (page.value.predicting && prediction?.asks(index + 1) === true));

  /** A step on may have to wait for an answer. @type {() => boolean} */
  const held = () => page.value.predicting && prediction?.next() === true;
  const transport = createTransport(page, { player: () => following.player, held });
  const viewing = createViewing(page, stage);
  const folding = createFolding(stage, () => page.set({ folds: page.value.folds + 1 }));

  /** The run of a link stands: what was looked at then is looked at now. @param {import('./link.js').Place} place */
  function arrive({ selected, pinned, predicting }) {
    const { tensors } = page.value.trace.at(page.value.cursor);
    if (selected !== null && tensors.has(selected)) bench.select(selected);
    if (pinned !== null && tensors.has(pinned)) page.set({ pinned });
    if (predicting && !page.value.predicting) void bench.togglePredict();
  }

  const bench = {
    page,
    ...transport,
    ...createNarration(page),
    ...viewing,
    ...createRoom(page, stage, folding),
    ...createInquiry({ page, stage, editor, folding, seek: transport.seek, select: (tensor) => bench.select(tensor) }),
    ...createSettings(page, stage, { viewing, player: () => following.player }),
    folding,

    /** Runs the program, after replacing its text where one is given. @param {string} [source] @param {{at?: number | null, seed?: number}} [options] */
    async run(source, { at = null, seed = 0 } = {}) {
      if (source !== undefined && source !== page.value.source) bench.replace(source, null);
      const place = opened;
      opened = null;
      const outcome = await following.run(at ?? place?.cursor ?? null, seed);
      if (place && outcome) arrive(place);
      return outcome;
    },
    /** Whether the newest run is that of an edit. */
    edited: () => following.edited,
    stop: following.stop,
    turn: following.turn,
    showFailure: following.showFailure,

    /** A program that came with a link runs only when the person says so, and then goes to its step. @param {import('./link.js').Place} place */
    waitForRun(place) {
      opened = place;
      const { display, view, speed, breakpoints, folds } = place;
      for (const wanted of [display, view]) if (wanted !== null) void bench.set('view', wanted);
      if (speed !== null) void bench.set('speed', speed).catch(() => undefined);
      editor.breakAt(breakpoints);
      void folding.take(foldsFrom(folds));
      page.set({ status: 'waiting' });
    },

    /** What is on show, and how. @returns {import('./link.js').Place} */
    place() {
      const { cursor, selected, pinned, display, view, language, theme, speed, breakpoints, predicting } = page.value;
      return { cursor, selected, pinned, display, view, language, theme, speed: speed === 1 ? null : String(speed), breakpoints: [...breakpoints].sort((one, other) => one - other), predicting, folds: plainFolds(folding.folds) };
    },

    /** Another program takes the editor. @param {string} source @param {Lesson | null} lesson */
    replace(source, lesson) {
      following.leave();
      stage.renew();
      page.set({ source, lesson });
      editor.replace(source);
    },

    /** The person typed: the program runs again. @param {string} source */
    typed(source) {
      page.set({ source, lesson: lessonOf(source, page.value) });
      following.changed();
    },

    /** What would mend the text in the editor, if it is the one that failed. */
    mending() {
      const { trace, ran, failure, source } = page.value;
      const [failed, text] = failure ? [failure.trace, failure.source] : [trace, ran];
      return text === source ? mendingOf(failed, text) : null;
    },

    /** Mends the text in the editor, one undo takes it back, and runs it. */
    async mend() {
      const mending = bench.mending();
      if (!mending) return;
      editor.edit(mending.changes, { alone: true });
      editor.focus();
      await bench.run();
    },

    /** @param {Lesson} lesson */
    async openLesson(lesson) {
      history.replaceState(null, '', location.pathname + location.search);
      bench.replace(lesson.program, lesson);
      page.set({ selected: null, pinned: null });
      await bench.run(undefined, { at: Infinity });
    },

    async openLessons() {
      const { openGallery } = await import('./gallery.js');
      const { lessons, lesson, language } = page.value;
      openGallery({ lessons, current: lesson?.id ?? null, language, onChoose: (chosen) => void bench.openLesson(chosen) });
    },

    /** @param {number} by */
    neighbourLesson(by) {
      const { lessons, lesson } = page.value;
      const next = lessons[lessons.findIndex((one) => one.id === lesson?.id) + by];
      if (next) void bench.openLesson(next);
    },

    toggleProgram: () => page.set({ folded: !page.value.folded }),
    /** Folds what made the tensor that the inspector is about. */
    toggleFold() {
      const subject = bench.subject();
      return folding.toggle(subject === null ? null : page.value.trace.peek(page.value.last, (state) => state.tensors.get(subject)?.producer ?? null));
    },
    toggleSide: () => page.set({ sideFolded: !page.value.sideFolded }),
    /** Each gradient is asked for before it is shown. */
    async togglePredict() {
      prediction ??= (await import('./predict.js')).createPrediction(bench);
      page.set({ predicting: !page.value.predicting });
      if (page.value.predicting) prediction.explain();
      else note(t('predict.off'));
    },
    hintStage: (/** @type {number | null} */ tensor) => stage.hint(tensor),
    /** What the pointer is on is marked everywhere: card, expression, steps, formulas. @param {number | null} tensor */
    hint: (tensor) => page.set({ hinted: tensor }),

    /** The pointer is on the program's text: the innermost expression there that made a tensor is meant. @param {{line: number, column: number} | null} place */
    pointAt(place) {
      const { trace, cursor, source, ran } = page.value;
      if (place === null || trace.last < 0 || source !== ran) return bench.hint(null);
      bench.hint(trace.peek(cursor, (state) => madeAt(state, place)));
    },

    /** What is chosen is told in the inspector: it takes the program's place where they share one, and opens where large type folded it. @param {number | null} tensor */
    select(tensor) {
      const { selected, tab, theme, present } = page.value;
      const asked = tensor !== null && tensor !== selected;
      page.set({ selected: tensor, ...(tensor !== null && tab === 'program' ? { tab: 'inspector' } : {}), ...(asked && isTight(theme) && !present ? { sideFolded: false } : {}) });
      stage.select(tensor);
    },
    /** One step out: of the dark screen, of what is chosen, of presenting. */
    leave() {
      if (page.value.blank) bench.toggleBlank();
      else if (page.value.selected !== null) bench.select(null);
      else bench.togglePresent();
    },
    /** Lights the edges of one path, or none. @param {{function: number, input: number}[] | null} edges */
    lightPath: (edges) => stage.lightPath(edges),
    /** Shows how requires_grad came to a tensor, or no more; time stands meanwhile. @param {{function: number, input: number}[][] | null} waves @param {number[]} tensors */
    async spread(waves, tensors) {
      if (waves !== null) await transport.pause();
      await stage.spread(waves, tensors);
    },
    togglePin: () => page.set({ pinned: page.value.pinned === null ? bench.subject() : null }),

    /** @param {number} factor */
    zoom: (factor) => stage.zoom(factor),
    fit: () => stage.fit(),
    pan: stage.pan,
    focusStage: () => stage.focus(),

    /** Finds a moment of the run. */
    async openFind() {
      const { openFind } = await import('./find.js');
      const { trace, ran, cursor } = page.value;
      const hidden = (/** @type {number} */ index) => page.value.predicting && index > trace.stepAt(cursor);
      openFind({ trace, source: ran, cursor, sentence: (index) => (hidden(index) ? t('predict.hidden') : plainSentence(trace, index, t)), onSeek: (seq) => void bench.seek(seq) });
    },

    /** Offers the addresses of this program at this step; the one that carries everything stands in the address bar too. */
    async share() {
      const { source, language, run, ran, lesson } = page.value;
      const place = bench.place();
      const [whole, short] = await Promise.all([writeLink({ source }, place).catch(() => null), run !== null && ran === source ? writeLink({ run }, place) : null]);
      if (whole !== null) history.replaceState(null, '', whole);
      const address = (/** @type {string | null} */ fragment) => (fragment === null ? null : new URL(`/${fragment}`, location.href).href);
      const { openShare } = await import('./share-dialog.js');
      openShare({ whole: address(whole), short: address(short), room: classAddress(location.origin), title: lesson?.title[language] ?? t('lessons.own') }, () => {
        remember('format', 'html');
        openExports();
      });
    },

    openExports,
    openHelp,
  };

  translator.onChange((language) => {
    page.set({ language });
    stage.refresh();
  });
  return bench;
}
