import { nextAtLine, stepOut, stepOver } from '../state/depths.js';

/**
 * The ways through the time of a run: playing, by steps, by scopes, by phases, to breakpoints.
 * @param {import('./session.js').PageStore} page
 * @param {{player: () => import('../stage/player.js').Player | null, held: () => boolean}} options `player` of the trace that is shown; `held`: a question is to be answered before the next step
 */
export function createTransport(page, { player, held }) {
  /** Whether anybody has gone anywhere in this run. */
  let walked = false;
  page.subscribe((_, changed) => {
    if (changed.has('trace')) walked = false;
    else if (changed.has('cursor')) walked = true;
  });

  /** @param {number} seq */
  const seek = async (seq) => player()?.seek(seq);

  /** A talk begins with the whole picture; the first press of a clicker goes to where it starts. */
  function begins() {
    const { present, cursor, last } = page.value;
    return present && !walked && cursor === last;
  }

  return {
    begins,
    async play() {
      await player()?.play();
    },
    async pause() {
      await player()?.pause();
    },
    /** @param {number} by teaching steps */
    async step(by) {
      if (by === 1 && held()) return;
      if (by === 1 && begins()) await seek(page.value.trace.steps[0].to);
      await player()?.step(by);
    },
    seek,

    /** To so many tenths of the run's steps. @param {number} digit */
    goTenth(digit) {
      const { steps } = page.value.trace;
      return seek(steps[Math.round(((steps.length - 1) * digit) / 10)].to);
    },

    /** On to the next step that is no deeper in functions and loops; or past the innermost of these. @param {'over' | 'out'} how */
    stepScope(how) {
      const { trace, cursor } = page.value;
      const here = trace.stepAt(cursor);
      if (how === 'out' && cursor < trace.steps[here].to) return seek(trace.steps[here].to);
      return seek(trace.steps[(how === 'over' ? stepOver : stepOut)(trace, here)].to);
    },

    /** Into the step: one event on. */
    stepInto() {
      const { trace, cursor } = page.value;
      const ends = cursor === trace.steps[trace.stepAt(cursor)].to;
      return ends && held() ? undefined : seek(cursor + 1);
    },

    /** On to the next line with a breakpoint, else to the end. */
    continueRun() {
      const { trace, cursor, breakpoints, last } = page.value;
      const at = nextAtLine(trace, trace.stepAt(cursor), breakpoints);
      return seek(at === null ? last : trace.steps[at].to);
    },

    /** @param {ReadonlySet<number>} lines */
    setBreakpoints(lines) {
      const { breakpoints } = page.value;
      if (lines.size !== breakpoints.size || [...lines].some((line) => !breakpoints.has(line))) page.set({ breakpoints: lines });
    },

    /** To the first step of the next or previous phase. @param {1 | -1} by */
    stepPhase(by) {
      const { trace, cursor } = page.value;
      const { steps } = trace;
      const here = trace.stepAt(cursor);
      const differs = (/** @type {number} */ one, /** @type {number} */ other) => steps[one].phase !== steps[other].phase || steps[one].call !== steps[other].call;
      let at = here;
      if (by > 0) {
        while (at < steps.length - 1 && !differs(at, here)) at += 1;
      } else {
        if (at > 0) at -= 1;
        while (at > 0 && !differs(at - 1, at)) at -= 1;
      }
      return seek(steps[at].to);
    },
  };
}
