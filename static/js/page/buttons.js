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
  /** @type {Set<() => void>} */
  const refreshers = new Set();
  const refresh = () => refreshers.forEach((one) => one());
  page.subscribe(refresh);
  onLanguage(refresh);

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
    const show = () => {
      const label = t(`action.${id}`);
      const keys = action.keys.length > 0 ? keyText(action.keys[0]) : '';
      if (element.dataset.shown !== label) {
        element.dataset.shown = label;
        fill(element, [
          text && action.group === 'view' && id.startsWith('display-') ? null : primary && id === 'run' ? null : icon(action.icon),
          text ? html('span', { class: 'button-text' }, label) : null,
          word === '' ? null : html('code', { class: 'button-text' }, word),
          key && keys ? html('kbd', {}, keys) : null,
        ]);
      }
      assign(element, { title: keys ? `${label} (${keys})` : label });
      if (!text) assign(element, { 'aria-label': label });
      if (action.pressed) assign(element, { 'aria-pressed': String(action.pressed()) });
      else if (action.enabled) assign(element, { 'aria-disabled': String(!action.enabled()) });
    };
    refreshers.add(show);
    show();
    return element;
  }

  /** One button that plays or pauses, so that the focus stays while its meaning turns. */
  function playButton() {
    const element = html('button', { type: 'button', class: 'button play-button' });
    element.addEventListener('click', () => byId.get(page.value.playing ? 'pause' : 'play')?.run());
    const show = () => {
      const id = page.value.playing ? 'pause' : 'play';
      const label = t(`action.${id}`);
      if (element.dataset.action !== id) {
        element.dataset.action = id;
        fill(element, [icon(id)]);
      }
      assign(element, { title: `${label} (${keyText(' ')})`, 'aria-label': label });
    };
    refreshers.add(show);
    show();
    return element;
  }

  return { button, playButton };
}
