// An archive of files as they are, without compression and without a clock: the same files give the same bytes.

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});
/** The first day that the format knows. */
const DATE = 0x21;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x800;

/** @param {Uint8Array} bytes */
export function checksum(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** @param {{name: string, text: string}[]} files @returns {Uint8Array<ArrayBuffer>} */
export function zipped(files) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let offset = 0;
  for (const { name, text } of files) {
    const [title, body] = [encoder.encode(name), encoder.encode(text)];
    const common = [[VERSION, 2], [FLAGS, 2], [0, 2], [0, 2], [DATE, 2], [checksum(body), 4], [body.length, 4], [body.length, 4], [title.length, 2], [0, 2]];
    const head = numbers([[0x04034b50, 4], ...common]);
    directory.push(numbers([[0x02014b50, 4], [VERSION, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), title);
    parts.push(head, title, body);
    offset += head.length + title.length + body.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  return joined([...parts, ...directory, numbers([[0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [offset, 4], [0, 2]])]);
}

/** Numbers, the lowest byte first. @param {number[][]} pairs each with its length in bytes */
function numbers(pairs) {
  return Uint8Array.from(pairs.flatMap(([value, length]) => Array.from({ length }, (_, byte) => Math.floor(value / 256 ** byte) & 255)));
}

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
