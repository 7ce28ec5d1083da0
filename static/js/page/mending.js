/**
 * The edits that come with an error or a notice, as changes of the text that ran.
 *
 * @typedef {import('../state/events.js').Fix} Fix
 * @typedef {import('./turning.js').Change} Change
 * @typedef {{count: number, changes: Change[], preview: string | null}} Mending  `preview` is what the changed lines then read, where there is one edit
 */

const MOST_PREVIEWED = 4;

/**
 * The edits of a run: the fix of what failed it, what could stand at each place that was refused, or the fix of the first thing noticed.
 * @param {import('../state/trace.js').Trace} trace @returns {Fix[]}
 */
function editsOf(trace) {
  const end = trace.events.last;
  if (end?.kind === 'run-finished') return noticesOf(trace).flatMap(({ fix }) => fix ?? []).slice(0, 1);
  if (end?.kind !== 'run-failed') return [];
  if (end.fix) return [end.fix];
  return (end.refusals ?? []).flatMap(({ line, column, end_column, replacement }) =>
    (replacement === null ? [] : [{ line, column, end_line: line, end_column, text: replacement }]));
}

/** What was noticed of whole runs. @type {WeakMap<import('../state/trace.js').Trace, import('../state/types.js').Notice[]>} */
const noticed = new WeakMap();

/** What was noticed of a run that came to its end. @param {import('../state/trace.js').Trace} trace @returns {import('../state/types.js').Notice[]} */
export function noticesOf(trace) {
  if (trace.events.kindAt(trace.last) !== 'run-finished') return [];
  const notices = noticed.get(trace) ?? trace.peek(trace.last, (end) => end.notices);
  noticed.set(trace, notices);
  return notices;
}

/**
 * Where each edit stands in a text, in order and without overlap; the events count code points, a text here counts UTF-16 units.
 * @param {string} source @param {Fix[]} edits @returns {Change[]}
 */
export function changesOf(source, edits) {
  const marked = source.startsWith('\ufeff') ? 1 : 0;
  const lines = source.split('\n');
  const starts = [0];
  for (const line of lines) starts.push(starts[starts.length - 1] + line.length + 1);
  /** @param {number} line @param {number} column */
  const offset = (line, column) => starts[line - 1] + [...lines[line - 1]].slice(0, column + (line === 1 ? marked : 0)).join('').length;
  const inside = edits.filter(({ line, end_line }) => line >= 1 && line <= end_line && end_line <= lines.length);
  const changes = inside.map((edit) => ({ from: offset(edit.line, edit.column), to: offset(edit.end_line, edit.end_column), insert: edit.text }));
  changes.sort((one, other) => one.from - other.from || one.to - other.to);
  return changes.filter((change, at) => change.to >= change.from && (at === 0 || change.from >= changes[at - 1].to));
}

/** The text after its changes. @param {string} source @param {Change[]} changes */
export function changed(source, changes) {
  return changes.reduceRight((text, { from, to, insert }) => text.slice(0, from) + insert + text.slice(to), source);
}

/** A comment at the end of a line behind an edit, which says nothing of it. */
const COMMENT = /(?<=^[^'"#\n]*)\s+#.*$/;

/** What the changed lines then read. @param {string} source @param {Change} change */
function previewOf(source, change) {
  const after = changed(source, [change]);
  const end = change.from + change.insert.replace(/\n\s*$/, '').length;
  const from = after.lastIndexOf('\n', change.from - 1) + 1;
  const last = after.indexOf('\n', end);
  const lines = (after.slice(change.from === 0 ? 0 : from, end) + after.slice(end, last < 0 ? after.length : last).replace(COMMENT, '')).split('\n');
  if (lines.length > MOST_PREVIEWED) return null;
  const least = Math.min(...lines.map((line) => line.length - line.trimStart().length));
  return lines.map((line) => line.slice(least).trimEnd()).join('\n');
}

/**
 * What would mend a text that ran; null where nothing is sure to.
 * @param {import('../state/trace.js').Trace} trace @param {string} source the text of that run @returns {Mending | null}
 */
export function mendingOf(trace, source) {
  const changes = changesOf(source, editsOf(trace));
  if (changes.length === 0) return null;
  return { count: changes.length, changes, preview: changes.length === 1 ? previewOf(source, changes[0]) : null };
}
