/**
 * Where a lesson's notes stand in a trace. The rule is the one of `place` in app/lessons/__init__.py.
 * @typedef {import('../state/recorded.js').Recorded} Recorded
 * @typedef {import('./lessons.js').Anchor} Anchor
 * @typedef {{functions: Map<number, any>, names: Map<number, Set<string>>}} Known
 */

/** Events whose tensor an anchor's name speaks of; a function speaks of its outputs. */
const ABOUT_TENSOR = new Set(['tensor-created', 'gradient-sent', 'gradient-summed', 'gradient-accumulated', 'gradient-cleared', 'gradient-set',
  'tensor-modified', 'flag-changed', 'hook-ran']);

/** Every name that was ever bound to a tensor, and every function. @param {Recorded} events @returns {Known} */
function known(events) {
  const names = new Map();
  const functions = new Map();
  for (const event of events.of(['name-bound', 'function-applied'])) {
    if (event.kind === 'function-applied') functions.set(event.function, event);
    else if (event.tensor !== null) names.set(event.tensor, (names.get(event.tensor) ?? new Set()).add(event.name));
  }
  return { names, functions };
}

/** @param {any} event @param {Anchor} anchor @param {Known} facts */
function means(event, { name, op, line }, { names, functions }) {
  if (line !== null && event.line !== line) return false;
  const applied = event.kind === 'function-applied' ? event : functions.get(event.function);
  if (op !== null && op !== applied?.op && op !== applied?.name) return false;
  if (name === null) return true;
  if (event.kind === 'name-bound') return event.name === name;
  /** @type {number[]} */
  const tensors = ABOUT_TENSOR.has(event.kind) ? [event.tensor] : (applied?.outputs ?? []).map((/** @type {{tensor: number}} */ output) => output.tensor);
  return tensors.some((tensor) => names.get(tensor)?.has(name));
}

/**
 * A lesson's notes, each at the event that its anchor means; a note whose event is not in the trace is left out.
 * @param {{steps: import('./lessons.js').Note[]}} lesson @param {Recorded} events @param {string} language
 * @returns {{seq: number, text: string}[]}
 */
export function placeNotes(lesson, events, language) {
  const facts = known(events);
  return lesson.steps.flatMap((note) => {
    const found = [...events.of([note.at.kind])].filter((event) => means(event, note.at, facts))[note.at.nth - 1];
    return found ? [{ seq: found.seq, text: language === 'zh-CN' ? note['zh-CN'] : note.en }] : [];
  }).sort((one, other) => one.seq - other.seq);
}
