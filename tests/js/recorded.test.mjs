import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Recorded, restsOf } from '../../static/js/state/recorded.js';
import { detail } from '../../static/js/state/sentences.js';
import { Trace } from '../../static/js/state/trace.js';
import { speak } from './catalogues.mjs';
import { apply, create, leaf, square, trace } from './events.mjs';

/** What a program may print and call things: as much like an event, the end of one and the head of the next as text can be. */
const HOSTILE = [
  '},{"seq":2,"kind":"printed"', ',{"seq":3,"kind":"run-finished","line":null}]', '\\', '\\"', '"]', '{"seq":1,"kind":"printed"', '\u2028\u2029', '\0\u0001', '𝑤权重😀', '\ud83d', 'é'.repeat(9), '</script>', '__proto__',
];
const printed = (text) => ({ kind: 'printed', line: 1, text });
const batchesOf = (events, size) => Array.from({ length: Math.ceil(events.length / size) }, (_, at) => events.slice(at * size, (at + 1) * size));

/** Events as they come of a stream: parsed of a text, and with it. @param {any[]} events @param {number} size of a batch @param {(json: string) => string} [written] */
function streamed(events, size, written = (json) => json) {
  const known = new Trace();
  for (const batch of batchesOf(events, size)) {
    const json = written(JSON.stringify(batch));
    known.push(JSON.parse(json), json);
  }
  return known;
}

/** As Python writes it: nothing beyond ASCII. @param {string} json */
const ascii = (json) => json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

test('every event is what came, whatever the texts in it say, in batches of any size and however they are written', () => {
  const events = trace([...HOSTILE, ...HOSTILE].map(printed));
  for (const size of [1, 2, 7, 50]) for (const written of [(json) => json, ascii]) {
    const known = streamed(events, size, written);
    assert.deepEqual([...known.events], events);
    for (const event of events) assert.deepEqual(known.events.at(event.seq), event);
  }
});

test('of a text as the engine writes it no event is kept as an object: each is made for who asks', () => {
  for (const size of [1, 5]) {
    const events = trace(HOSTILE.map(printed));
    const known = streamed(events, size);
    for (const { seq } of events) assert.notEqual(known.events.at(seq), known.events.at(seq), `event ${seq}`);
  }
});

test('texts of many pages: every one is found again, also where pages are cut among signs of two units', () => {
  const events = trace(Array.from({ length: 9000 }, (_, at) => printed(`${'😀权'.repeat(at % 61)}${at}`)));
  const known = streamed(events, 50);
  for (let round = 0; round < events.length; round += 1) {
    const seq = (round * 7919) % events.length;
    assert.deepEqual(known.events.at(seq), events[seq]);
  }
  assert.deepEqual(known.events.between(4321, 4330), events.slice(4321, 4331));
  assert.deepEqual([...known.events], events);
});

test('one event may be longer than a page', () => {
  const events = trace([printed('a'), printed('b'.repeat(600_000)), printed('c'.repeat(300_000)), printed('d')]);
  assert.deepEqual([...streamed(events, 2).events], events);
});

test('numbers are those of the text: minus zero, the smallest and the largest', () => {
  const json = '[{"seq":0,"kind":"tensor-created","line":1,"tensor":0,"value":{"shape":[3],"dtype":"float32","data":[-0.0,5e-324,1.7976931348623157e+308]},"requires_grad":false,"is_leaf":true,"base":null,"grad_of":null}]';
  const known = new Trace();
  known.push(JSON.parse(json), json);
  assert.deepEqual(known.events.at(0).value.data, [-0, 5e-324, Number.MAX_VALUE]);
  const given = new Trace(JSON.parse(json));
  assert.deepEqual(given.events.at(0).value.data, [-0, 5e-324, Number.MAX_VALUE]);
});

test('events that come as objects, and texts that nobody would write, are kept as they are', () => {
  const events = trace(square());
  for (const json of ['', 'null', '[]', '[{"seq":0}]', JSON.stringify(events, null, 1), JSON.stringify(events.map(({ seq, kind, ...facts }) => ({ kind, seq, ...facts }))), JSON.stringify(events.slice(1))]) {
    const known = new Trace();
    known.push(events, json);
    assert.deepEqual([...known.events], events, json.slice(0, 30));
    assert.equal(known.events.at(3), events[3]);
  }
});

test('some events with a text and some without, as where a connection broke, stand in one order', () => {
  const events = trace(Array.from({ length: 6000 }, (_, at) => printed(`${at} ${'x'.repeat(90)}`)));
  const known = new Trace();
  batchesOf(events, 37).forEach((batch, at) => known.push(batch, at % 3 === 1 ? '' : JSON.stringify(batch)));
  assert.deepEqual([...known.events], events);
  assert.deepEqual(known.events.between(2990, 3010), events.slice(2990, 3011));
});

test('events of some kinds are found in order without the others', () => {
  const events = trace([leaf(0, 3), printed('a'), create(1, 2), printed('b'), apply(0, 'mul', [0, 1], [2, 6], [null, null])]);
  const { events: known } = streamed(events, 3);
  assert.deepEqual([...known.of(['printed'])].map(({ text }) => text), ['a', 'b']);
  assert.deepEqual([...known.of(['tensor-created', 'function-applied'])].map(({ seq }) => seq), [1, 3, 5]);
  assert.deepEqual([...known.of(['printed'], 3, 4)].map(({ seq }) => seq), [4]);
  assert.deepEqual([...known.of(['printed'], -5, 99)].map(({ seq }) => seq), [2, 4]);
  assert.deepEqual([...known.of(['hook-ran'])], []);
  assert.equal(known.first('tensor-created', ({ tensor }) => tensor === 1).seq, 3);
  assert.equal(known.first('run-failed'), undefined);
});

test('beyond the ends there is nothing', () => {
  const known = streamed(trace(square()), 5).events;
  for (const seq of [-1, known.length, 0.5, NaN, 1e9]) assert.equal(known.at(seq), undefined);
  assert.deepEqual(known.between(-3, 1).map(({ seq }) => seq), [0, 1]);
  assert.deepEqual(known.between(known.length - 1, 1e9).map(({ seq }) => seq), [known.length - 1]);
  assert.deepEqual(known.between(5, 4), []);
  assert.equal(new Recorded().last, undefined);
  assert.equal(new Recorded().kindAt(0), undefined);
});

test('a run that failed ends with its error, and one whose event is out of order takes no more', () => {
  const failed = trace([printed('a'), { kind: 'run-failed', line: 2, error: 'ValueError', message: '},{"seq":9', hint: null, code: 'x', status: 'failed', column: 0, end_column: 1, arguments: {} }]);
  const known = streamed(failed, 1);
  assert.equal(known.complete, true);
  assert.equal(known.events.last.message, '},{"seq":9');
  const events = trace(square());
  const wrong = [...events.slice(0, 4), events[6]];
  const broken = new Trace();
  assert.throws(() => broken.push(wrong, JSON.stringify(wrong)), RangeError);
  assert.equal(broken.last, 3);
  assert.deepEqual([...broken.events], events.slice(0, 4));
  assert.equal(broken.complete, false);
});

test('a sentence is made of the text as of the object', () => {
  const t = speak('en', 'steps');
  const [known, given] = [streamed(trace(square()), 4), new Trace(trace(square()))];
  for (let seq = 0; seq <= given.last; seq += 1) assert.equal(detail(known, seq, t), detail(given, seq, t));
});

test('what stands behind each kind is nothing where one event is not found in the text', () => {
  const events = trace([printed('a')]);
  assert.deepEqual(restsOf(JSON.stringify(events), events)[1], ',"line":1,"text":"a"}');
  assert.deepEqual(restsOf(JSON.stringify(events).replace('"seq":1', '"seq": 1'), events), []);
  assert.deepEqual(restsOf('', []), []);
});
