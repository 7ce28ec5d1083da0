/**
 * A page that embeds this one in a frame speaks to it by messages `{gradlight: 'run', id: 1, arguments: ['…']}` and is answered
 * `{gradlight: 'answer', id: 1, value}` or `{…, error}`; steps are told as `{gradlight: 'step', cursor, last}`. Only origins that the server names are heard.
 */

const COMMANDS = /** @type {const} */ (['run', 'seek', 'step', 'play', 'pause', 'state', 'set']);

/**
 * Whether a message comes from a page that may steer this one.
 * @param {string} origin @param {readonly string[]} allowed @param {string} own
 */
export function isHeard(origin, allowed, own) {
  return origin === own || allowed.includes(origin);
}

/** @param {{handle: any, page: import('./session.js').PageStore, allowed: readonly string[]}} parts */
export function createEmbedding({ handle, page, allowed }) {
  /** @type {{source: Window, origin: string} | null} */
  let framer = null;
  addEventListener('message', async (event) => {
    const { data, origin, source } = event;
    if (!isHeard(origin, allowed, location.origin) || source === null || source === window || typeof data !== 'object' || data === null) return;
    const command = COMMANDS.find((one) => one === data.gradlight);
    if (command === undefined) return;
    framer = { source: /** @type {Window} */ (source), origin };
    try {
      const given = Array.isArray(data.arguments) ? data.arguments : [];
      framer.source.postMessage({ gradlight: 'answer', id: data.id, value: (await handle[command](...given)) ?? null }, origin);
    } catch (error) {
      framer.source.postMessage({ gradlight: 'answer', id: data.id, error: error instanceof Error ? error.message : String(error) }, origin);
    }
  });
  page.subscribe((value, changed) => {
    if (framer && (changed.has('cursor') || changed.has('trace'))) framer.source.postMessage({ gradlight: 'step', cursor: value.cursor, last: value.last }, framer.origin);
  });
}
