/**
 * Places for boxes: Graphviz in a Worker with a deadline, remembered by structure, and a sketch when it is late.
 * @typedef {import('./layout-worker.js').Box} Box
 * @typedef {import('./layout-worker.js').Link} Link
 * @typedef {import('./layout-worker.js').Places} Places
 */
import { sketchLayout } from './sketch.js';

const DEADLINE_MS = 3000;
const REMEMBERED = 50;
const WORKER_URL = new URL('./layout-worker.js', import.meta.url);

/** The only trusted-types policy of the page: it passes the address of the layout Worker and nothing else. */
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy('gradlight', {
  createScriptURL: (/** @type {string} */ address) => {
    if (new URL(address, globalThis.location.href).href === WORKER_URL.href) return address;
    throw new TypeError('expected the address of the layout Worker');
  },
});

export class Layout {
  /** @type {Worker | null} */
  #worker = null;
  #count = 0;
  /** @type {Map<string, Promise<Places>>} */
  #remembered = new Map();

  constructor({ deadline = DEADLINE_MS } = {}) {
    this.deadline = deadline;
  }

  /**
   * Where the boxes go. Never fails: when Graphviz does not answer in time, the places are those of the sketch.
   * @param {Box[]} boxes
   * @param {Link[]} links
   * @returns {Promise<Places>}
   */
  place(boxes, links) {
    if (boxes.length === 0) return Promise.resolve({ width: 0, height: 0, boxes: [], links: [] });
    const structure = JSON.stringify([boxes, links]);
    const known = this.#remembered.get(structure);
    if (known) return known;
    const places = this.#ask({ boxes, links }).then(({ places: found }) => /** @type {Places} */ (found)).catch(() => sketchLayout(boxes, links));
    this.#remembered.set(structure, places);
    if (this.#remembered.size > REMEMBERED) this.#remembered.delete(/** @type {string} */ (this.#remembered.keys().next().value));
    return places;
  }

  /** What Graphviz reads of a drawing in its language. Rejects with its words where it cannot, or does not in time. @param {string} dot @returns {Promise<any>} */
  async read(dot) {
    return (await this.#ask({ dot })).read;
  }

  /** Starts the Worker before it is needed, since compiling Graphviz takes longer than a layout. */
  warm() {
    try {
      this.#worker ??= startWorker();
    } catch {
      this.#worker = null;
    }
  }

  close() {
    this.#worker?.terminate();
    this.#worker = null;
  }

  /** @param {Partial<import('./layout-worker.js').Request>} request @returns {Promise<{places?: Places, read?: any}>} */
  #ask(request) {
    return new Promise((resolve, reject) => {
      this.#worker ??= startWorker();
      const worker = this.#worker;
      const id = (this.#count += 1);
      const stop = () => {
        clearTimeout(timer);
        worker.removeEventListener('message', onMessage);
        worker.removeEventListener('error', fail);
      };
      const fail = () => {
        stop();
        worker.terminate();
        if (this.#worker === worker) this.#worker = null;
        reject(new Error(`no layout within ${this.deadline} ms`));
      };
      const onMessage = (/** @type {MessageEvent} */ message) => {
        if (message.data.id !== id) return;
        stop();
        if (message.data.error === undefined) resolve(message.data);
        else reject(new Error(message.data.error));
      };
      const timer = setTimeout(fail, this.deadline);
      worker.addEventListener('message', onMessage);
      worker.addEventListener('error', fail);
      worker.postMessage({ ...request, id });
    });
  }
}

function startWorker() {
  return new Worker(policy ? policy.createScriptURL(WORKER_URL.href) : WORKER_URL, { type: 'module', name: 'layout' });
}
