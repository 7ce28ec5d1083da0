import { LANGUAGES, Translator } from '../i18n.js';
import { recall, remember } from './preferences.js';

/** @typedef {import('../i18n.js').Language} Language */

/** The page speaks with one voice. */
export const translator = new Translator();
export const t = translator.t;

/** How each language calls itself. @type {Record<Language, {name: string, short: string}>} */
export const OWN_NAMES = { en: { name: 'English', short: 'EN' }, 'zh-CN': { name: '简体中文', short: '中文' } };

/** @param {unknown} value @returns {value is Language} */
export function isLanguage(value) {
  return LANGUAGES.some((language) => language === value);
}

/** Calls back after each change of language. @param {() => void} listener */
export function onLanguage(listener) {
  return translator.onChange(listener);
}

/** `?lang`, then the saved choice, then what the server read from `Accept-Language`. @returns {Language} */
export function preferredLanguage() {
  const asked = new URLSearchParams(location.search).has('lang') ? document.documentElement.lang : null;
  for (const wish of [asked, recall('language'), document.documentElement.lang]) if (isLanguage(wish)) return wish;
  return 'en';
}

/** @param {Language} language */
export async function speak(language) {
  await translator.use(language);
  document.documentElement.lang = language;
}

/** @param {Language} language */
export async function chooseLanguage(language) {
  remember('language', language);
  await speak(language);
}

/** Texts that stand in the template: `data-text` names a text, `data-label` a label. */
export function labelTemplate() {
  for (const element of document.querySelectorAll('[data-text]')) element.textContent = t(element.getAttribute('data-text') ?? '');
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.getAttribute('data-label') ?? ''));
}
