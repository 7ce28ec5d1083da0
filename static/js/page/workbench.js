import { breath } from '../stage/breath.js';
import { createPlayer } from '../stage/player.js';
import { beginsLine } from '../state/depths.js';
import { plainSentence } from '../state/sentences.js';
import { classAddress } from './classroom.js';
import { createFolding } from './folding.js';
import { createInquiry } from './inquiry.js';
import { lessonOf } from './lessons.js';
import { createLive } from './live.js';
import { chooseLanguage, t, translator } from './language.js';
import { writeLink } from './link.js';
import { mendingOf } from './mending.js';
import { createNarration } from './narration.js';
import { note } from './notes.js';
import { createRoom } from './room.js';
import { Refusal } from './runs.js';
import { createRunner, isTight, SPEEDS } from './session.js';
import { madeAt } from './source.js';
import { chooseTheme, THEMES } from './theme.js';
import { createTransport } from './transport.js';
import { createViewing } from './viewing.js';

/**
 * @typedef {import('./session.js').PageStore} PageStore
 * @typedef {import('./session.js').Display} Display
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./lessons.js').Lesson} Lesson
 * @typedef {ReturnType<typeof createWorkbench>} Workbench
 * @typedef {{page: PageStore, stage: ReturnType<typeof import('../stage/stage.js').createStage>, editor: import('./editor.js').Editor, openHelp: () => void, openExports: () => void}} Parts
 */

const PATIENCE = 800;
/** A trace of more events is shown in several tasks. */
const LONG = 2000;

/**
 * What a person, a key, a button or a script can make the page do.
 * @param {Parts} parts
 */
export function createWorkbench({ page, stage, editor, openHelp, openExports }) {
  /** @type {ReturnType<typeof createPlayer> | null} */
  let player = null;
  /** @type {number | null} */
  let wanted = null;
  /** Where a link wants to begin. @type {import('./link.js').Place | null} */
  let opened = null;
  /** A number is being turned: the picture follows in place, without travel. */
  let turning = false;
  /** Made once a person wants to predict. @type {import('./predict.js').Prediction | null} */
  let prediction = null;
  const runner = createRunner(page, adopt);
  const live = createLive({ idle: runner.idle, start: () => void follow() });

  /** A whole new trace: it is drawn at the asked cursor, else where the old one stood. @param {Trace} trace @param {string} source @param {string} run */
  async function adopt(trace, source, run) {
    const before = page.value;
    void player?.pause();
    const end = trace.at(trace.last);
    const atEnd = before.last < 0 || before.cursor >= before.last;
    const kept = atEnd ? trace.last : Math.min(before.cursor, trace.last);
    const cursor = wanted === null ? kept : Math.min(wanted, trace.last);
    wanted = null;
    const made = createPlayer({ trace, show: (at, { animate }) => stage.show(trace, { cursor: at, animate, steady: turning }), onChange: moved, stops: (index) => beginsLine(trace, index, page.value.breakpoints) || (page.value.predicting && prediction?.asks(index + 1) === true) });
    made.speed = before.speed;
    player = made;
    const names = new Map([...end.tensors.values()].map((tensor) => [tensor.name, tensor.tensor]));
    /** The tensor of the new run that has the name of one of the old run. @param {number | null} id */
    const known = (id) => (id === null ? null : names.get(before.trace.peek(before.last, (old) => old.tensors.get(id)?.name ?? '')) ?? null);
    const selected = known(before.selected);
    const long = trace.last > LONG;
    if (long) await breath();
    page.set({ trace, run, ran: source, last: trace.last, cursor, playing: false, selected, pinned: known(before.pinned), failure: null });
    if (long) await breath();
    if (player !== made || made.cursor >= 0) return;
    await made.seek(cursor);
    if (player === made) stage.select(selected);
  }

  function moved() {
    if (player) page.set({ cursor: player.cursor, playing: player.playing });
  }

  /** Runs what was typed or turned. A server that is busy is asked again. */
  async function follow() {
    const { source } = page.value;
    try {
      await runner.run(source, { patience: PATIENCE, keep });
    } catch (error) {
      if (error instanceof Refusal && (error.status === 429 || error.status === 503)) {
        await new Promise((resolve) => setTimeout(resolve, error.wait * 1000));
        if (page.value.source === source) void live.ask();
      } else note(t('run.unreachable', { message: error instanceof Error ? error.message : String(error) }), 'fault');
    }
  }

  /**
   * Whether the picture stays while a changed program fails: a slip of the pen keeps it, an error of PyTorch's own is a scene to look at.
   * @param {Trace} failed
   */
  function keep(failed) {
    const { trace } = page.value;
    const end = failed.at(failed.last);
    const { drawn, code } = trace.peek(trace.last, (state) => ({ drawn: state.tensors.size > 0, code: state.error?.code }));
    if (!drawn) return false;
    return turning || end.tensors.size === 0 || (end.error?.error !== 'RuntimeError' && end.error?.code !== code);
  }

  /** A step on may have to wait for an answer. @type {() => boolean} */
  const held = () => page.value.predicting && prediction?.next() === true;
  const transport = createTransport(page, { player: () => player, held });
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
    ...createViewing(page, stage),
    ...createRoom(page, stage, folding),
    ...createInquiry({ page, stage, editor, folding, seek: transport.seek, select: (tensor) => bench.select(tensor) }),
    folding,

    /** Runs the program, after replacing its text where one is given. @param {string} [source] @param {{at?: number | null, seed?: number}} [options] */
    async run(source, { at = null, seed = 0 } = {}) {
      live.cancel();
      if (source !== undefined && source !== page.value.source) bench.replace(source, null);
      const place = opened;
      wanted = at ?? place?.cursor ?? null;
      opened = null;
      try {
        const outcome = await runner.run(page.value.source, { seed });
        if (place) arrive(place);
        return outcome;
      } catch (error) {
        note(t('run.unreachable', { message: error instanceof Error ? error.message : String(error) }), 'fault');
        return null;
      }
    },

    /** Ends the run that is under way; what came of it stays. */
    async stop() {
      live.cancel();
      if (!runner.busy) page.set({ status: 'stopped' });
      await runner.stop().catch((error) => note(t('run.unreachable', { message: error instanceof Error ? error.message : String(error) }), 'fault'));
    },

    /** A program that came with a link runs only when the person says so, and then goes to its step. @param {import('./link.js').Place} place */
    waitForRun(place) {
      opened = place;
      const { display, view, speed, breakpoints, folds } = place;
      for (const wanted of [display, view]) if (wanted !== null) void bench.set('view', wanted);
      if (speed !== null) void bench.set('speed', speed).catch(() => undefined);
      editor.breakAt(breakpoints);
      void folding.take(folds);
      page.set({ status: 'waiting' });
    },

    /** What is on show, and how. @returns {import('./link.js').Place} */
    place() {
      const { cursor, selected, pinned, display, view, language, theme, speed, breakpoints, predicting } = page.value;
      return { cursor, selected, pinned, display, view, language, theme, speed: speed === 1 ? null : String(speed), breakpoints: [...breakpoints].sort((one, other) => one - other), predicting, folds: folding.folds };
    },

    /** Another program takes the editor. @param {string} source @param {Lesson | null} lesson */
    replace(source, lesson) {
      live.cancel();
      page.set({ source, lesson });
      editor.replace(source);
    },

    /** The person typed: the program runs again. @param {string} source */
    typed(source) {
      page.set({ source, lesson: lessonOf(source, page.value) });
      if (page.value.status === 'waiting') return;
      page.set({ status: 'running' });
      void live.ask();
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

    /** A number of the program is held and turned (true), or let go (false): then the graph is laid out anew. @param {boolean} on */
    turn(on) {
      if (turning === on) return;
      turning = on;
      if (!on) void live.ask();
    },

    /** Shows where a program stops that failed while the last good picture stayed. */
    async showFailure() {
      const { failure } = page.value;
      if (failure) await adopt(failure.trace, failure.source, failure.run);
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

    /** @param {number} by */
    changeSpeed(by) {
      const at = SPEEDS.findIndex((speed) => speed >= page.value.speed);
      bench.set('speed', SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)]);
    },

    /** Changes a setting; an unknown name or value is an error that says what there is. @param {string} name @param {unknown} value */
    async set(name, value) {
      switch (name) {
        case 'theme':
          return choose(name, value, THEMES, (theme) => {
            chooseTheme(theme);
            page.set({ theme, sideFolded: isTight(theme) || (page.value.sideFolded && !isTight(page.value.theme)) });
            stage.refresh();
          });
        case 'language':
          return choose(name, value, /** @type {const} */ (['en', 'zh-CN']), (language) => chooseLanguage(language));
        case 'view':
          if (value === 'table' || value === 'stage' || value === 'backward') return bench.showView(value);
          if (value === 'forward') return bench.showForward();
          return choose(name, value, /** @type {const} */ (['values', 'gradients', 'shapes']), (display) => {
            if (page.value.view === 'table') void bench.showView('stage');
            page.set({ display });
            stage.view(display);
          });
        case 'speed': {
          const speed = Number(value);
          if (!(speed >= SPEEDS[0] && speed <= (SPEEDS.at(-1) ?? 4))) throw new RangeError(`speed: expected 0.25 to 4, got ${String(value)}`);
          if (player) player.speed = speed;
          stage.setSpeed(speed);
          return page.set({ speed });
        }
        case 'motion':
          return choose(name, value, /** @type {const} */ (['full', 'reduced']), (motion) => stage.reduceMotion(motion === 'reduced'));
        default:
          throw new RangeError(`expected theme, language, view, speed or motion, got ${name}`);
      }
    },

    nextTheme: () => bench.set('theme', THEMES[(THEMES.indexOf(page.value.theme) + 1) % THEMES.length]),
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

    /** @param {number | null} tensor */
    select(tensor) {
      page.set({ selected: tensor });
      stage.select(tensor);
    },
    /** Lights the edges of one path, or none. @param {{function: number, input: number}[] | null} edges */
    lightPath: (edges) => stage.lightPath(edges),
    togglePin: () => page.set({ pinned: page.value.pinned === null ? bench.subject() : null }),

    /** @param {number} factor */
    zoom: (factor) => stage.zoom(factor),
    fit: () => stage.fit(),
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
      openShare({ whole: address(whole), short: address(short), room: classAddress(location.origin), title: lesson?.title[language] ?? t('lessons.own') });
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

/**
 * @template T
 * @param {string} name @param {unknown} value @param {readonly T[]} known @param {(value: T) => unknown} act
 */
function choose(name, value, known, act) {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new RangeError(`${name}: expected ${known.join(', ')}, got ${String(value)}`);
  return act(found);
}
