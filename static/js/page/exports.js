/**
 * What can be taken away. A format of the page is one file in `formats/`, a format of the server one file in `app/exports/`; both are found by themselves.
 * @typedef {Record<import('../i18n.js').Language, string>} Texts
 * @typedef {{
 *   trace: import('../state/trace.js').Trace, cursor: number, source: string, title: string, run: string | null, layout: import('../stage/placed.js').Placing, form: import('../stage/faces.js').Form,
 *   t: import('../i18n.js').Translate, translate: (language: string) => Promise<import('../i18n.js').Translate>, ops: () => Promise<any[]>,
 *   link: (at?: number) => Promise<string>, tell: (sentence: string) => void, onShow: (options: Options) => ReturnType<typeof import('../stage/stage.js').createStage> | null
 * }} Subject  what a file is made of: `link` is the address that opens it again, at an event, empty where the program is too long for one; `tell` says something to the person;
 *   `onShow` is the stage where it shows just what is asked for, and nothing on it moves
 * @typedef {{
 *   view: string, theme: string, language: import('../i18n.js').Language, at?: number, scale?: number, transparent?: boolean, from?: number, to?: number,
 *   kind?: import('../stage/scene.js').Kind, speed?: number, width?: number, show?: string, direction?: string, paper?: string, rows?: string, folds?: import('../stage/fold.js').Folds | null
 * }} Options  `rows`: of a long graph, a number, or as many as let it be read on its paper
 * @typedef {{
 *   name: string, kind: 'picture' | 'film' | 'page' | 'text' | 'data', label: Texts, takes: readonly string[], shows: Record<string, string>, make: (subject: Subject, options: Options) => Promise<Blob>, act?: (subject: Subject, options: Options) => Promise<void>
 * }} Format  `takes` names the options it obeys; `shows` what it shows in each view where nothing else is asked for; `act` is what a person's click does where that is no file
 */

import { FontFailure } from '../stage/fonts.js';
import { closedNames } from '../stage/graph.js';

/** @type {Record<string, string>} */
const FIGURED = { values: 'values', gradients: 'values,gradients', shapes: 'shapes,gradients' };

/** @type {Promise<Map<string, Format>> | null} */
let found = null;

/** Every format by its name, which is its file's suffix too. */
export function formats() {
  found ??= load().catch((error) => {
    found = null;
    throw error;
  });
  return found;
}

/** @returns {Promise<Map<string, Format>>} */
async function load() {
  const answer = await fetch('/api/formats');
  if (!answer.ok) throw new Error(`the formats answered ${answer.status}`);
  /** @type {{formats: {name: string, kind: Format['kind'], label: Texts, takes: string[]}[], modules: string[]}} */
  const { formats: rows, modules } = await answer.json();
  const own = await Promise.all(modules.map(async (name) => /** @type {Format} */ ((await import(`./formats/${name}.js`)).FORMAT)));
  const ofServer = rows.map(({ name, kind, label, takes }) => ({ name, kind, label, takes, shows: FIGURED, make: (/** @type {Subject} */ subject, /** @type {Options} */ options) => fromServer(subject, name, options) }));
  const ofPage = own.map((format) => ({ ...format, make: (/** @type {Subject} */ subject, /** @type {Options} */ options) => plainly(subject, format.make(subject, options)) }));
  return new Map([...ofPage, ...ofServer.filter((row) => !modules.includes(row.name))].map((format) => [format.name, format]));
}

/**
 * What work gives; where a font of ours did not arrive, an Error with a sentence instead of the browser's own words.
 * @template T @param {Subject} subject @param {Promise<T>} work
 */
export async function plainly(subject, work) {
  try {
    return await work;
  } catch (error) {
    throw error instanceof FontFailure ? new Error(subject.t('export.font'), { cause: error }) : error;
  }
}

/**
 * The file of a format; an Error with a sentence where it cannot be made.
 * @param {string} name @param {Subject} subject @param {Options} options
 */
export async function exportAs(name, subject, options) {
  const known = await formats();
  const format = known.get(name);
  if (!format) throw new Error(subject.t('export.unknown', { format: name, known: [...known.keys()].join(', ') }));
  if (subject.trace.last < 0) throw new Error(subject.t('export.noRun'));
  return format.make(subject, options);
}

/**
 * A file that the server makes of the same trace.
 * @param {Subject} subject @param {string} name @param {Options} options
 */
export async function fromServer(subject, name, { at = subject.cursor, view, theme, language, show, direction, paper, rows, folds }) {
  if (subject.run === null) throw new Error(subject.t('export.noRun'));
  const shown = show ?? FIGURED[view];
  const given = Object.entries({ at: String(at), title: subject.title.slice(0, 120), theme, language, show: shown, direction, paper, rows }).filter((row) => row[1] !== undefined);
  const { trace } = subject;
  const scene = trace.scenes[trace.sceneAt(at)];
  const names = folds && scene ? trace.peek(scene.to, (state) => closedNames(state, scene.index, folds)) : [];
  const asked = new URLSearchParams(/** @type {[string, string][]} */ ([...given, ...names.map((fold) => ['fold', fold])]));
  const answer = await fetch(`/api/runs/${encodeURIComponent(subject.run)}/figure.${name}?${asked}`).catch((error) => {
    throw new Error(subject.t('export.offline'), { cause: error });
  });
  if (!answer.ok) {
    const body = await answer.json().catch(() => null);
    throw new Error(body?.error?.message ?? subject.t('export.failed', { format: name }));
  }
  return answer.blob();
}

/** Hands a file to the person. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A file name of plain letters. @param {string} stem @param {string} extension */
export function fileName(stem, extension) {
  return `${stem.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'gradlight'}.${extension}`;
}
