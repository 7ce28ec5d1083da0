import { deflated, fromBase64, inflated, toBase64 } from './packing.js';

/**
 * A permalink keeps everything in the fragment, which never reaches a server: `#v=1&p=<deflate-raw, base64url>&s=12&sel=3&view=values&lang=en`. A short one names
 * a run that the server keeps instead of the program: `#v=1&r=<run>&s=12`.
 * @typedef {{cursor: number | null, selected: number | null, view: string | null, language: string | null}} Place
 * @typedef {Place & {source: string}} Link
 */

const VERSION = '1';
const MOST_BYTES = 8192;
const VIEWS = ['values', 'gradients', 'shapes', 'table'];

/** @param {Uint8Array} bytes */
function toBase64url(bytes) {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @param {string} text */
function fromBase64url(text) {
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}

/**
 * The fragment that reopens a program where it stands.
 * @param {{source: string} | {run: string}} program @param {Partial<Place>} [place]
 */
export async function writeLink(program, { cursor, selected, view, language } = {}) {
  const fields = [`v=${VERSION}`];
  if ('run' in program) fields.push(`r=${program.run}`);
  else {
    const bytes = new TextEncoder().encode(program.source);
    if (bytes.length > MOST_BYTES) throw new RangeError('too long');
    fields.push(`p=${toBase64url(await deflated(bytes))}`);
  }
  if (typeof cursor === 'number' && cursor >= 0) fields.push(`s=${cursor}`);
  if (typeof selected === 'number') fields.push(`sel=${selected}`);
  if (view) fields.push(`view=${view}`);
  if (language) fields.push(`lang=${language}`);
  return `#${fields.join('&')}`;
}

/**
 * What a fragment holds; null where it is not one of ours, and an error where it is but cannot be read.
 * @param {string} fragment
 * @returns {Promise<Link | null>}
 */
export async function readLink(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const [program, run, view] = [fields.get('p'), fields.get('r'), fields.get('view')];
  if (fields.get('v') !== VERSION || (program === null && run === null)) return null;
  return {
    source: program === null ? await sourceOf(run ?? '') : new TextDecoder('utf-8', { fatal: true }).decode(await inflated(fromBase64url(program), MOST_BYTES)),
    cursor: numberIn(fields.get('s')), selected: numberIn(fields.get('sel')), view: VIEWS.find((one) => one === view) ?? null, language: fields.get('lang'),
  };
}

/** @param {string | null} text */
function numberIn(text) {
  return text !== null && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/** The program of a run that the server keeps. @param {string} run @returns {Promise<string>} */
async function sourceOf(run) {
  if (!/^[0-9a-f]{32}$/.test(run)) throw new RangeError('expected the name of a run');
  const answer = await fetch(`/api/runs/${run}`);
  if (!answer.ok) throw new Error(`the run answered ${answer.status}`);
  return (await answer.json()).source;
}
