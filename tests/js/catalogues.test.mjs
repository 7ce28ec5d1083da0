import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';

import { LANGUAGES, PARTS } from '../../static/js/i18n.js';
import { speak } from './catalogues.mjs';

/** The names of a text's placeholders. @param {string} text */
const placeholders = (text) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((found) => found[1]))].sort();

for (const part of PARTS) {
  test(`${part}.json says the same things in every language`, () => {
    for (const language of LANGUAGES) {
      assert.ok(existsSync(new URL(`../../static/locales/${language}/${part}.json`, import.meta.url)), `${language}/${part}.json`);
    }
    const [english, chinese] = LANGUAGES.map((language) => speak(language, part).texts);
    assert.deepEqual(Object.keys(chinese), Object.keys(english));
    for (const key of Object.keys(english)) {
      assert.match(key, /^\w+\./, 'by its first word the one file knows which texts it needs');
      assert.deepEqual(placeholders(chinese[key]).filter((name) => name !== 'count'), placeholders(english[key]).filter((name) => name !== 'count'), key);
      assert.notEqual(chinese[key].trim(), '', key);
      assert.notEqual(english[key].trim(), '', key);
    }
  });
}
