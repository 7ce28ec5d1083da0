import assert from 'node:assert/strict';
import test from 'node:test';

import { webvtt } from '../../static/js/state/captions.js';

test('cues are numbered and timed, and no words of a program are markup or end a cue', () => {
  const cues = [{ begins: 0, ends: 1533.4, text: 'Nothing has run yet.' }, { begins: 1533.4, ends: 3_723_004, text: 'line 3 prints <b> & -->\n\n99' }];
  assert.equal(webvtt(cues), [
    'WEBVTT', '', '1', '00:00:00.000 --> 00:00:01.533', 'Nothing has run yet.', '', '2', '00:00:01.533 --> 01:02:03.004', 'line 3 prints &lt;b&gt; &amp; --&gt; 99', '',
  ].join('\n'));
});

test('a film of no steps has no cues', () => {
  assert.equal(webvtt([]), 'WEBVTT\n');
});
