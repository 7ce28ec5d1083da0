import assert from 'node:assert/strict';
import { test } from 'node:test';

import { History } from '../../static/js/state/history.js';
import { snapshot } from '../../static/js/state/snapshot.js';
import { Trace } from '../../static/js/state/trace.js';
import { apply, bind, create, finish, leaf, reach, run, send, square, start, trace, write } from './events.mjs';

/** Numbers that look random and are the same every time. @param {number} seed */
function* draws(seed) {
  for (let state = seed; ; ) {
    state = (state * 1103515245 + 12345) % 2147483648;
    yield state / 2147483648;
  }
}

const told = [
  ...square(), reach(5), create(2, 6, { grad_of: 0 }), bind('g', 2), { kind: 'gradient-cleared', line: 6, tensor: 0, to: 'zero' },
  { kind: 'scope-entered', line: 7, scope: 'loop', label: 'for i = 1' }, { kind: 'printed', line: 7, text: '6\n' },
  { kind: 'scope-left', line: 7, scope: 'loop', label: 'for i = 1' },
];

test('seeking anywhere gives what replaying from zero gives', () => {
  const events = trace(told);
  const fresh = events.map((_, seq) => snapshot(new Trace(events.slice(0, seq + 1)).at(seq)));
  const known = new Trace(events);
  const random = draws(7);
  for (let round = 0; round < 500; round += 1) {
    const seq = Math.floor(random.next().value * events.length);
    assert.deepEqual(snapshot(known.at(seq)), fresh[seq], `event ${seq}`);
  }
});

test('events that arrive while the cursor is back are kept', () => {
  const events = trace(told);
  const known = new Trace();
  for (const event of events) {
    known.push([event]);
    known.at(Math.floor(event.seq / 2));
  }
  assert.deepEqual(snapshot(known.at(known.last)), snapshot(new Trace(events).at(events.length - 1)));
});

test('seeking stops at the ends', () => {
  const known = new Trace(trace(told));
  assert.equal(known.at(-5).cursor, -1);
  assert.equal(known.at(-5).tensors.size, 0);
  assert.equal(known.at(1e9).cursor, known.last);
  assert.equal(new Trace().at(0).cursor, -1);
});

test('far ways, by blocks of events, lead to the same states, also after more events have come', () => {
  const turn = (at) => [
    { kind: 'scope-entered', line: 2, scope: 'loop', label: `for i = ${at}` }, apply(at, 'square', [0], [at + 1, at], [['accumulate', 0]]), bind('y', at + 1),
    start(at, at + 1), run(at, at, 1), send(at, at, 0, 0, ['accumulate', 0], at), write(at, 0, null, at), finish(at),
    { kind: 'gradient-cleared', line: 3, tensor: 0, to: at % 2 ? 'zero' : 'none' }, { kind: 'scope-left', line: 2, scope: 'loop', label: `for i = ${at}` },
  ];
  const events = trace([leaf(0, 3), bind('x', 0), ...Array.from({ length: 450 }, (_, at) => turn(at)).flat()]);
  const after = (count) => {
    const history = new History();
    for (const event of events.slice(0, count)) history.push(event);
    return history;
  };
  const known = after(3300);
  const random = draws(11);
  const visit = () => {
    const seqs = Array.from({ length: 40 }, () => Math.floor(random.next().value * (known.length + 1)) - 1);
    for (const seq of [999, 1000, 1001, 0, 2000, -1, known.length - 1, ...seqs]) assert.deepEqual(snapshot(known.seek(seq)), snapshot(after(seq + 1).state), `event ${seq}`);
  };
  visit();
  for (const event of events.slice(3300)) known.push(event);
  visit();
});

test('far ways are the same where the cursor was elsewhere while events arrived', () => {
  const events = trace([leaf(0, 3), bind('x', 0), ...Array.from({ length: 2600 }, (_, at) => ({ kind: 'line-reached', line: at % 7 }))]);
  const visited = new Trace();
  for (let from = 0; from < events.length; from += 300) {
    visited.push(events.slice(from, from + 300));
    visited.at(Math.floor(from / 2));
  }
  const unvisited = new Trace(events);
  for (const seq of [-1, 0, 999, 1000, 2599, 1500, 2001, events.length - 1, 3]) assert.deepEqual(snapshot(visited.at(seq)), snapshot(unvisited.at(seq)), `event ${seq}`);
});
