import { packed } from '../recording.js';
import { NO_FOLDS, plainFolds } from '../../stage/fold.js';
import { facesFor } from '../../stage/fonts.js';
import { Noted } from '../../stage/placed.js';
import { described } from '../figures.js';
import { OWN_NAMES } from '../language.js';
import { sceneOf } from '../../stage/scene.js';
import { measureWithCanvas } from '../../stage/text.js';

const STATIC = new URL('../../../', import.meta.url);
const MOST_PLACED = 40;
const FAMILY = 'Noto Sans SC';
const BEYOND_LATIN = /[^\0-\u024F]/gu;
const LANGUAGES = /** @type {const} */ (['en', 'zh-CN']);

/** @type {import('../exports.js').Format} */
export const FORMAT = {
  name: 'html',
  kind: 'page',
  label: { en: 'One file that plays by itself', 'zh-CN': '可独立播放的单个文件' },
  shows: {},
  takes: ['view', 'theme', 'language'],
  async make(subject, { theme, language, view, folds, at = subject.cursor }) {
    const { trace, title, source } = subject;
    const chinese = language === 'zh-CN';
    const translate = await subject.translate(language);
    const [template, rows] = await Promise.all([text('vendor/player.html', subject), subject.ops()]);
    const events = [...trace.events];
    const used = new Set(Array.from(trace.events.of(['function-applied']), ({ op }) => op));
    const ops = rows.filter((row) => used.has(row.name));
    const said = await sayingsOf(subject);
    const recording = await packed({
      edition: 1, title, language, theme, view, cursor: at >= trace.last ? null : at, source, events,
      ops, places: await placesOf(subject, translate, folds ?? NO_FOLDS), folds: plainFolds(folds ?? NO_FOLDS), said,
      letters: await lettersOf(subject, `${JSON.stringify(events)}${chinese ? `${JSON.stringify(ops)}${JSON.stringify(said['zh-CN'])}` : ''}`, chinese),
    });
    const texts = new Map([['language', language], ['title', escaped(title)], ['description', escaped(described(trace, at, translate))], ['recording', recording]]);
    return new Blob([template.replace(/\{\{(\w+)\}\}/g, (whole, name) => texts.get(name) ?? whole)], { type: 'text/html' });
  },
};

/** The glyphs of what the run is written in beyond Latin, and where the player speaks Chinese of its own texts, each once. @param {import('../exports.js').Subject} subject @param {string} told by the run, and of its ops and errors @param {boolean} chinese */
async function lettersOf(subject, told, chinese) {
  const { title, source } = subject;
  const [rules, held] = chinese ? await Promise.all([text('vendor/player-chinese.css', subject), text('vendor/player-letters.txt', subject)]) : ['', ''];
  const written = `${OWN_NAMES['zh-CN'].name}${title}${source}${told}`;
  const letters = [...new Set(written.match(BEYOND_LATIN))].filter((letter) => !held.includes(letter));
  const { css, missing } = await facesFor(new Map([[FAMILY, new Set(letters)]]));
  if (missing.length > 0) subject.tell(subject.t('export.letters', { letters: missing.slice(0, 12).join(' ') }));
  return `${rules}${css}`;
}

/** The texts of the run's own errors and notices, by language. @param {import('../exports.js').Subject} subject @returns {Promise<import('../recording.js').Recording['said']>} */
async function sayingsOf(subject) {
  const codes = new Set(Array.from(subject.trace.events.of(['noticed', 'run-failed']), (event) => (event.kind === 'noticed' ? [event.code] : [event.code, ...event.refusals?.map(({ code }) => code) ?? []])).flat());
  const [en, chinese] = await Promise.all(LANGUAGES.map(async (language) => {
    const all = codes.size === 0 ? {} : JSON.parse(await text(`locales/${language}/errors.json`, subject));
    return Object.fromEntries(Object.entries(all).filter(([key]) => codes.has(key.split('.')[1])));
  }));
  return { en, 'zh-CN': chinese };
}

/**
 * Where the layout engine puts the graphs of the first scenes, folded as they are and with all that is folded open; scenes of the same structure share their places.
 * @param {import('../exports.js').Subject} subject @param {import('../../i18n.js').Translate} translate @param {import('../../stage/fold.js').Folds} folds
 */
async function placesOf({ trace, cursor, layout }, translate, folds) {
  const noted = new Noted(layout);
  const tools = { measure: measureWithCanvas(), layout: noted, translate: (/** @type {string} */ key, /** @type {any} */ given) => translate(key, given), kind: /** @type {const} */ ('teaching') };
  const { cursor: before } = trace;
  const scenes = new Set([...trace.scenes.slice(0, MOST_PLACED), trace.scenes[trace.sceneAt(cursor)]]);
  for (const scene of scenes) {
    const { graph } = await sceneOf(trace, scene, { ...tools, folds });
    const closed = graph.badges.some((badge) => badge.fold !== undefined);
    if (closed) await sceneOf(trace, scene, { ...tools, folds: { open: new Set(graph.groups?.map(({ key }) => key)), closed: new Set() } });
  }
  trace.at(before);
  return [...noted.found];
}

/** One of our own files, by its path in static/. @param {string} path @param {import('../exports.js').Subject} subject */
async function text(path, subject) {
  const answer = await fetch(new URL(path, STATIC));
  if (!answer.ok) throw new Error(subject.t('export.failed', { format: 'html' }));
  return answer.text();
}

/** Text as it stands in markup. @param {string} words */
function escaped(words) {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
