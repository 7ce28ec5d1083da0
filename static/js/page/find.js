import { chaptersOf, searchSteps } from '../state/search.js';
import { openDialog } from './dialog.js';
import { fill, html } from './dom.js';
import { t } from './language.js';
import { momentOf } from './moments.js';

/**
 * Finding a moment: a question's steps, or while nothing is asked the chapters of the run, each with its picture.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {{step: number, until: number, title: string, text: string, depth: number}} Entry  `until` is the step whose picture is shown
 */

const MOST_PICTURED = 40;

/** @param {{trace: Trace, source: string, cursor: number, sentence: (index: number) => string, onSeek: (seq: number) => void}} options */
export function openFind({ trace, source, cursor, sentence, onSeek }) {
  const lines = source.split('\n');
  const input = html('input', { type: 'search', class: 'field find-field', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'find-list', 'aria-autocomplete': 'list', 'aria-label': t('find.title'), placeholder: t('find.hint'), autocomplete: 'off', spellcheck: 'false' });
  const list = html('ul', { class: 'find-list', id: 'find-list', role: 'listbox', 'aria-label': t('find.title') });
  const count = html('p', { class: 'find-count', role: 'status' });
  const examples = html('p', { class: 'find-examples' }, t('find.try'), ' ', ...examplesOf(trace).flatMap((text) => [html('button', { type: 'button', class: 'find-example', onclick: () => ask(text) }, html('code', {}, text)), ' ']));
  /** @type {Entry[]} */
  let entries = [];
  let at = 0;

  /** @param {string} text */
  function ask(text) {
    input.value = text;
    input.focus();
    show();
  }

  /** @returns {Entry[]} */
  function chapters() {
    const all = chaptersOf(trace);
    return all.map(({ step, kind, label, number, depth }, index) => ({
      step, depth, until: (all.slice(index + 1).find((next) => next.depth <= depth)?.step ?? trace.steps.length) - 1, title: kind === 'turn' ? label : t(kind === 'call' ? 'find.call' : 'find.line', { number }), text: kind === 'line' ? (lines[number - 1] ?? '').trim() : sentence(step),
    }));
  }

  function show() {
    const asked = input.value.trim();
    entries = asked === '' ? chapters() : searchSteps(trace, asked).map((step) => ({ step, until: step, depth: 0, title: t('find.step', { number: step }), text: sentence(step) }));
    const here = trace.stepAt(cursor);
    at = Math.max(0, entries.findLastIndex((entry) => (asked === '' ? entry.step <= here : entry.step === here)));
    count.textContent = asked === '' ? t('find.chapters', { count: entries.length }) : t('find.found', { count: entries.length });
    fill(list, entries.map((entry, index) => html('li', { class: 'find-item', role: 'option', id: `find-${index}`, 'aria-selected': 'false', 'data-depth': entry.depth, onclick: () => go(index) },
      html('span', { class: 'find-picture', 'aria-hidden': 'true' }, index < MOST_PICTURED ? momentOf(trace, trace.steps[Math.max(entry.until, entry.step)].to) : null),
      html('span', { class: 'find-title' }, entry.title), html('span', { class: 'find-text' }, entry.text))));
    mark();
  }

  function mark() {
    [...list.children].forEach((item, index) => item.setAttribute('aria-selected', String(index === at)));
    if (entries.length === 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', `find-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} index */
  function go(index) {
    const entry = entries[index];
    if (!entry) return;
    dialog.close();
    onSeek(trace.steps[entry.step].to);
  }

  input.addEventListener('input', show);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by !== undefined) {
      at = Math.min(Math.max(at + by, 0), entries.length - 1);
      mark();
    } else if (event.key === 'Enter') go(at);
    else return;
    event.preventDefault();
  });
  const dialog = openDialog({ title: t('find.title'), kind: 'find', body: () => [html('div', { class: 'find-head' }, input, examples, count), list] });
  show();
  input.focus();
}

/** What can be asked of this run: a gradient, a variable, an op, a line, a node. @param {Trace} trace @returns {string[]} */
function examplesOf(trace) {
  const written = trace.steps.findLast((step) => step.kind === 'write');
  const last = trace.steps.findLast((step) => step.kind === 'node' || step.kind === 'op');
  return trace.peek(trace.last, (state) => {
    const leaf = written?.tensor === null || written === undefined ? undefined : state.tensors.get(written.tensor);
    const applied = last?.function === null || last === undefined ? undefined : state.functions.get(last.function);
    const line = written?.line ?? last?.line;
    return [leaf?.name ? t('find.gradient', { name: leaf.name }) : '', applied?.op ?? '', line ? t('find.line', { number: line }) : '', applied?.name ?? ''].filter((text) => text !== '');
  });
}
