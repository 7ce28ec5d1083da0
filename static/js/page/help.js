import { openDialog } from './dialog.js';
import { html } from './dom.js';
import { keyText, lettersAreOn, switchLetters } from './keys.js';
import { t } from './language.js';

const GROUPS = /** @type {const} */ (['time', 'program', 'editor', 'view', 'take']);
/** What the editor does by itself. */
const IN_EDITOR = /** @type {const} */ ([['breakpoint', ['F9']], ['turn', ['Alt+ArrowUp', 'Alt+ArrowDown']], ['leave', ['Escape', 'Tab']]]);

/** @param {HTMLElement} what @param {readonly string[]} keys as they are shown */
function row(what, keys) {
  return html('div', { class: 'sheet-row' }, what, html('span', { class: 'sheet-keys' }, ...keys.map((key) => html('kbd', { class: 'key' }, key))));
}

/** The sheet of all keys, made from the list of actions. @param {import('./actions.js').Action[]} actions */
export function openHelp(actions) {
  openDialog({
    title: t('help.title'),
    kind: 'help',
    body: (close) => {
      const letters = html('input', { type: 'checkbox', id: 'letters', onchange: () => switchLetters(letters.checked) });
      letters.checked = lettersAreOn();
      /** @param {import('./actions.js').Action} action */
      const command = (action) => html('button', {
        type: 'button', class: 'sheet-action',
        onclick: () => {
          close();
          action.run();
        },
      }, t(`action.${action.id}`));
      /** @param {typeof GROUPS[number]} group */
      const rows = (group) => (group === 'editor' ? IN_EDITOR.map(([id, keys]) => row(html('span', {}, t(`help.editor.${id}`)), keys.map(keyText)))
        : actions.filter((action) => action.group === group).map((action) => row(command(action), [...action.keys.map(keyText), ...(action.digits ? ['0–9'] : [])])));
      return [
        html('div', { class: 'sheet' }, ...GROUPS.map((group) => html('section', { class: 'sheet-group' }, html('h3', {}, t(`help.${group}`)), ...rows(group)))),
        html('p', { class: 'sheet-note' }, html('label', { class: 'check', for: 'letters' }, letters, ' ', t('help.letters'))),
        html('p', { class: 'sheet-note' }, t('help.where')),
      ];
    },
  });
}
