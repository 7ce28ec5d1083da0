/** Server-sent messages out of bytes, each as soon as its last byte is there: nothing behind it is looked at before it was taken. */

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const DATA = new TextEncoder().encode('data:');

/** What a line of data says; null where it is another line. @param {Uint8Array} line @param {TextDecoder} decoder */
function dataIn(line, decoder) {
  if (!DATA.every((byte, place) => line[place] === byte)) return null;
  return decoder.decode(line.subarray(line[DATA.length] === SPACE ? DATA.length + 1 : DATA.length));
}

/** @param {Uint8Array} first @param {Uint8Array} second */
function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

/** A line that was cut and what follows it; the rest, often a million bytes, is not copied. @param {Uint8Array} rest @param {Uint8Array} value */
function continued(rest, value) {
  if (rest.length === 0) return [value];
  const cut = value.indexOf(NEWLINE) + 1;
  return cut === 0 ? [joined(rest, value)] : [joined(rest, value.subarray(0, cut)), value.subarray(cut)];
}

/**
 * The data of every message that came whole.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<string, void, void>}
 */
export async function* messagesOf(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = new Uint8Array(0);
  /** @type {string[]} */
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const bytes of continued(rest, value)) {
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        const line = bytes.subarray(from, end > from && bytes[end - 1] === RETURN ? end - 1 : end);
        from = end + 1;
        const said = dataIn(line, decoder);
        if (said !== null) data.push(said);
        if (line.length > 0 || data.length === 0) continue;
        yield data.join('\n');
        data = [];
      }
      rest = bytes.slice(from);
    }
  }
}
