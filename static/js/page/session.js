import { breath } from '../stage/breath.js';
import { Trace } from '../state/trace.js';
import { createStore } from './store.js';
import { readEvents, startRun, stopRun } from './runs.js';

/**
 * The page's state and what can be done with it. Views read `page` and never write it.
 *
 * @typedef {import('./lessons.js').Lesson} Lesson
 * @typedef {import('./theme.js').Theme} Theme
 * @typedef {import('../i18n.js').Language} Language
 * @typedef {'values' | 'gradients' | 'shapes'} Display
 * @typedef {'idle' | 'waiting' | 'running' | 'finished' | 'failed' | 'limited' | 'stopped' | 'unreachable'} Status
 * @typedef {{
 *   language: Language, theme: Theme, display: Display, view: 'stage' | 'backward' | 'forward' | 'table', seed: number | null, tab: import('./tabs.js').Tab, present: boolean, folded: boolean, sideFolded: boolean,
 *   source: string, lesson: Lesson | null, lessons: Lesson[], status: Status, slow: boolean, message: string,
 *   trace: Trace, run: string | null, ran: string, cursor: number, last: number, playing: boolean, speed: number, selected: number | null, pinned: number | null,
 *   failure: Failed | null, breakpoints: ReadonlySet<number>, blank: boolean, spotlight: boolean, still: boolean, folds: number, hinted: number | null, predicting: boolean, kept: import('../state/alignment.js').Run | null, queued: boolean
 * }} Page  `still`: nothing travels, `kept` is the run that the present one is compared with, `queued` whether the engine's queue is shown, `folds` counts how often the graph was folded, `hinted` is the tensor under the pointer, `seed` the leaf from which forward mode goes, `ran` is the text that `trace` belongs to; `status` is that of the newest run, `slow` whether it takes long enough to offer a stop; `failure` is a newer
 *   run that failed while `trace`, the last good one, stays
 * @typedef {{trace: Trace, source: string, run: string}} Failed
 * @typedef {ReturnType<typeof createStore<Page>>} PageStore
 * @typedef {{id: string, status: string, events: number}} Outcome
 * @typedef {ReturnType<typeof createRunner>} Runner
 */

const SLOW = 300;
/** Below this width a projector's type leaves too little of the stage beside both panels. */
const TIGHT = 2400;
const MOST_DRAWN_EARLY = 5000;
/** A trace of more events is shown in several tasks. */
export const LONG = 2000;
/** Events that are reduced in one go, a few milliseconds' worth. */
const MOST_AT_ONCE = 1000;
export const SPEEDS = /** @type {const} */ ([0.25, 0.5, 1, 1.5, 2, 4]);

/** Whether a theme's type leaves the stage too little room beside both panels. @param {Theme} theme */
export function isTight(theme) {
  return theme === 'projector' && innerWidth < TIGHT;
}

/** What the stage draws. @param {Pick<Page, 'view' | 'seed'>} page @returns {import('../stage/scene.js').Kind} */
export function graphKind({ view, seed }) {
  return view === 'backward' ? view : view === 'forward' && seed !== null ? `forward ${seed}` : 'teaching';
}

/** @param {{language: Language, theme: Theme}} choices @returns {PageStore} */
export function createPage({ language, theme }) {
  return createStore(/** @type {Page} */ ({
    language, theme, display: 'gradients', view: 'stage', seed: null, tab: 'inspector', present: false, folded: false, sideFolded: isTight(theme),
    source: '', lesson: null, lessons: [], status: 'idle', slow: false, message: '',
    trace: new Trace(), run: null, ran: '', cursor: -1, last: -1, playing: false, speed: 1, selected: null, pinned: null,
    failure: null, breakpoints: new Set(), blank: false, spotlight: false, still: false, folds: 0, hinted: null, predicting: false, kept: null, queued: false,
  }));
}

/**
 * Runs the program of the page. A newer run takes over from an older one: the older is stopped on the server and its events are dropped;
 * the last good picture stays until the new trace is whole, or until `SLOW` ms have passed: then what has come so far is drawn.
 * @param {PageStore} page
 * @param {(trace: Trace, source: string, run: string) => Promise<void>} onTrace the new trace is in: draw it
 */
export function createRunner(page, onTrace) {
  /** @type {{controller: AbortController, id: string | null, stopped: boolean} | null} */
  let current = null;
  /** Resolves when the server has nothing more to do for the newest run. @type {Promise<void>} */
  let idle = Promise.resolve();

  function cancel() {
    if (!current) return;
    current.controller.abort();
    if (current.id !== null) stopRun(current.id).catch(() => undefined);
    current = null;
    page.set({ slow: false });
  }

  /** Draws what has come of a run, as a trace of its own, for the other grows on. @param {Trace} trace @param {string} source @param {string} run @param {AbortSignal} signal */
  async function drawSoFar({ events }, source, run, signal) {
    const { length } = events;
    const part = new Trace();
    while (part.last < length - 1) {
      part.push(events.between(part.last + 1, Math.min(part.last + MOST_AT_ONCE, length - 1)));
      await breath();
      if (signal.aborted) return;
    }
    await onTrace(part, source, run);
  }

  /** Ends the run that is under way; what came of it is kept and drawn. */
  async function stop() {
    if (!current) return;
    current.stopped = true;
    if (current.id !== null) await stopRun(current.id);
  }

  /**
   * @param {string} source
   * @param {{seed?: number, patience?: number, keep?: (trace: Trace) => boolean}} [options] a failure is shown only after `patience` ms without a newer run, for a
   *   person who types writes many programs that are not yet whole; `keep` says of a trace that failed whether the picture that stands should stay
   * @returns {Promise<Outcome | null>} null where a newer run took over
   */
  async function run(source, { seed = 0, patience = 0, keep = () => false } = {}) {
    cancel();
    const mine = { controller: new AbortController(), id: /** @type {string | null} */ (null), stopped: false };
    const { signal } = mine.controller;
    current = mine;
    /** @type {() => void} */
    let ended = () => undefined;
    idle = new Promise((resolve) => (ended = resolve));
    page.set({ status: 'running', message: '' });
    const trace = new Trace();
    let held = 0;
    let early = Promise.resolve();
    const late = setTimeout(() => {
      if (signal.aborted) return;
      page.set({ slow: true });
      if (mine.id !== null && trace.last > 0 && trace.last < MOST_DRAWN_EARLY && !trace.complete) early = drawSoFar(trace, source, mine.id, signal).catch(() => undefined);
    }, SLOW);
    try {
      const started = await startRun(source, { seed, signal });
      mine.id = started.id;
      if (mine.stopped) await stopRun(started.id);
      for await (const { events, json } of readEvents(started, { signal })) {
        if (signal.aborted) return null;
        trace.push(events, json);
        held += events.length;
        if (held < MOST_AT_ONCE) continue;
        held = 0;
        await breath();
      }
      if (signal.aborted) return null;
      if (!trace.complete) throw new Error('the stream ended early');
      mine.id = null;
      ended();
      const end = trace.at(trace.last);
      const status = end.error ? end.error.status : 'finished';
      await early;
      if (end.error && end.error.status === 'failed' && patience > 0) await new Promise((resolve) => setTimeout(resolve, patience));
      if (signal.aborted) return null;
      if (end.error?.status === 'failed' && keep(trace)) page.set({ failure: { trace, source, run: started.id } });
      else await onTrace(trace, source, started.id);
      if (signal.aborted) return null;
      page.set({ status });
      return { id: started.id, status, events: trace.events.length };
    } catch (error) {
      if (signal.aborted) return null;
      page.set({ status: 'unreachable', message: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      ended();
      clearTimeout(late);
      if (current === mine) {
        current = null;
        page.set({ slow: false });
      }
    }
  }

  return {
    run,
    cancel,
    stop,
    idle: () => idle,
    get busy() {
      return current !== null;
    },
  };
}
