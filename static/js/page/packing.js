/** Bytes as text that needs no escaping anywhere, made small by deflate. */

const STEP = 0x8000;

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let binary = '';
  for (let from = 0; from < bytes.length; from += STEP) binary += String.fromCharCode(...bytes.subarray(from, from + STEP));
  return btoa(binary);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function fromBase64(text) {
  const binary = atob(text);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** The digits of base 85 as RFC 1924 has them, but for those that markup or a template would read. */
export const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_/[|]~';

/** A sixteenth shorter than base 64. @param {Uint8Array} bytes */
export function toBase85(bytes) {
  const signs = [];
  for (let at = 0; at < bytes.length; at += 4) {
    let number = [0, 1, 2, 3].reduce((sum, place) => sum * 256 + (bytes[at + place] ?? 0), 0);
    const five = [];
    for (let place = 0; place < 5; place += 1) {
      five.unshift(DIGITS[number % 85]);
      number = Math.floor(number / 85);
    }
    signs.push(...five.slice(0, Math.min(4, bytes.length - at) + 1));
  }
  return signs.join('');
}

/** Leans on nothing around it, for a file that plays by itself begins with its text. @param {string} text @param {string} digits @returns {Uint8Array<ArrayBuffer>} */
export function fromDigits(text, digits) {
  const values = Object.fromEntries([...digits].map((sign, value) => [sign, value]));
  const bytes = new Uint8Array(Math.floor((text.length * 4) / 5));
  for (let at = 0, to = 0; at < text.length; at += 5, to += 4) {
    let number = 0;
    for (let place = 0; place < 5; place += 1) number = number * 85 + (values[text[at + place]] ?? 84);
    for (let place = 0; place < 4; place += 1) bytes[to + place] = number / 256 ** (3 - place);
  }
  return bytes;
}

/** @param {string} text */
export function fromBase85(text) {
  return fromDigits(text, DIGITS);
}

/**
 * Bytes through a stream; a RangeError where more than `most` come out.
 * @param {Uint8Array<ArrayBuffer>} bytes @param {CompressionStream | DecompressionStream} through @param {number} [most]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function pump(bytes, through, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(through).getReader();
  /** @type {Uint8Array[]} */
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new RangeError('too long');
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export function deflated(bytes) {
  return pump(bytes, new CompressionStream('deflate-raw'));
}

/** @param {Uint8Array<ArrayBuffer>} bytes @param {number} [most] */
export function inflated(bytes, most) {
  return pump(bytes, new DecompressionStream('deflate-raw'), most);
}
