const { scheduler } = /** @type {{scheduler?: {yield?: () => Promise<void>}}} */ (globalThis);

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
