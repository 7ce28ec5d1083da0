// What holds for every golden trace.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

import { detail, sentence } from '../../static/js/state/sentences.js';
import { snapshot } from '../../static/js/state/snapshot.js';
import { Trace } from '../../static/js/state/trace.js';
import { speak } from './catalogues.mjs';

const folder = new URL('../fixtures/traces/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
const read = (name) => readFileSync(new URL(name, folder), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
/** Events, each batch with the text that it came as. @param {any[]} events @param {number} size */
const batches = (events, size) => Array.from({ length: Math.ceil(events.length / size) }, (_, at) => events.slice(at * size, (at + 1) * size)).map((batch) => [batch, JSON.stringify(batch)]);
/** A run as a page reads it. @param {string} name */
function streamed(name) {
  const trace = new Trace();
  for (const [batch, json] of batches(read(name), 50)) trace.push(batch, json);
  return trace;
}
const languages = [['en', speak('en', 'steps')], ['zh-CN', speak('zh-CN', 'steps')]];

test('there are golden traces', () => assert.ok(files.length >= 9));

for (const name of files) {
  test(`${name}: every step and every event has a whole sentence in both languages`, () => {
    const known = streamed(name);
    for (const [language, t] of languages) {
      for (const step of known.steps) check(sentence(known, step.index, t), language);
      for (const event of known.events) check(detail(known, event.seq, t), language);
    }
  });

  test(`${name}: seeking to any place gives what going there step by step gives`, () => {
    const known = new Trace(read(name));
    const walked = Array.from(known.events, (event) => JSON.stringify(snapshot(known.at(event.seq))));
    for (let round = 1; round <= known.events.length; round += 1) {
      const seq = (round * 7919) % known.events.length;
      assert.equal(JSON.stringify(snapshot(known.at(seq))), walked[seq], `event ${seq}`);
    }
  });

  test(`${name}: arriving in batches is the same as arriving whole`, () => {
    const events = read(name);
    const whole = new Trace(events);
    const known = new Trace();
    for (let from = 0; from < events.length; from += 7) {
      known.push(events.slice(from, from + 7));
      known.at(from);
    }
    assert.deepEqual(known.steps, whole.steps);
    assert.deepEqual(known.scenes, whole.scenes);
    assert.deepEqual(snapshot(known.at(known.last)), snapshot(whole.at(whole.last)));
  });

  test(`${name}: no gradient is left in flight, every contribution came that was expected`, () => {
    const known = new Trace(read(name));
    const state = known.at(known.last);
    if (state.phase !== 'finished') return;
    for (const tensor of state.tensors.values()) {
      assert.equal(tensor.flow, null);
      if (tensor.call !== null) assert.equal(tensor.contributions.length, tensor.expected, `tensor ${tensor.tensor} (${tensor.name})`);
    }
  });
}

test('a scene is one life of a graph: bookkeeping starts none, the next forward pass does', () => {
  const lines = {
    neuron: [null], ledger: [null, 9, 13], training: [null, 9], boundaries: [null, 9, 11], second_order: [null, 3], twice: [null], functions: [null], hooks: [null], paths: [null], refused: [null], in_place: [null],
  };
  for (const [name, expected] of Object.entries(lines)) {
    const known = new Trace(read(`${name}.jsonl`));
    assert.deepEqual(known.scenes.map((scene, index) => (index === 0 ? null : known.events.at(scene.from).line)), expected, name);
  }
});

/** @param {string} text @param {string} language */
function check(text, language) {
  assert.doesNotMatch(text, /[{}]|undefined|null\b|NaN|\[object|\?/, text);
  assert.match(text, language === 'en' ? /([^…]\.|…)$/ : /([^…]。|…)$/);
  if (language === 'zh-CN') assert.match(text, /[\u4e00-\u9fff]/);
}
