// How deep inside functions, loops and modes each teaching step stands, and where stepping over, out and to a line leads.

/** @typedef {import('./trace.js').Trace} Trace */

/** @type {WeakMap<Trace, {events: number, depths: number[]}>} */
const known = new WeakMap();

/** The depth where each step happens: what it calls is deeper, and what it ends is not yet left. @param {Trace} trace @returns {number[]} */
export function depthsOf(trace) {
  const before = known.get(trace);
  if (before?.events === trace.events.length) return before.depths;
  /** @type {number[]} */
  const depths = [];
  let depth = 0;
  let seq = 0;
  for (const step of trace.steps) {
    for (; seq <= step.seq; seq += 1) {
      const kind = trace.events.kindAt(seq);
      if (kind === 'scope-entered') depth += 1;
      else if (kind === 'scope-left') depth -= 1;
    }
    depths.push(depth);
  }
  known.set(trace, { events: trace.events.length, depths });
  return depths;
}

/** The next step that is no deeper than this one; the last where there is none. @param {Trace} trace @param {number} index */
export function stepOver(trace, index) {
  const depths = depthsOf(trace);
  return after(depths, index, (depth) => depth <= depths[index]);
}

/** The first step after the function, loop turn or mode around this one; the last where there is none. @param {Trace} trace @param {number} index */
export function stepOut(trace, index) {
  const depths = depthsOf(trace);
  return after(depths, index, (depth) => depth < depths[index]);
}

/** The next step that begins one of these lines; null where there is none. @param {Trace} trace @param {number} index @param {ReadonlySet<number>} lines @returns {number|null} */
export function nextAtLine(trace, index, lines) {
  for (let at = index + 1; at < trace.steps.length; at += 1) if (beginsLine(trace, at, lines)) return at;
  return null;
}

/** Whether a step is the first on one of these lines. @param {Trace} trace @param {number} index @param {ReadonlySet<number>} lines */
export function beginsLine(trace, index, lines) {
  const step = trace.steps[index];
  const before = trace.steps[index - 1];
  return step?.line !== null && step !== undefined && lines.has(step.line) && (before?.line !== step.line || before.phase !== step.phase);
}

/** @param {number[]} depths @param {number} index @param {(depth: number) => boolean} wanted */
function after(depths, index, wanted) {
  for (let at = index + 1; at < depths.length; at += 1) if (wanted(depths[at])) return at;
  return depths.length - 1;
}
