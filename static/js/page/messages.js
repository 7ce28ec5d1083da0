/** Server-sent messages out of bytes, each as soon as its last byte is there. What came together is decoded in one go and cut as text, for the bytes of a run are many and its messages short. */

const DATA = 'data:';

/** What a line of data says; null where it is another line. @param {string} line */
function dataIn(line) {
  if (!line.startsWith(DATA)) return null;
  return line.slice(line[DATA.length] === ' ' ? DATA.length + 1 : DATA.length);
}

/**
 * The data of every message that came whole.
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<string, void, void>}
 */
export async function* messagesOf(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  /** @type {string[]} */
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const text = rest + decoder.decode(value, { stream: true });
    let from = 0;
    for (let end = text.indexOf('\n', rest.length); end >= 0; end = text.indexOf('\n', from)) {
      const line = text.slice(from, text[end - 1] === '\r' ? end - 1 : end);
      from = end + 1;
      const said = dataIn(line);
      if (said !== null) data.push(said);
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
    rest = text.slice(from);
  }
}
