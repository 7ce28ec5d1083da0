import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messagesOf } from '../../static/js/page/messages.js';

const encoder = new TextEncoder();

/** A stream that gives these parts, and how many of them were asked for. */
function streamOf(parts) {
  const asked = { count: 0 };
  const stream = new ReadableStream(
    {
      pull(controller) {
        if (asked.count === parts.length) controller.close();
        else controller.enqueue(parts[asked.count++]);
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, asked };
}

async function read(parts) {
  const found = [];
  for await (const data of messagesOf(streamOf(parts).stream)) found.push(data);
  return found;
}

const TEXT = 'retry: 1000\n\nid: 0\ndata: [{"seq":0}]\n\n:\n\nid: 2\ndata: [{"text":"梯光 😀"},\ndata: 2]\n\nevent: x\ndata:tight\n\ndata:  two\n\n';
const MESSAGES = ['[{"seq":0}]', '[{"text":"梯光 😀"},\n2]', 'tight', ' two'];

test('comments and other fields are no messages, and the lines of one message are joined', async () => {
  assert.deepEqual(await read([encoder.encode(TEXT)]), MESSAGES);
  assert.deepEqual(await read([encoder.encode(TEXT.replaceAll('\n', '\r\n'))]), MESSAGES);
});

test('cut at any two bytes the messages are the same', async () => {
  const bytes = encoder.encode(TEXT.replaceAll('id: 2\n', 'id: 2\r\n'));
  for (let first = 0; first < bytes.length; first += 1) {
    for (const second of [first + 1, first + 7, bytes.length]) {
      const parts = [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)];
      assert.deepEqual(await read(parts), MESSAGES, `cut at ${first} and ${second}`);
    }
  }
});

test('a message that did not come whole is none', async () => {
  assert.deepEqual(await read([encoder.encode(TEXT.slice(0, -1))]), MESSAGES.slice(0, -1));
  assert.deepEqual(await read([]), []);
});

test('a message is there before what follows it is asked for', async () => {
  const { stream, asked } = streamOf([encoder.encode('data: 1\n\ndata: 2\n\nda'), encoder.encode('ta: 3\n\n')]);
  const messages = messagesOf(stream);
  const counts = [];
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal((await messages.next()).value, String(turn + 1));
    counts.push(asked.count);
  }
  assert.deepEqual(counts, [1, 1, 2]);
});
