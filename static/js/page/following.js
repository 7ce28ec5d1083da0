import { breath } from '../stage/breath.js';
import { createPlayer } from '../stage/player.js';
import { painted } from './dom.js';
import { t } from './language.js';
import { createLive } from './live.js';
import { note } from './notes.js';
import { Refusal } from './runs.js';
import { LONG, createRunner } from './session.js';

/**
 * @typedef {import('./session.js').PageStore} PageStore
 * @typedef {import('../state/trace.js').Trace} Trace
 */

const PATIENCE = 800;
/** Python's errors that PyTorch's rules bring about: what the picture shows is why. */
const TAUGHT = new Set(['none', 'no-graph', 'no-parameters', 'same-sizes', 'no-forward']);

/**
 * The picture follows the program: what is typed, turned or asked for runs, and its trace takes the place of the one before, with all that was looked at.
 * @param {PageStore} page @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage @param {(trace: Trace, index: number) => boolean} stops whether playing ends at a step
 */
export function createFollowing(page, stage, stops) {
  /** @type {ReturnType<typeof createPlayer> | null} */
  let player = null;
  /** Where the next trace is drawn, null where it was asked for nothing. @type {number | null} */
  let wanted = null;
  /** A number is being turned: the picture follows in place, without travel. */
  let turning = false;
  /** The newest run is that of an edit. */
  let edited = false;
  const runner = createRunner(page, adopt);
  const live = createLive({ idle: runner.idle, start: () => void follow() });

  /** A whole new trace: it is drawn at the asked cursor, else where the old one stood. @param {Trace} trace @param {string} source @param {string} run */
  async function adopt(trace, source, run) {
    const before = page.value;
    void player?.pause();
    const atEnd = before.last < 0 || before.cursor >= before.last;
    const kept = atEnd ? trace.last : Math.min(before.cursor, trace.last);
    const cursor = wanted === null ? kept : Math.min(wanted, trace.last);
    wanted = null;
    const made = createPlayer({ trace, show: (at, { animate }) => stage.show(trace, { cursor: at, animate, steady: turning }), onChange: moved, stops: (index) => stops(trace, index) });
    made.speed = before.speed;
    player = made;
    /** The tensor of the new run that has the name of one of the old run. @param {number | null} id */
    const known = (id) => (id === null ? null : namedIn(trace, before.trace.peek(before.last, (old) => old.tensors.get(id)?.name ?? '')));
    const selected = known(before.selected);
    const long = trace.last > LONG;
    if (long) await breath();
    trace.at(cursor);
    page.set({ trace, run, ran: source, last: trace.last, cursor, playing: false, selected, pinned: known(before.pinned), failure: null });
    if (long) await breath();
    if (player !== made || made.cursor >= 0) return;
    const { groups } = stage;
    await made.seek(cursor);
    if (player !== made) return;
    stage.select(selected);
    if (groups.length + stage.groups.length > 0) page.set({ folds: page.value.folds + 1 }); // what folds is known of a graph that stands
    if (edited) await painted(); // the panels follow the picture
  }

  /** The trace goes to the cursor before anyone is told, for all who hear of it look there. */
  function moved() {
    if (!player) return;
    player.trace.at(player.cursor);
    page.set({ cursor: player.cursor, playing: player.playing });
  }

  /** Runs what was typed or turned. A server that is busy is asked again. */
  async function follow() {
    const { source } = page.value;
    edited = true;
    try {
      await runner.run(source, { patience: PATIENCE, keep });
    } catch (error) {
      if (error instanceof Refusal && (error.status === 429 || error.status === 503)) {
        await new Promise((resolve) => setTimeout(resolve, error.wait * 1000));
        if (page.value.source === source) void live.ask();
      } else tellUnreachable(error);
    }
  }

  /**
   * Whether the picture stays while a changed program fails: a slip of the pen keeps it, an error of PyTorch's own is a scene to look at,
   * and the picture of quite another program says nothing of this one.
   * @param {Trace} failed
   */
  function keep(failed) {
    const { trace, source, ran } = page.value;
    const end = failed.at(failed.last);
    const { drawn, code } = trace.peek(trace.last, (state) => ({ drawn: state.tensors.size > 0, code: state.error?.code }));
    if (!drawn) return false;
    if (turning || end.tensors.size === 0) return true;
    return end.error?.error !== 'RuntimeError' && end.error?.code !== code && !TAUGHT.has(end.error?.code ?? '') && akin(source, ran);
  }

  return {
    /** Of the trace that is shown. */
    get player() {
      return player;
    },
    /** Whether the newest run is that of an edit: its picture is waited for. */
    get edited() {
      return edited;
    },
    /** Runs the text that stands in the editor, now. @param {number | null} at where it is drawn; null: where the one before stood @param {number} seed */
    async run(at, seed) {
      live.cancel();
      wanted = at;
      edited = false;
      try {
        return await runner.run(page.value.source, { seed });
      } catch (error) {
        tellUnreachable(error);
        return null;
      }
    },
    /** Ends the run that is under way; what came of it stays. */
    async stop() {
      live.cancel();
      if (!runner.busy) page.set({ status: 'stopped' });
      await runner.stop().catch(tellUnreachable);
    },
    /** Another text is coming: nothing of the old one runs any more. */
    leave: () => live.cancel(),
    /** The text has changed: it runs as soon as the server is free. */
    changed() {
      if (page.value.status === 'waiting') return;
      page.set({ status: 'running' });
      void live.ask();
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
  };
}

/** Whether a program still is the other one, changed: it holds half of its lines, imports aside. @param {string} source @param {string} other */
function akin(source, other) {
  const lines = (/** @type {string} */ text) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !/^(import|from|#)/.test(line));
  const held = new Set(lines(source));
  const wanted = lines(other);
  return wanted.filter((line) => held.has(line)).length * 2 >= wanted.length;
}

/** The tensor that has a name at the end of a run, the last where several have it. @param {Trace} trace @param {string} name */
function namedIn(trace, name) {
  return trace.peek(trace.last, ({ tensors }) => [...tensors.values()].findLast((tensor) => tensor.name === name)?.tensor ?? null);
}

/** By the codes of the server's answers. */
const REFUSED = new Map([['too-many-runs', 'run.tooMany'], ['busy', 'run.busy'], ['store-unavailable', 'run.notKept'], ['source-too-large', 'run.tooLarge']]);

/** Why a program did not run, and what to do; a connection that failed is a TypeError. @param {unknown} error */
function tellUnreachable(error) {
  const key = error instanceof Refusal ? REFUSED.get(error.code) : error instanceof TypeError ? 'run.offline' : undefined;
  const message = error instanceof Error ? error.message : String(error);
  note(key === undefined ? t('run.unreachable', { message }) : t(key, { seconds: error instanceof Refusal ? error.wait : 0 }), 'fault');
}
