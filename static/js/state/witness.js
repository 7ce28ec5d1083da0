// A run beside what PyTorch itself made of the same program: the first thing that differs.

import { numbers } from './format.js';

/** @typedef {{version: string, printed: string, error: string | null, grads: Record<string, {shape: number[], data: (number | string)[]}>}} Recorded */
/** @typedef {{what: 'printed' | 'gradient' | 'error', name: string, said: string, is: string, seq: number}} Discrepancy  `said` is PyTorch's, `is` ours; `seq` the event where ours came about */

/** How far two float32 results may be apart that were added in another order. */
const NEAR = { relative: 2e-5, absolute: 1e-6 };
const NUMBER = /-?\d+\.?\d*(?:e[-+]?\d+)?/gi;

/** The first difference in the order of the run: what was printed, how it ended, the gradients at its end; null where there is none. @param {import('./trace.js').Trace} trace @param {Recorded} recorded @returns {Discrepancy | null} */
export function firstDifference(trace, recorded) {
  return trace.peek(trace.last, (end) => printedDifference(trace, recorded.printed) ?? errorDifference(end, trace.last, recorded.error) ?? gradientDifference(end, recorded.grads));
}

/** @param {import('./trace.js').Trace} trace @param {string} printed @returns {Discrepancy | null} */
function printedDifference(trace, printed) {
  const said = printed.split('\n');
  let ours = '';
  let line = 0;
  let seq = trace.last;
  for (const event of trace.events.of(['printed'])) {
    ours += event.text;
    seq = event.seq;
    const lines = ours.split('\n');
    for (; line < lines.length - 1; line += 1) if (!alike(said[line] ?? '', lines[line]) || line >= said.length - 1) return { what: 'printed', name: '', said: said[line] ?? '', is: lines[line], seq };
  }
  const rest = ours.split('\n').slice(line).join('\n');
  return alike(said.slice(line).join('\n'), rest) ? null : { what: 'printed', name: '', said: said[line] ?? '', is: rest, seq };
}

/** The same words, and numbers near enough. @param {string} one @param {string} other */
function alike(one, other) {
  if (one === other) return true;
  const [said, is] = [one, other].map((text) => text.match(NUMBER) ?? []);
  return one.replace(NUMBER, '#') === other.replace(NUMBER, '#') && said.every((number, at) => near(Number(number), Number(is[at]), 1e-4));
}

/** @param {import('./types.js').State} end @param {number} seq @param {string | null} said @returns {Discrepancy | null} */
function errorDifference({ error }, seq, said) {
  const is = error ? `${error.error}: ${error.message}` : null;
  return is === said ? null : { what: 'error', name: '', said: said ?? '', is: is ?? '', seq };
}

/** @param {import('./types.js').State} end @param {Recorded['grads']} grads @returns {Discrepancy | null} */
function gradientDifference({ names, tensors }, grads) {
  for (const [name, { shape, data }] of Object.entries(grads)) {
    const tensor = tensors.get(names.get(name)?.tensor ?? -1);
    const seq = tensor?.ledger.findLast((row) => row.kind !== 'modify')?.seq ?? tensor?.seq ?? 0;
    const grad = tensor?.grad;
    const ours = grad && 'data' in grad ? numbers(grad).map(Number) : [];
    const at = grad && grad.shape.join() === shape.join() ? data.findIndex((value, index) => !near(Number(value), ours[index], NEAR.relative)) : 0;
    if (at >= 0 && !(grad && ours.length === 0)) return { what: 'gradient', name: data.length === 1 ? name : `${name}[${at}]`, said: String(data[at]), is: String(ours[at] ?? 'None'), seq };
  }
  return null;
}

/** @param {number} one @param {number} other @param {number} relative */
const near = (one, other, relative) => Object.is(one, other) || Math.abs(one - other) <= NEAR.absolute + relative * Math.abs(one);
