// The script of the one-file player: our own modules and both languages' texts, as one classic script.
import en_errors from '../locales/en/errors.json';
import en_page from '../locales/en/page.json';
import en_stage from '../locales/en/stage.json';
import en_steps from '../locales/en/steps.json';
import zh_errors from '../locales/zh-CN/errors.json';
import zh_page from '../locales/zh-CN/page.json';
import zh_stage from '../locales/zh-CN/stage.json';
import zh_steps from '../locales/zh-CN/steps.json';
import { startPlayer } from '../js/player/player.js';

void startPlayer({ en: { ...en_errors, ...en_page, ...en_stage, ...en_steps }, 'zh-CN': { ...zh_errors, ...zh_page, ...zh_stage, ...zh_steps } });
