import { deflated, fromBase64, inflated, toBase64 } from './packing.js';

/**
 * A permalink keeps everything in the fragment, which never reaches a server: `#v=1&p=<deflate-raw, base64url>&s=12&sel=3&view=values&lang=en`. A short one names
 * a run that the server keeps instead of the program: `#v=1&r=<run>&s=12`.
 * @typedef {{
 *   cursor: number | null, selected: number | null, pinned: number | null, display: string | null, view: string | null, language: string | null, theme: string | null,
 *   speed: string | null, breakpoints: number[], predicting: boolean, folds: [string[], string[]] | null
 * }} Place  what was on show and how; null and empty where a link leaves it open
 * @typedef {Place & {source: string}} Link
 */

const VERSION = '1';
const MOST_BYTES = 8192;
const MOST_LINES = 100;
const MOST_FOLD_BYTES = 65_536;
const DISPLAYS = ['values', 'gradients', 'shapes'];
const VIEWS = ['table', 'backward', 'forward'];

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
export async function writeLink(program, { cursor = null, selected = null, pinned = null, display = null, view = null, language = null, theme = null, speed = null, breakpoints = [], predicting = false, folds = null } = {}) {
  const fields = [`v=${VERSION}`, 'run' in program ? `r=${program.run}` : `p=${await packed(program.source)}`];
  const given = {
    s: cursor !== null && cursor >= 0 ? cursor : null, sel: selected, pin: pinned, view: display, show: VIEWS.find((one) => one === view), lang: language, theme, speed,
    b: breakpoints.length > 0 ? breakpoints.slice(0, MOST_LINES).join('.') : null, predict: predicting ? 1 : null, fold: await packedFolds(folds),
  };
  for (const [name, value] of Object.entries(given)) if (value !== null && value !== undefined) fields.push(`${name}=${value}`);
  return `#${fields.join('&')}`;
}

/** @param {string} source */
async function packed(source) {
  const bytes = new TextEncoder().encode(source);
  if (bytes.length > MOST_BYTES) throw new RangeError('too long');
  return toBase64url(await deflated(bytes));
}

/** @param {Place['folds']} folds */
async function packedFolds(folds) {
  if (folds === null || folds.every((keys) => keys.length === 0)) return null;
  const bytes = new TextEncoder().encode(JSON.stringify(folds));
  return bytes.length > MOST_FOLD_BYTES ? null : toBase64url(await deflated(bytes));
}

/** @param {string | null} text @returns {Promise<Place['folds']>} */
async function foldsIn(text) {
  if (text === null) return null;
  const folds = JSON.parse(new TextDecoder().decode(await inflated(fromBase64url(text), MOST_FOLD_BYTES)));
  const plain = Array.isArray(folds) && folds.length === 2 && folds.every((keys) => Array.isArray(keys) && keys.every((key) => typeof key === 'string'));
  return plain ? /** @type {[string[], string[]]} */ (folds) : null;
}

/**
 * What a fragment holds; null where it is not one of ours, and an error where it is but cannot be read.
 * @param {string} fragment
 * @returns {Promise<Link | null>}
 */
export async function readLink(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const [program, run] = [fields.get('p'), fields.get('r')];
  if (fields.get('v') !== VERSION || (program === null && run === null)) return null;
  const shown = [fields.get('view'), fields.get('show')];
  return {
    source: program === null ? await sourceOf(run ?? '') : new TextDecoder('utf-8', { fatal: true }).decode(await inflated(fromBase64url(program), MOST_BYTES)),
    cursor: numberIn(fields.get('s')), selected: numberIn(fields.get('sel')), pinned: numberIn(fields.get('pin')),
    display: DISPLAYS.find((one) => shown.includes(one)) ?? null, view: VIEWS.find((one) => shown.includes(one)) ?? null,
    language: fields.get('lang'), theme: fields.get('theme'), speed: fields.get('speed'),
    breakpoints: (fields.get('b') ?? '').split('.').slice(0, MOST_LINES).map(numberIn).filter((line) => line !== null), predicting: fields.get('predict') === '1',
    folds: await foldsIn(fields.get('fold')).catch(() => null),
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
