import { lendChinese } from '../stage/fonts.js';
import { fill, html, need } from './dom.js';
import { isLanguage, labelTemplate, preferredLanguage, speak, t } from './language.js';
import { CHANNEL } from './presenting.js';

/** The presenter's own window: what is shown, the notes to it, what comes next, and the time since it was opened. */
const channel = new BroadcastChannel(CHANNEL);
const started = performance.now();
/** @type {[string, string, number][]} */
const BUTTONS = [['step-back', 'step', -1], ['step-forward', 'step', 1], ['blank', 'blank', 0]];
const KEYS = new Map([['ArrowRight', 1], ['PageDown', 1], [' ', 1], ['ArrowLeft', -1], ['PageUp', -1]]);

function label() {
  labelTemplate();
  fill(need('[data-buttons]'), BUTTONS.map(([action, ask, by]) => html('button', { type: 'button', class: 'button', onclick: () => channel.postMessage({ ask, by }) }, t(`action.${action}`))));
}

void lendChinese();
await speak(preferredLanguage());
label();
channel.addEventListener('message', async ({ data }) => {
  if (data?.tell !== 'step') return;
  if (isLanguage(data.language) && data.language !== document.documentElement.lang) {
    await speak(data.language);
    label();
  }
  for (const name of ['title', 'now', 'note', 'next', 'place']) need(`[data-${name}]`).textContent = String(data[name] ?? '');
});
addEventListener('keydown', (event) => {
  const by = KEYS.get(event.key);
  if (event.target instanceof HTMLButtonElement && event.key === ' ') return;
  if (by !== undefined) channel.postMessage({ ask: 'step', by });
  else if (event.key === 'b') channel.postMessage({ ask: 'blank', by: 0 });
  else return;
  event.preventDefault();
});
setInterval(() => {
  const seconds = Math.floor((performance.now() - started) / 1000);
  need('[data-clock]').textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}, 1000);
channel.postMessage({ ask: 'tell', by: 0 });
