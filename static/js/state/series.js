// What changes over a run, as points to plot.

import { norm, only } from './format.js';
import { label } from './labels.js';

/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {{seq: number, y: number}} Point */
/** @typedef {{name: string, points: Point[]}} Series */

const LEAST_POINTS = 2;
const LOSS = /loss|cost|error/i;

/** Numbers that a variable was bound to more than once, such as a loss, which comes first: a 0-d tensor of floats, or a float. @param {Trace} trace @returns {Series[]} */
export function scalarSeries(trace) {
  /** @type {Map<string, Point[]>} */
  const found = new Map();
  /** @type {Map<number, number>} */
  const values = new Map();
  for (const event of trace.events.of(['tensor-created', 'function-applied', 'tensor-modified', 'name-bound'])) {
    if (event.kind === 'tensor-created') keep(values, event.tensor, event.value);
    else if (event.kind === 'function-applied') for (const output of event.outputs) keep(values, output.tensor, output.value);
    else if (event.kind === 'tensor-modified') keep(values, event.tensor, event.after);
    else {
      const y = event.tensor !== null ? values.get(event.tensor) : typeof event.value === 'number' && !Number.isInteger(event.value) ? event.value : undefined;
      if (y !== undefined) add(found, event.name, { seq: event.seq, y });
    }
  }
  const series = [...found].filter(([, points]) => points.length >= LEAST_POINTS).map(([name, points]) => ({ name, points }));
  return series.sort((one, other) => Number(LOSS.test(other.name)) - Number(LOSS.test(one.name)));
}

/** The size of what each leaf's `.grad` was given, one point for each write. @param {Trace} trace @returns {Series[]} */
export function gradientSeries(trace) {
  if (trace.last < 0) return [];
  /** @type {Map<number, Point[]>} */
  const found = new Map();
  for (const event of trace.events.of(['gradient-accumulated'])) {
    if (event.retained) continue;
    const size = norm(event.added);
    add(found, event.tensor, { seq: event.seq, y: typeof size === 'number' ? size : NaN });
  }
  return trace.peek(trace.last, (state) => [...found].sort(([one], [other]) => one - other).map(([tensor, points]) => ({ name: label(state, tensor), points })));
}

/** @param {Map<number, number>} values @param {number} tensor @param {import('./types.js').Value} value */
function keep(values, tensor, value) {
  const number = value.dtype.includes('float') && value.shape.length === 0 ? only(value) : undefined;
  if (number !== undefined) values.set(tensor, typeof number === 'number' ? number : NaN);
}

/** @template K @param {Map<K, Point[]>} map @param {K} key @param {Point} point */
function add(map, key, point) {
  const points = map.get(key);
  if (points) points.push(point);
  else map.set(key, [point]);
}
