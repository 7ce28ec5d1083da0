import { drawingFrom } from '../state/dot.js';
import { lint } from '../state/lint.js';
import { isMermaid, readMermaid } from '../state/mermaid.js';
import { openDialog } from './dialog.js';
import { fill, html } from './dom.js';
import { t } from './language.js';
import { createWalkedList } from './walked-list.js';

/** @typedef {import('../state/lint.js').Finding} Finding */

const MOST_LETTERS = 50_000;
const MOST_FOUND = 200;
/** What was pasted stays for the next time, as long as the page does. */
let pasted = '';

/**
 * An author pastes a drawing in DOT or Mermaid; what the run contradicts is listed beside it, and each finding marks its place in the text.
 * @param {import('./comparing.js').Parts} parts
 */
export function openLint({ page, stage }) {
  const layout = /** @type {import('../stage/together.js').Steered} */ (stage.layout);
  let turn = 0;
  const text = html('textarea', { class: 'lint-text', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', maxlength: MOST_LETTERS, 'aria-label': t('lint.label'), placeholder: 'digraph { x -> h; w -> h; h -> loss }' });
  const told = html('p', { class: 'lint-told', role: 'status' });
  const list = html('ol', { class: 'differences' });
  const walked = createWalkedList(list);

  /** What the text draws. @returns {Promise<import('../state/mermaid.js').Drawing>} */
  async function drawing() {
    return isMermaid(text.value) ? readMermaid(text.value) : drawingFrom(await layout.read(text.value.replace(/^\s*```\w*\n?|```\s*$/g, '')));
  }

  async function check() {
    const mine = (turn += 1);
    pasted = text.value;
    const { trace, cursor } = page.value;
    if (text.value.trim() === '') return show([], t('lint.empty'));
    try {
      const drawn = await drawing();
      if (mine !== turn) return;
      const part = trace.scenes[trace.sceneAt(cursor)];
      const found = drawn.nodes.length === 0 ? [] : trace.peek(part.to, (state) => lint(drawn, state, part.index));
      show(found, drawn.nodes.length === 0 ? t('lint.nothing') : found.length === 0 ? t('lint.agrees', { nodes: drawn.nodes.length, edges: drawn.edges.length }) : t('lint.count', { count: found.length }), found.length === 0 && drawn.nodes.length > 0);
    } catch (error) {
      if (mine === turn) show([], t('lint.unreadable', { message: error instanceof Error ? error.message : String(error) }));
    }
  }

  /** @param {Finding[]} findings @param {string} words @param {boolean} [well] */
  function show(findings, words, well = false) {
    told.textContent = words;
    told.toggleAttribute('data-well', well);
    const items = findings.slice(0, MOST_FOUND).map((finding) => {
      const place = placeIn(finding);
      return html('button', { type: 'button', class: 'difference', tabindex: -1, onclick: () => mark(finding, true), onfocus: () => mark(finding, false) },
        html('span', { class: 'difference-sign', 'aria-hidden': 'true' }, '≠'), html('span', { class: 'difference-text' }, t(`lint.${finding.problem}`, { text: finding.text, other: finding.other, said: finding.said, is: finding.is })), place ? html('span', { class: 'lint-line' }, t('lint.line', { line: lineAt(place) })) : null);
    });
    fill(list, items.map((item) => html('li', {}, item)));
    walked.set(items);
  }

  /** Where the drawing says it. @param {Finding} finding */
  const placeIn = ({ node, text: name }) => [node, name].map((word) => placeOf(text.value, word ?? '')).find((place) => place !== null) ?? null;

  /** The line of a place. @param {[number, number]} place */
  const lineAt = ([from]) => text.value.slice(0, from).split('\n').length;

  /** @param {Finding} finding @param {boolean} goes the text takes the focus */
  function mark(finding, goes) {
    const place = placeIn(finding);
    if (!place) return;
    text.setSelectionRange(...place);
    text.scrollTop = (lineAt(place) - 3) * Number.parseFloat(getComputedStyle(text).lineHeight);
    if (goes) text.focus();
  }

  text.addEventListener('input', () => void check());
  const dialog = openDialog({ title: t('lint.title'), kind: 'lint', body: () => [html('p', { class: 'lint-how' }, t('lint.how')), html('div', { class: 'lint' }, text, html('div', { class: 'lint-found' }, told, list))] });
  const end = page.subscribe((_, changed) => {
    if (changed.has('trace') || changed.has('language')) void check();
  });
  dialog.addEventListener('close', end);
  text.value = pasted;
  text.focus();
  void check();
}

/** A word's place, as a whole word where it stands so. @param {string} text @param {string} word @returns {[number, number] | null} */
function placeOf(text, word) {
  if (word === '') return null;
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const found = new RegExp(`(?<![\\w.])${escaped}(?![\\w.])`).exec(text) ?? new RegExp(escaped).exec(text);
  return found && [found.index, found.index + word.length];
}
