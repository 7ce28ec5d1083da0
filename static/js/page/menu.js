import { fill, html } from './dom.js';
import { icon } from './icons.js';

/**
 * @typedef {{id: string, label: string, icon?: import('./icons.js').IconName, checked?: boolean, keys?: string, lang?: string, attributes?: Record<string, string>, run: () => unknown} | 'rule'} Item
 * @typedef {{element: HTMLElement, open: () => void, close: () => void}} Menu
 */

/**
 * A button that opens a list of commands. Arrow keys walk, Escape closes and gives the focus back.
 * @param {{button: HTMLButtonElement, items: () => Item[], opens?: 'down' | 'up'}} options
 * @returns {Menu}
 */
export function createMenu({ button, items, opens = 'down' }) {
  const list = html('div', { class: 'menu-list', role: 'menu', hidden: true });
  const element = html('div', { class: 'menu', 'data-opens': opens }, button, list);
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');

  const entries = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll('[role^="menuitem"]')]);

  function close() {
    if (list.hidden) return;
    const focused = list.contains(document.activeElement);
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (focused) button.focus();
  }

  function open() {
    fill(list, items().map((item) => (item === 'rule' ? html('div', { class: 'menu-rule', role: 'separator' }) : entry(item, close))));
    list.setAttribute('aria-label', button.getAttribute('aria-label') ?? button.textContent ?? '');
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    (entries().find((one) => one.getAttribute('aria-checked') === 'true') ?? entries()[0])?.focus();
  }

  button.addEventListener('click', () => (list.hidden ? open() : close()));
  document.addEventListener('pointerdown', (event) => {
    if (event.target instanceof Node && !element.contains(event.target)) close();
  });
  element.addEventListener('focusout', (event) => {
    if (event.relatedTarget instanceof Node && !element.contains(event.relatedTarget)) close();
  });
  element.addEventListener('keydown', (event) => {
    if (list.hidden) {
      if (event.key === 'ArrowDown' && event.target === button) {
        event.preventDefault();
        open();
      }
      return;
    }
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (next !== undefined) all[next]?.focus();
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { element, open, close };
}

/** @param {Exclude<Item, 'rule'>} item @param {() => void} close */
function entry(item, close) {
  const choice = item.checked !== undefined;
  return html('button', {
    type: 'button', class: 'menu-item', role: choice ? 'menuitemradio' : 'menuitem', tabindex: -1, 'aria-checked': choice ? String(item.checked) : null,
    'data-item': item.id, ...item.attributes,
    onclick: () => {
      close();
      item.run();
    },
  },
  item.icon ? icon(item.icon) : null,
  html('span', { lang: item.lang ?? null }, item.label),
  item.keys ? html('span', { class: 'menu-item-keys', 'aria-hidden': 'true' }, item.keys) : null,
  choice ? html('span', { class: 'menu-item-keys', 'data-check': '' }, icon('check')) : null);
}
