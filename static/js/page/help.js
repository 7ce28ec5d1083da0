import { openDialog } from './dialog.js';
import { html } from './dom.js';
import { keyText, lettersAreOn, switchLetters } from './keys.js';
import { t } from './language.js';

const GROUPS = /** @type {const} */ (['time', 'program', 'view', 'take']);

/** The sheet of all keys, made from the list of actions. @param {import('./actions.js').Action[]} actions */
export function openHelp(actions) {
  openDialog({
    title: t('help.title'),
    kind: 'help',
    body: (close) => {
      const letters = html('input', { type: 'checkbox', id: 'letters', onchange: () => switchLetters(letters.checked) });
      letters.checked = lettersAreOn();
      return [
        html('div', { class: 'sheet' }, ...GROUPS.map((group) => html('section', { class: 'sheet-group' },
          html('h3', {}, t(`help.${group}`)),
          ...actions.filter((action) => action.group === group).map((action) => html('div', { class: 'sheet-row' },
            html('button', {
              type: 'button', class: 'sheet-action',
              onclick: () => {
                close();
                action.run();
              },
            }, t(`action.${action.id}`)),
            html('span', { class: 'sheet-keys' }, ...action.keys.map((key) => html('kbd', { class: 'key' }, keyText(key))), action.digits ? html('kbd', { class: 'key' }, '0–9') : null)))))),
        html('p', { class: 'sheet-note' }, html('label', { class: 'check', for: 'letters' }, letters, ' ', t('help.letters'))),
        html('p', { class: 'sheet-note' }, t('help.where')),
      ];
    },
  });
}
