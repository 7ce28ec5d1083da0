import { buildGraph } from '../stage/graph.js';
import { sentences } from '../state/phrases.js';
import { openDialog } from './dialog.js';
import { fill, html } from './dom.js';
import { fileName, formats, plainly, save } from './exports.js';
import { painted } from './figures.js';
import { controlFor } from './export-options.js';
import { t } from './language.js';
import { note } from './notes.js';
import { printed, sheetOf } from './paper.js';
import { recall, remember } from './preferences.js';
import { optionsOf, subjectOf } from './subject.js';

/** @typedef {import('./exports.js').Format} Format */
/** @typedef {import('./exports.js').Options} Options */

const KINDS = /** @type {const} */ (['picture', 'film', 'page', 'text', 'data']);
const TEXT_SHOWN = 4000;
/** Pixels of the preview for one of the figure. */
const PREVIEW = 2;
const READABLE = 60;
const [SVG, TEXT] = ['image/svg+xml', 'text/plain'];

/**
 * What can be taken away, what each may be asked for, and how it will look.
 * @param {import('./workbench.js').Workbench} bench @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 */
export async function openExport(bench, stage) {
  const known = await formats().catch((error) => note(error.message, 'fault'));
  if (!known) return;
  const subject = subjectOf(bench, stage);
  const { language, lesson } = bench.page.value;
  /** @type {Options} */
  let options = optionsOf(bench, { from: 0, to: subject.trace.steps.length - 1 });
  let chosen = /** @type {Format} */ (known.get(recall('format') ?? '') ?? known.get('svg') ?? [...known.values()][0]);
  let turn = 0;

  const settings = html('div', { class: 'export-options' });
  const preview = html('div', { class: 'export-preview', 'data-scroll': true, tabindex: 0 });
  const told = html('p', { class: 'export-told', role: 'status' });
  const copyButton = html('button', { type: 'button', class: 'button', 'data-export-copy': true, onclick: () => void work(copy) }, t('export.copy'));
  const saveButton = html('button', { type: 'button', class: 'button', 'data-primary': true, 'data-export-save': true, onclick: () => void work(take) }, t('export.save'));
  const choices = [...known.values()].map((format) => html('button', {
    type: 'button', class: 'export-format', 'data-export': format.name, role: 'radio', 'aria-checked': 'false', tabindex: -1, onclick: () => choose(format),
  }, html('span', {}, format.label[language]), html('code', {}, `.${format.name}`)));

  /** @param {Format} format */
  function choose(format) {
    chosen = format;
    remember('format', format.name);
    for (const choice of choices) {
      const is = choice.dataset.export === format.name;
      choice.setAttribute('aria-checked', String(is));
      choice.tabIndex = is ? 0 : -1;
    }
    fill(settings, format.takes.map((name) => controlFor(name, { ...options, show: options.show ?? chosen.shows[options.view] }, subject.trace.steps.length - 1, (changed) => {
      options = { ...options, ...changed };
      void look();
    })));
    copyButton.hidden = !(format.kind === 'text' || format.kind === 'data' || format.name === 'svg' || format.name === 'png');
    void look();
  }

  /** What the format is asked for: only a sheet of paper has its size. */
  function asked() {
    return chosen.takes.includes('paper') ? options : { ...options, paper: undefined };
  }

  /** Shows the file before it is taken. */
  async function look() {
    const mine = (turn += 1);
    told.textContent = '';
    try {
      if (chosen.kind === 'text' || chosen.kind === 'data') {
        const text = await (await chosen.make(subject, asked())).slice(0, TEXT_SHOWN).text();
        if (mine === turn) fill(preview, [crowded() ? html('p', { class: 'export-alt', 'data-crowded': true }, t('export.crowded')) : '', html('pre', {}, html('code', {}, text))]);
      } else {
        const at = chosen.kind === 'film' ? subject.trace.steps[options.to ?? 0]?.to : undefined;
        const { canvas, how: { description } } = await plainly(subject, painted(subject, { ...asked(), at, scale: PREVIEW }));
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', description);
        const size = chosen.kind === 'picture' ? [html('p', { class: 'export-alt', 'data-printed': true }, printedText(canvas.width / PREVIEW, canvas.height / PREVIEW))] : [];
        if (mine === turn) fill(preview, [canvas, html('p', { class: 'export-alt' }, description), ...size]);
      }
    } catch (error) {
      if (mine === turn) fill(preview, [html('p', { class: 'export-told' }, error instanceof Error ? error.message : String(error))]);
    }
  }

  /** Whether a figure in words has more nodes than can be read, of a loop that is not folded. */
  function crowded() {
    if (!chosen.takes.includes('direction')) return false;
    const { cards, badges, groups } = subject.trace.peek(subject.cursor, (state) => buildGraph(state, state.scene, options.folds));
    return cards.length + badges.length > READABLE && groups?.some(({ kind, key }) => kind === 'turns' && !options.folds?.closed.has(key)) === true;
  }

  /** How large the letters are in print. @param {number} width @param {number} height */
  function printedText(width, height) {
    const { paper } = asked();
    const { points, column, small, high, pages } = printed(width, height, paper);
    const size = t(sheetOf(paper) ? 'export.printed' : 'export.printed.column', { points: points.toFixed(1), column });
    return sentences([size, pages > 1 && t('export.printed.pages', { high: Math.round(high), pages }), small && t('export.printed.small')], t);
  }

  /** @param {() => Promise<void>} act */
  async function work(act) {
    saveButton.setAttribute('aria-busy', 'true');
    fill(told, [t('export.working')]);
    try {
      await act();
    } catch (error) {
      fill(told, [error instanceof Error ? error.message : String(error)]);
    } finally {
      saveButton.removeAttribute('aria-busy');
    }
  }

  async function take() {
    if (chosen.act) {
      await chosen.act(subject, asked());
      fill(told, []);
      return;
    }
    const blob = await chosen.make(subject, asked());
    const name = fileName(`${lesson?.id ?? 'gradlight'}-${subject.trace.stepAt(subject.cursor)}`, chosen.name);
    save(blob, name);
    fill(told, [t('export.saved', { name: `${name} (${sizeText(blob.size)})` })]);
  }

  async function copy() {
    const made = chosen.make(subject, asked());
    const copied = put(chosen.name, made).then(() => true, () => false);
    await made;
    if (!(await copied)) throw new Error(t('export.uncopied'));
    fill(told, [t('export.copied')]);
  }

  const groups = KINDS.map((kind) => ({ kind, of: choices.filter((choice) => known.get(choice.dataset.export ?? '')?.kind === kind) })).filter(({ of }) => of.length > 0);
  const list = html('div', { class: 'export-list', role: 'radiogroup', 'aria-label': t('export.formats') },
    ...groups.flatMap(({ kind, of }) => [html('p', { class: 'export-kind', 'aria-hidden': 'true' }, t(`export.kind.${kind}`)), ...of]));
  list.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const ordered = groups.flatMap(({ of }) => of);
    const next = ordered[(ordered.findIndex((choice) => choice.dataset.export === chosen.name) + by + ordered.length) % ordered.length];
    next.focus();
    choose(/** @type {Format} */ (known.get(next.dataset.export ?? '')));
  });
  const dialog = openDialog({
    title: t('export.title'), kind: 'export',
    body: () => [html('div', { class: 'export' }, list, html('div', { class: 'export-side' }, preview, settings, html('div', { class: 'export-foot' }, told, html('button', { type: 'button', class: 'button', 'data-action': 'lint', onclick: () => {
      dialog.close();
      void bench.openLint();
    } }, t('action.lint')), copyButton, saveButton)))],
  });
  choose(chosen);
  choices.find((choice) => choice.tabIndex === 0)?.focus();
}

/**
 * Into the clipboard, a picture as what it is: drawing programs take SVG as a picture, editors as its text. It is promised at once, for some browsers take it only while the press on the
 * button is fresh. Browsers take no style sheet into the clipboard, and drawing programs read no font in one.
 * @param {string} name of the format @param {Promise<Blob>} made
 */
async function put(name, made) {
  const { clipboard } = navigator;
  if (name === 'png') return clipboard.write([new ClipboardItem({ 'image/png': made })]);
  if (name !== 'svg' || !ClipboardItem.supports?.(SVG)) return clipboard.writeText(await (await made).text());
  const [picture, text] = [made.then(async (blob) => new Blob([(await blob.text()).replace(/<style>[^<]*<\/style>/, '')], { type: SVG })), made.then((blob) => new Blob([blob], { type: TEXT }))];
  return clipboard.write([new ClipboardItem({ [SVG]: picture, [TEXT]: text })]);
}

/** @param {number} bytes */
function sizeText(bytes) {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
