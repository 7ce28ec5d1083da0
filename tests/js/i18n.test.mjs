import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fill, nearest, PARTS, Translator } from '../../static/js/i18n.js';

test('placeholders are filled, plurals chosen, and what is missing stays to be seen', () => {
  const cases = [
    ['{name} is {value}', { name: 'x', value: 3 }, 'x is 3'],
    ['{count} {count|step|steps}', { count: 1 }, '1 step'],
    ['{count} {count|step|steps}', { count: 0 }, '0 steps'],
    ['共 {count} 步', { count: 2 }, '共 2 步'],
    ['{name} and {other}', { name: 'x' }, 'x and {other}'],
    ['{toString}', {}, '{toString}'],
    ['{name}', { name: '{value}', value: 1 }, '{value}'],
  ];
  for (const [text, args, expected] of cases) assert.equal(fill(text, args), expected);
});

test('the nearest language is found in the order a person prefers', () => {
  const cases = [[['zh-TW', 'en'], 'zh-CN'], [['en-GB', 'zh'], 'en'], [['fr', 'zh-Hans-CN'], 'zh-CN'], [['fr'], 'en'], [[], 'en']];
  for (const [wanted, expected] of cases) assert.equal(nearest(wanted), expected);
});

test('the language changes without a reload and listeners are told', async () => {
  const texts = { en: { 'page.run': 'Run' }, 'zh-CN': { 'page.run': '运行' } };
  const asked = [];
  const translator = new Translator(async (language, part) => {
    asked.push(`${language}/${part}`);
    return part === 'page' ? texts[language] : {};
  });
  const heard = [];
  const stop = translator.onChange((language) => heard.push([language, translator.t('page.run')]));
  await translator.use('en');
  await translator.use('zh-CN');
  stop();
  await translator.use('en');
  assert.deepEqual(heard, [['en', 'Run'], ['zh-CN', '运行']]);
  assert.equal(translator.t('page.run'), 'Run');
  assert.equal(translator.t('page.none'), 'page.none', 'a missing key shows itself');
  assert.equal(asked.length, 2 * PARTS.length, 'each file is read once');
});

test('of two changes asked for at once the later one counts', async () => {
  const gates = {};
  const translator = new Translator((language) => new Promise((resolve) => (gates[language] ??= []).push(resolve)));
  const first = translator.use('zh-CN');
  const second = translator.use('en');
  for (const open of gates.en) open({ key: 'English' });
  await second;
  for (const open of gates['zh-CN']) open({ key: '中文' });
  await first;
  assert.equal(translator.t('key'), 'English');
});
