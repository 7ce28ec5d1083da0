import { assign } from '../stage/svg.js';
import { html, fill } from './dom.js';
import { icon } from './icons.js';
import { keyText } from './keys.js';
import { onLanguage, t } from './language.js';

/** @typedef {import('./actions.js').Action} Action */
/** @typedef {ReturnType<typeof createButtons>} Buttons */

/**
 * Buttons made from actions, kept true to their state and language.
 * @param {Action[]} actions @param {import('./session.js').PageStore} page
 */
export function createButtons(actions, page) {
  const byId = new Map(actions.map((action) => [action.id, action]));
  /** What follows the page, and what the language alone. @type {Set<() => void>} */
  const states = new Set();
  /** @type {Set<() => void>} */
  const names = new Set();
  page.subscribe(() => states.forEach((tell) => tell()));
  onLanguage(() => names.forEach((name) => name()));

  /**
   * @param {string} id
   * @param {{text?: boolean, word?: string, key?: boolean, primary?: boolean, menu?: boolean}} [look] `text` shows the label, `word` a name of code beside the icon, `key` the first key; a click on
   *   a `menu` button is its menu's affair
   */
  function button(id, { text = false, word = '', key = false, primary = false, menu = false } = {}) {
    const action = byId.get(id);
    if (!action) throw new Error(`There is no action ${id}.`);
    const element = html('button', {
      type: 'button', class: 'button', 'data-action': id, 'data-primary': primary, 'data-icon-only': !text && word === '',
      onclick: menu ? null : () => action.run(),
    });
    const name = () => {
      const label = t(`action.${id}`);
      const keys = action.keys.length > 0 ? keyText(action.keys[0]) : '';
      fill(element, [
        text && action.group === 'view' && id.startsWith('display-') ? null : primary && id === 'run' ? null : icon(action.icon),
        text ? html('span', { class: 'button-text' }, label) : null,
        word === '' ? null : html('code', { class: 'button-text' }, word),
        key && keys ? html('kbd', {}, keys) : null,
      ]);
      assign(element, { title: keys ? `${label} (${keys})` : label, 'aria-label': text ? null : label });
    };
    const tell = () => {
      if (action.pressed) assign(element, { 'aria-pressed': String(action.pressed()) });
      else if (action.enabled) assign(element, { 'aria-disabled': String(!action.enabled()) });
    };
    names.add(name);
    states.add(tell);
    name();
    tell();
    return element;
  }

  /** One button that plays or pauses, so that the focus stays while its meaning turns. */
  function playButton() {
    const element = html('button', { type: 'button', class: 'button play-button' });
    element.addEventListener('click', () => byId.get(page.value.playing ? 'pause' : 'play')?.run());
    const name = () => {
      const id = page.value.playing ? 'pause' : 'play';
      const label = t(`action.${id}`);
      element.dataset.action = id;
      fill(element, [icon(id)]);
      assign(element, { title: `${label} (${keyText(' ')})`, 'aria-label': label });
    };
    names.add(name);
    states.add(() => {
      if (element.dataset.action !== (page.value.playing ? 'pause' : 'play')) name();
    });
    name();
    return element;
  }

  return { button, playButton };
}
