import { readFileSync } from 'node:fs';

import { fill } from '../../static/js/i18n.js';

/** A language's texts of one part, as the page would speak them; a key without a text throws. @param {string} language @param {string} part */
export function speak(language, part) {
  const texts = JSON.parse(readFileSync(new URL(`../../static/locales/${language}/${part}.json`, import.meta.url), 'utf8'));
  const t = (key, args) => {
    if (!Object.hasOwn(texts, key)) throw new Error(`no text for ${key} in ${language}`);
    return fill(texts[key], args);
  };
  return Object.assign(t, { texts });
}
