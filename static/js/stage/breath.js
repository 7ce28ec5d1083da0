const { scheduler, requestIdleCallback: idle } = /** @type {{scheduler?: {yield?: () => Promise<void>}, requestIdleCallback?: (act: () => void) => void}} */ (globalThis);

/** Ends a task where work is long: it goes on once the page has painted and taken input, but before any timer. @returns {Promise<void>} */
export function breath() {
  if (scheduler?.yield) return scheduler.yield();
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** What nobody waits for, once the page has painted and has nothing else to do. @param {() => void} act */
export function whenIdle(act) {
  if (idle) idle(() => act());
  else setTimeout(act);
}
