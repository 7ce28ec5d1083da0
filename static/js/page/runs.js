/**
 * Runs on the server: made by a POST, read as a stream of batches, resumed where a connection broke.
 * @typedef {import('../state/types.js').Event} TraceEvent
 * @typedef {{events: TraceEvent[], json: string}} Batch  events that came together; `json` is the text that they are parsed of, empty where some of it came before
 * @typedef {{id: string, events: string, url: string, stream?: ReadableStream<Uint8Array<ArrayBuffer>>}} Run  `stream`: its events come with the answer to the POST
 */

import { marked } from './directions.js';
import { messagesOf } from './messages.js';

const EVENT_STREAM = 'text/event-stream';
const PAUSES = [200, 500, 1000, 2000, 4000];
const REPEATS = 2;

/** What the server refused, in its own words. */
export class Refusal extends Error {
  /** @param {string} code @param {string} message @param {number} status @param {number} wait seconds until asking again makes sense */
  constructor(code, message, status, wait) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
    this.wait = wait;
  }
}

/** @param {Response} response */
async function refusal(response) {
  let code = 'unreachable';
  let message = response.statusText;
  try {
    const body = await response.json();
    code = String(body.error.code);
    message = String(body.error.message);
  } catch {
    code = `http-${response.status}`;
  }
  return new Refusal(code, message, response.status, Number(response.headers.get('Retry-After')) || 1);
}

/** A name for one request, which no other has. */
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The answer to a request that may be sent again where no answer came. @param {string} address @param {RequestInit} request @returns {Promise<Response>} */
async function answered(address, request) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await fetch(address, request);
    } catch (error) {
      if (request.signal?.aborted || attempt >= REPEATS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSES[attempt]));
  }
}

/**
 * A run of the program: one, also where the first answer was lost and it had to be asked for again.
 * @param {string} source @param {{seed?: number, signal?: AbortSignal}} [options] @returns {Promise<Run>}
 */
export async function startRun(source, { seed = 0, signal } = {}) {
  const response = await answered('/api/runs', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: `${EVENT_STREAM}, application/json`, 'Idempotency-Key': newKey() },
    body: JSON.stringify({ source, seed }),
    signal: signal ?? null,
  });
  if (!response.ok) throw await refusal(response);
  if (!response.headers.get('Content-Type')?.startsWith(EVENT_STREAM) || response.body === null) return response.json();
  const url = response.headers.get('Location') ?? '';
  return { id: url.slice(url.lastIndexOf('/') + 1), events: `${url}/events`, url, stream: response.body };
}

/** Asks the server to stop a run; it may have ended already. @param {string} id */
export async function stopRun(id) {
  await fetch(`/api/runs/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** The event stream after an event; null where nothing follows. @param {string} address @param {number} last @param {AbortSignal} [signal] */
async function follow(address, last, signal) {
  const response = await fetch(address, { headers: last < 0 ? {} : { 'Last-Event-ID': String(last) }, signal: signal ?? null, cache: 'no-store' });
  if (response.status === 204) return null;
  if (!response.ok || response.body === null) throw await refusal(response);
  return response.body;
}

/**
 * Every event of a run, batch by batch, each once; the iteration ends after the terminal event. A broken connection is taken up again after
 * the last event that came.
 * @param {Run} run @param {{signal?: AbortSignal}} [options]
 * @returns {AsyncGenerator<Batch, void, void>}
 */
export async function* readEvents(run, { signal } = {}) {
  let last = -1;
  let attempt = 0;
  let { stream = null } = run;
  for (;;) {
    try {
      const body = stream ?? (await follow(run.events, last, signal));
      stream = null;
      if (body === null) return;
      for await (const data of messagesOf(body)) {
        const json = marked(data);
        /** @type {TraceEvent[]} */
        const events = JSON.parse(json);
        const fresh = events[0]?.seq > last ? events : events.filter((event) => event.seq > last);
        if (fresh.length === 0) continue;
        attempt = 0;
        last = /** @type {TraceEvent} */ (fresh.at(-1)).seq;
        yield { events: fresh, json: fresh === events ? json : '' };
        const kind = fresh.at(-1)?.kind;
        if (kind === 'run-finished' || kind === 'run-failed') return;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof Refusal && error.status < 500 && error.status !== 429) throw error;
      if (attempt >= PAUSES.length) throw error;
    }
    const pause = PAUSES[Math.min(attempt, PAUSES.length - 1)];
    attempt += 1;
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (signal?.aborted) return;
  }
}
