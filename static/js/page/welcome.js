import { html, need } from './dom.js';
import { onLanguage, t } from './language.js';
import { recall, remember } from './preferences.js';

const GREETED = 'greeted';

/**
 * On a first visit: what can be done here, at the button that does it. It goes once a person has begun, and does not come again.
 * @param {import('./workbench.js').Workbench} bench
 */
export function welcome({ page }) {
  const { source, lessons } = page.value;
  if (recall(GREETED) !== null || source !== lessons[0]?.program) return;
  const title = html('p', { class: 'welcome-title' });
  const text = html('p', { class: 'welcome-text' });
  const close = html('button', { type: 'button', class: 'button', onclick: leave });
  const element = html('div', { class: 'welcome' }, title, text, close);

  function leave() {
    const { activeElement } = document;
    remember(GREETED, 'yes');
    element.remove();
    forget();
    document.removeEventListener('pointerdown', pass);
    if (activeElement === close) need('[data-action="play"]').focus();
  }
  /** It lies over the program: who turns to anything else has begun. @param {Event} event */
  function pass({ target }) {
    if (target instanceof Node && !element.contains(target)) leave();
  }
  document.addEventListener('pointerdown', pass);
  const forget = page.subscribe((_, changed) => {
    if (['playing', 'cursor', 'trace', 'source', 'present', 'view', 'display'].some((name) => changed.has(/** @type {any} */ (name)))) leave();
  });
  onLanguage(label);
  label();
  need('.timeline').prepend(element);

  function label() {
    title.textContent = t('welcome.title');
    text.textContent = t('welcome.text');
    close.textContent = t('welcome.close');
  }
}
