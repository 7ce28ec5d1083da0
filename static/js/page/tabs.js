import { html, need } from './dom.js';
import { onLanguage, t } from './language.js';

/** @typedef {'program' | 'inspector' | 'leaves' | 'plots' | 'modes' | 'differences'} Tab */

/** @type {readonly Tab[]} */
const TABS = ['program', 'inspector', 'leaves', 'plots', 'modes', 'differences'];
const NARROW = matchMedia('(max-width: 899px)');

/**
 * The tabs of the side panel; on a narrow page the program is one of them.
 * @param {import('./session.js').PageStore} page
 */
export function createTabs(page) {
  const list = need('[data-tabs]');
  const tabs = TABS.map((name) => html('button', { type: 'button', class: 'tab', role: 'tab', id: `tab-${name}`, 'aria-controls': name, onclick: () => page.set({ tab: name }) }));
  list.append(...tabs);
  list.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const seen = tabs.filter((tab) => tab.offsetParent !== null);
    const next = seen[(seen.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) + by + seen.length) % seen.length];
    next?.focus();
    next?.click();
    event.preventDefault();
    event.stopPropagation();
  });

  function show() {
    const { tab } = page.value;
    need('.workbench').dataset.tab = tab;
    need('.workbench').toggleAttribute('data-aside', tab !== 'program' && tab !== 'inspector');
    for (const panel of document.querySelectorAll('.side-panel')) panel.toggleAttribute('data-open', panel.id === tab);
    for (const one of tabs) {
      const open = one.id === `tab-${tab}`;
      one.setAttribute('aria-selected', String(open));
      one.tabIndex = open ? 0 : -1;
      if (open) reveal(one);
    }
  }
  /** Sideways only: the page itself stays where it is. @param {HTMLElement} one */
  function reveal(one) {
    const list = /** @type {HTMLElement} */ (one.parentElement);
    const left = one.offsetLeft - list.offsetLeft;
    list.scrollLeft = Math.min(left, Math.max(list.scrollLeft, left + one.offsetWidth - list.clientWidth));
  }
  const label = () => tabs.forEach((tab) => (tab.textContent = t(`tab.${tab.id.slice(4)}`)));
  const fit = () => {
    if (!NARROW.matches && page.value.tab === 'program') page.set({ tab: 'inspector' });
  };
  page.subscribe((_, changed) => {
    if (changed.has('tab')) show();
  });
  onLanguage(label);
  NARROW.addEventListener('change', fit);
  label();
  show();
  if (NARROW.matches) page.set({ tab: 'program' });
}
