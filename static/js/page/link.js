import { deflated, fromBase64, inflated, toBase64 } from './packing.js';

/**
 * A permalink keeps everything in the fragment, which never reaches a server: `#v=1&p=<deflate-raw, base64url>&s=12&lang=en`.
 * @typedef {{source: string, cursor: number | null, language: string | null}} Link
 */

const VERSION = '1';
const MOST_BYTES = 8192;

/** @param {Uint8Array} bytes */
function toBase64url(bytes) {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** @param {string} text */
function fromBase64url(text) {
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}

/**
 * The fragment that reopens a program at a step.
 * @param {string} source @param {{cursor?: number, language?: string}} options
 */
export async function writeLink(source, { cursor, language } = {}) {
  const bytes = new TextEncoder().encode(source);
  if (bytes.length > MOST_BYTES) throw new RangeError('too long');
  const parts = [`v=${VERSION}`, `p=${toBase64url(await deflated(bytes))}`];
  if (cursor !== undefined && cursor >= 0) parts.push(`s=${cursor}`);
  if (language) parts.push(`lang=${language}`);
  return `#${parts.join('&')}`;
}

/**
 * What a fragment holds; null where it is not one of ours, and an error where it is but cannot be read.
 * @param {string} fragment
 * @returns {Promise<Link | null>}
 */
export async function readLink(fragment) {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const packed = fields.get('p');
  if (fields.get('v') !== VERSION || packed === null) return null;
  const bytes = await inflated(fromBase64url(packed), MOST_BYTES);
  const cursor = fields.get('s');
  return {
    source: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    cursor: cursor !== null && /^\d{1,7}$/.test(cursor) ? Number(cursor) : null,
    language: fields.get('lang'),
  };
}
