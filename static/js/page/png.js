/** Texts inside a PNG: what a picture shows, and the address that opens it again. Source: the PNG specification, chunk iTXt. */

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
const HEADER_END = 33;

/** @param {Uint8Array} bytes */
function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** @param {string} name @param {string} text */
function chunk(name, text) {
  const encoder = new TextEncoder();
  const body = [...encoder.encode(`iTXt${name}`), 0, 0, 0, 0, 0, ...encoder.encode(text)];
  const bytes = new Uint8Array(body.length + 8);
  bytes.set(body, 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length - 4);
  view.setUint32(4 + body.length, checksum(bytes.subarray(4, 4 + body.length)));
  return bytes;
}

/**
 * The same picture with texts by name.
 * @param {Blob} picture a PNG @param {Record<string, string>} texts
 */
export async function withTexts(picture, texts) {
  return new Blob([picture.slice(0, HEADER_END), ...Object.entries(texts).map(([name, text]) => chunk(name, text)), picture.slice(HEADER_END)], { type: 'image/png' });
}
