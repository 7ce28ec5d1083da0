// Prints the browser's state after every event of a trace file, one JSON line each: `node replay.mjs FILE`.

import { readFileSync } from 'node:fs';

import { snapshot } from '../../static/js/state/snapshot.js';
import { Trace } from '../../static/js/state/trace.js';

const lines = readFileSync(process.argv[2], 'utf8').trim().split('\n');
const known = new Trace(lines.map((line) => JSON.parse(line)));
for (let seq = 0; seq <= known.last; seq += 1) process.stdout.write(`${JSON.stringify(snapshot(known.at(seq)))}\n`);
