import { addChinese } from '../stage/fonts.js';
import { foldsFrom } from '../stage/fold.js';
import { Layout } from '../stage/layout.js';
import { NORM, numbersOf, shapeText, summary } from '../stage/numbers.js';
import { createStage } from '../stage/stage.js';
import { stillOf } from '../stage/still.js';
import { plainSentence } from '../state/sentences.js';
import { Trace } from '../state/trace.js';
import { stepsNamed, worksheetOf } from '../state/worksheet.js';
import { fill, html, need } from './dom.js';
import { isLanguage, labelTemplate, preferredLanguage, speak, t } from './language.js';
import { ledgerTable } from './ledger.js';
import { loadLessons } from './lessons.js';
import { LEAST_SCALE, PIXEL, roomOn } from './paper.js';
import { readEvents } from './runs.js';
import { lineText, rounded } from './values.js';

/**
 * A sheet of paper for a run: the program and its graph, a table of the backward pass with blanks, and on the last page the answers.
 * @typedef {import('../state/worksheet.js').Worksheet} Worksheet
 * @typedef {import('../state/types.js').Value} Value
 */

const asked = new URLSearchParams(location.search);
/**
 * How large a figure is: of its own size, and at most so high in millimetres. One that was seen before can be smaller, and two are on a page.
 * @typedef {{share: number, high: number}} Size
 */
const FIRST = { share: 1, high: 150 };
const AGAIN = { share: 0.8, high: 88 };
/** The height that a page leaves a figure whose letters could not be read otherwise. */
const PAGE_HIGH = 195;
const MOST_NUMBERS = 12;
/** Where columns are narrow a larger array is asked for by its norm. */
const MOST_IN_STEP = 4;
/** What was folded where the sheet was asked for. */
const folds = foldedIn(location.hash.slice(1));

/** @param {string} fragment */
function foldedIn(fragment) {
  try {
    return foldsFrom(JSON.parse(decodeURIComponent(fragment)));
  } catch {
    return foldsFrom(null);
  }
}

/** @param {string} id */
async function runOf(id) {
  const address = `/api/runs/${encodeURIComponent(id)}`;
  const response = await fetch(address);
  if (!response.ok) throw new Error(t('handout.gone'));
  const { source } = await response.json();
  const trace = new Trace();
  for await (const { events, json } of readEvents({ id, events: `${address}/events`, url: '' })) trace.push(events, json);
  return { source: String(source), trace };
}

/** The picture of a step, drawn aside by the stage and kept. @param {Trace} trace @param {string} source @param {number} step @param {Size} [size] */
async function figureOf(trace, source, step, { share, high } = FIRST) {
  const room = need('[data-drawing]');
  const stage = createStage(room, { layout: new Layout(), translate: (key, args) => t(key, /** @type {Record<string, string | number>} */ (args)), source: () => source, folds, rows: roomOn() });
  stage.view('gradients');
  await stage.show(trace, { cursor: trace.steps[step].to, animate: false });
  stage.fit();
  const scene = /** @type {SVGGElement} */ (room.querySelector('.scene'));
  const { picture, width, height } = stillOf(scene, { class: 'handout-picture', 'aria-label': plainSentence(trace, step, t) });
  picture.style.maxWidth = `${width * share}px`;
  picture.style.maxHeight = `${high < height * PIXEL * LEAST_SCALE ? PAGE_HIGH : high}mm`;
  const legend = untold(room.querySelector('.legend'));
  stage.close();
  fill(room, []);
  return html('figure', { class: 'handout-figure' }, picture, legend, html('figcaption', {}, t('handout.caption', { step, text: plainSentence(trace, step, t) })));
}

/** What signs mean is told once a sheet. @type {Set<string>} */
const explained = new Set();

/** Of a legend the signs that no figure before has told of. @param {Element | null} legend */
function untold(legend) {
  const copy = /** @type {Element | null} */ (legend?.cloneNode(true) ?? null);
  for (const sign of [...(copy?.children ?? [])]) {
    const meaning = sign.textContent ?? '';
    if (explained.has(meaning)) sign.remove();
    explained.add(meaning);
  }
  return copy?.childElementCount ? copy : '';
}

/** A value as one writes it down: all numbers of a small array. @param {Value | null} value @param {number} [most] numbers */
function written(value, most = MOST_NUMBERS) {
  if (value === null) return 'None';
  const { data } = value;
  if (data !== undefined && numbersOf(value).length <= most) return nested(data);
  return most === MOST_IN_STEP ? `${shapeText(value)}\n${summary(value)}` : lineText(value);
}

/** Each row of a matrix on a line of its own. @param {NonNullable<Value['data']>} data @returns {string} */
const nested = (data) => (Array.isArray(data) ? `[${data.map(nested).join(Array.isArray(data[0]) ? ',\n' : ', ')}]` : rounded(data));

/** A value, or the line to write it on. @param {Value | null} value @param {boolean} told @param {number} [most] numbers */
const answer = (value, told, most) => html('td', { class: told ? 'handout-number' : 'handout-blank' }, told ? written(value, most) : '');

/** A gradient of a step, or where to write it: of a large array its norm. @param {Value | null} value @param {boolean} told */
function stepAnswer(value, told) {
  const cell = answer(value, told, MOST_IN_STEP);
  if (!told && value !== null && numbersOf(value).length > MOST_IN_STEP) cell.append(html('span', { class: 'handout-asked' }, `${shapeText(value)} ${NORM}`));
  return cell;
}

/** @param {Worksheet} sheet @param {boolean} told */
function backwardTable({ rows, more }, told) {
  const local = rows.some((row) => row.sends.some((sending) => sending.local !== null));
  const columns = ['step', 'node', 'receives', ...(local ? ['local'] : []), 'sends', 'to'];
  return html('table', { class: 'handout-table handout-backward' },
    html('thead', {}, html('tr', {}, ...columns.map((name) => html('th', { scope: 'col' }, t(`handout.${name}`))))),
    ...rows.map((row, index) => html('tbody', {}, ...row.sends.map((sending, part) => html('tr', { 'data-part': part },
      ...(part > 0 ? [] : [html('td', { rowspan: row.sends.length }, String(row.step)), html('th', { scope: 'row', rowspan: row.sends.length }, html('code', {}, row.node), html('span', { class: 'handout-of' }, row.of)),
        Object.assign(stepAnswer(row.receives, told || index === 0), { rowSpan: row.sends.length })]),
      !local ? null : sending.local === null ? html('td', { class: 'handout-number' }, '—') : html('td', { class: told ? 'handout-number' : 'handout-blank' }, told ? rounded(sending.local) : ''),
      stepAnswer(sending.value, told), html('td', {}, sending.to))),
      more > 0 && index === rows.length - 1 ? html('tr', {}, html('td', { colspan: columns.length }, t('handout.more', { count: more }))) : null)));
}

/** @param {Worksheet} sheet @param {boolean} told */
function meetingTable({ meetings }, told) {
  return html('table', { class: 'handout-table' },
    html('thead', {}, html('tr', {}, ...['tensor', 'parts', 'sum'].map((name) => html('th', { scope: 'col' }, t(`handout.${name}`))))),
    html('tbody', {}, ...meetings.map(({ name, parts, sum }) => html('tr', {}, html('th', { scope: 'row' }, html('code', {}, name)),
      told ? html('td', { class: 'handout-number' }, parts.map((value) => written(value)).map((text, index) => (index > 0 && text.startsWith('−') ? `(${text})` : text)).join(' + ')) : html('td', { class: 'handout-terms' }, ...parts.flatMap((_, index) => [index > 0 ? ' + ' : '', html('span', { class: 'handout-line' })])),
      answer(sum, told)))));
}

/** @param {Worksheet} sheet @param {boolean} told */
function leafTable({ leaves, calls }, told) {
  return html('table', { class: 'handout-table' },
    html('thead', {}, html('tr', {}, html('th', { scope: 'col' }, t('handout.leaf')), ...Array.from({ length: calls }, (_, call) => html('th', { scope: 'col' }, t('handout.call', { number: call + 1 }))))),
    html('tbody', {}, ...leaves.map((leaf) => html('tr', {}, html('th', { scope: 'row' }, html('code', {}, `${leaf.name}.grad`)), ...leaf.after.map((value) => answer(value, told))))));
}

/** @param {string} title @param {...(Node | null)} children */
const part = (title, ...children) => html('section', { class: 'handout-part' }, html('h2', {}, title), ...children);

/** @param {string} source */
function programOf(source) {
  return html('ol', { class: 'handout-program' }, ...source.trimEnd().split('\n').map((line) => html('li', {}, html('code', {}, line === '' ? ' ' : line))));
}

/** @param {Trace} trace @param {Worksheet} sheet */
function ledgers(trace, sheet) {
  return trace.peek(trace.last, (state) => sheet.leaves.slice(0, 6).flatMap(({ tensor, name }) => {
    const found = state.tensors.get(tensor);
    const subject = /** @type {import('./inspector.js').Subject} */ (/** @type {unknown} */ ({ state, onSeek: () => undefined, onRefresh: () => undefined }));
    return found ? [html('div', { class: 'handout-ledger' }, html('h3', {}, html('code', {}, `${name}.grad`)), ledgerTable(found, subject))] : [];
  }));
}

/** One drawing after another, for they share their room. */
let drawing = Promise.resolve();

/** Figures of the steps that the person names. @param {HTMLElement} root @param {Trace} trace @param {string} source @param {string} named */
function drawChosen(root, trace, source, named) {
  drawing = drawing.then(async () => {
    const figures = [];
    for (const step of stepsNamed(named, trace.steps.length - 1)) figures.push(await figureOf(trace, source, step));
    fill(root, figures.length === 0 ? [] : [part(t('handout.steps'), ...figures)]);
  });
  return drawing;
}

async function start() {
  const wish = asked.get('lang');
  await addChinese();
  await speak(isLanguage(wish) ? wish : preferredLanguage());
  labelTemplate();
  const sheetRoot = need('[data-sheet]');
  fill(sheetRoot, [html('p', { role: 'status' }, t('handout.waiting'))]);
  try {
    const [{ source, trace }, lessons] = await Promise.all([runOf(asked.get('run') ?? ''), loadLessons().catch(() => [])]);
    await document.fonts.ready;
    const lesson = lessons.find((one) => one.program.trim() === source.trim());
    const language = isLanguage(document.documentElement.lang) ? document.documentElement.lang : 'en';
    const title = lesson ? lesson.title[language] : t('handout.title');
    document.title = `${title} · Gradlight`;
    const sheet = worksheetOf(trace);
    const state = trace.peek(trace.last, ({ printed, error }) => ({ printed, error }));
    const questions = sheet.rows.length === 0 ? [] : [
      part(t(sheet.calls > 1 ? 'handout.fill.first' : 'handout.fill'), html('p', {}, t('handout.how')), backwardTable(sheet, false)),
      sheet.meetings.length > 0 ? part(t('handout.meet'), html('p', {}, t('handout.sums')), meetingTable(sheet, false)) : null,
      sheet.leaves.length > 0 ? part(t('handout.grads'), html('p', {}, t('handout.add')), leafTable(sheet, false)) : null,
    ];
    if (state.error !== null) questions.push(part(t('handout.fault'), html('p', {}, t('handout.why')), html('p', { class: 'handout-write' }), html('p', { class: 'handout-write' })));
    const before = await figureOf(trace, source, Math.max(sheet.forward, 0));
    const frames = [];
    for (const { step, kind } of sheet.frames) frames.push(part(t(`handout.frame.${kind}`), await figureOf(trace, source, step, AGAIN)));
    const answers = html('div', { class: 'handout-answers' }, html('h2', {}, t('handout.answers')),
      ...(sheet.rows.length === 0 ? [] : [backwardTable(sheet, true), sheet.meetings.length > 0 ? meetingTable(sheet, true) : null, leafTable(sheet, true)]),
      html('div', { class: 'handout-ledgers' }, ...ledgers(trace, sheet)),
      state.printed === '' ? null : part(t('output.title'), html('pre', {}, state.printed)),
      ...frames,
      state.error === null ? null : part(state.error.error, html('p', {}, state.error.message)));
    const chosen = html('div', { class: 'handout-chosen' });
    fill(sheetRoot, [
      html('header', { class: 'handout-head' }, html('h1', {}, title), lesson ? html('p', {}, lesson.summary[language]) : null,
        html('p', { class: 'handout-names' }, ...['name', 'class', 'date'].map((name) => html('span', {}, t(`handout.${name}`), html('span', { class: 'handout-line' }))))),
      part(t('region.program'), programOf(source)),
      part(t(sheet.rows.length === 0 && state.error !== null ? 'handout.graph.failed' : 'handout.graph'), before),
      chosen,
      ...questions,
      answers.childElementCount > 1 ? answers : null,
    ]);
    const steps = /** @type {HTMLInputElement} */ (need('[data-steps]'));
    steps.addEventListener('change', () => void drawChosen(chosen, trace, source, steps.value));
    const choice = /** @type {HTMLInputElement} */ (need('[data-answers]'));
    choice.addEventListener('change', () => (answers.hidden = !choice.checked));
    answers.hidden = !choice.checked;
    await document.fonts.ready;
  } catch (error) {
    fill(sheetRoot, [html('p', {}, error instanceof Error ? error.message : String(error))]);
  }
  need('[data-print]').addEventListener('click', () => print());
  document.documentElement.dataset.ready = '';
}

void start();
