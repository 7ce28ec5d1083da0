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
