/**
 * Runs that follow the program as it changes: the newest text runs at once, one at a time. A run that is under way is given a moment to
 * end, for it is mostly quicker to let it end than to stop it; texts that were overtaken meanwhile never run.
 * @typedef {{soon: (act: () => void) => void, wait: (milliseconds: number) => Promise<void>}} Clock
 */

const GIVEN = 250;

/** @type {Clock} */
const PAGE_CLOCK = { soon: (act) => setTimeout(act), wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)) };

/**
 * @param {{idle: () => Promise<unknown>, start: () => void}} runs `idle` resolves when no run is under way; `start` runs the newest text
 * @param {Clock} [clock]
 */
export function createLive({ idle, start }, clock = PAGE_CLOCK) {
  let turn = 0;
  let waiting = false;

  return {
    /** The program has changed. */
    async ask() {
      if (waiting) return;
      waiting = true;
      const mine = (turn += 1);
      await Promise.race([idle(), clock.wait(GIVEN)]);
      clock.soon(() => {
        if (mine !== turn) return;
        waiting = false;
        start();
      });
    },
    /** Nothing runs on its own any more until the program changes again. */
    cancel() {
      turn += 1;
      waiting = false;
    },
  };
}
