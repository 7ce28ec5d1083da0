import { beforePaint, fill, html, need } from './dom.js';
import { icon } from './icons.js';
import { keyText } from './keys.js';
import { onLanguage, OWN_NAMES, t } from './language.js';
import { createMenu } from './menu.js';
import { note } from './notes.js';
import { tellPointing } from './resting.js';
import { SPEEDS } from './session.js';
import { THEMES } from './theme.js';

/** @typedef {import('./menu.js').Item} Item */

const THEME_ICONS = /** @type {const} */ ({ light: 'sun', dark: 'moon', projector: 'projector' });

/**
 * The buttons and menus of the bar, the lesson switcher, the zoom group and the transport.
 * @param {{bench: import('./workbench.js').Workbench, buttons: import('./buttons.js').Buttons, actions: import('./actions.js').Action[], stage: any}} parts
 */
export function createToolbar({ bench, buttons, actions, stage }) {
  const { page } = bench;
  const { button, playButton } = buttons;
  /** @param {string} name @param {...Node} children */
  const slot = (name, ...children) => fill(need(`[data-slot="${name}"]`), children);

  const themeItems = () => THEMES.map((theme) => /** @type {Item} */ ({
    id: theme, label: t(`theme.${theme}`), icon: THEME_ICONS[theme], checked: page.value.theme === theme, run: () => bench.set('theme', theme),
  }));
  const languageItems = () => /** @type {const} */ (['en', 'zh-CN']).map((language) => /** @type {Item} */ ({
    id: language, label: OWN_NAMES[language].name, lang: language, checked: page.value.language === language, run: () => bench.set('language', language),
  }));
  /** @param {string} id @returns {Item} */
  const actionItem = (id) => {
    const action = actions.find((one) => one.id === id);
    return { id, label: t(`action.${id}`), icon: action?.icon, keys: keyText(action?.keys[0] ?? ''), run: () => action?.run() };
  };

  const themeButton = html('button', { type: 'button', class: 'button', 'data-icon-only': true });
  const themeMenu = createMenu({ button: themeButton, items: themeItems });
  const languageButton = html('button', { type: 'button', class: 'button', 'data-menu': 'language' });
  const languageMenu = createMenu({ button: languageButton, items: languageItems });
  const moreButton = html('button', { type: 'button', class: 'button', 'data-icon-only': true }, icon('more'));
  const moreMenu = createMenu({
    button: moreButton,
    items: () => [
      .../** @type {const} */ (['values', 'gradients', 'shapes']).map((display) => /** @type {Item} */ ({
        id: display, label: t(`action.display-${display}`), checked: page.value.display === display, run: () => bench.set('view', display),
      })),
      'rule', ...themeItems(), 'rule', ...languageItems(), 'rule', actionItem('backward-graph'), actionItem('forward-mode'), actionItem('table'), actionItem('predict'), actionItem('queue'), actionItem('find'), actionItem('print'), actionItem('present'), actionItem('notes'), actionItem('share'), actionItem('help'),
    ],
  });

  const display = html('div', { class: 'segments', role: 'group' }, ...['values', 'gradients', 'shapes'].map((name) => button(`display-${name}`, { text: true })));
  slot('display', display);
  slot('theme', themeMenu.element);
  slot('language', languageMenu.element);
  slot('present', button('present', { text: true }));
  slot('share', button('share'));
  slot('export', button('export', { text: true }));
  slot('help', button('help'));
  slot('more', moreMenu.element);
  const stopButton = button('stop', { text: true });
  stopButton.hidden = true;
  slot('run', stopButton, button('run', { text: true, key: true, primary: true }));

  const foldAll = button('fold-all');
  foldAll.hidden = true;
  const zoomText = html('button', { type: 'button', class: 'button zoom-share', 'aria-hidden': 'true', tabindex: -1, onclick: () => bench.fit() }, '100%');
  slot('zoom', html('div', { class: 'segments', role: 'group', 'data-views': true }, button('teaching-graph'), button('backward-graph', { word: 'grad_fn' }), button('forward-mode'), button('table')), html('span', { class: 'tool-rule' }), button('zoom-out'), zoomText, button('zoom-in'), button('fit'), foldAll, button('keep-run'), button('queue'), html('div', { class: 'tool-folds' }, html('span', { class: 'tool-rule' }), button('fold'), button('fold-side')));

  const tools = need('.stage-tools');
  const region = need('.stage-region');
  tools.addEventListener('focusin', () => region.toggleAttribute('data-tools', true));
  tools.addEventListener('focusout', () => region.toggleAttribute('data-tools', false));
  tellPointing(region, tools);
  new ResizeObserver(() => region.style.setProperty('--tools-width', `${tools.offsetWidth}px`)).observe(tools);

  const speedButton = html('button', { type: 'button', class: 'button speed' });
  const speedMenu = createMenu({
    button: speedButton, opens: 'up',
    items: () => [...SPEEDS].reverse().map((speed) => ({ id: String(speed), label: t('speed.value', { speed }), checked: page.value.speed === speed, run: () => bench.set('speed', speed) })),
  });
  slot('transport', button('first'), button('step-back'), playButton(), button('step-forward'), button('last'), speedMenu.element, button('find'), button('predict'));

  const lessonText = html('span', { class: 'lesson-open-text' });
  const lessonButton = html('button', { type: 'button', class: 'button lesson-open', 'data-action': 'lessons', onclick: () => bench.openLessons() }, icon('book'), lessonText, icon('chevron'));
  const previous = html('button', { type: 'button', class: 'button', 'data-icon-only': true, onclick: () => bench.neighbourLesson(-1) }, icon('back'));
  const next = html('button', { type: 'button', class: 'button', 'data-icon-only': true, onclick: () => bench.neighbourLesson(1) }, icon('forward'));
  slot('lessons', lessonButton, previous, next);

  const bar = need('.bar');
  /** How far the row reaches, with the room beside it: what lies in a padding does not count as overflow. @param {HTMLElement} row */
  const endOf = (row) => Math.round(Math.max(...[...row.children].map((one) => one.getBoundingClientRect().right)) + Number.parseFloat(getComputedStyle(row).paddingRight) - row.getBoundingClientRect().left);
  /** One row always: what does not fit moves into the menu. */
  function fitBar() {
    bar.removeAttribute('data-compact');
    bar.toggleAttribute('data-compact', endOf(bar) > bar.clientWidth);
  }
  const fitSoon = beforePaint(fitBar);
  new ResizeObserver(fitBar).observe(bar);
  document.fonts.ready.then(fitBar);
  document.fonts.addEventListener('loadingdone', fitBar);

  /** The lesson's name, marked where its program was changed. */
  function nameLesson() {
    const { language, lesson, source } = page.value;
    const own = !lesson || source.trim() !== lesson.program.trim();
    const text = lesson ? `${lesson.title[language]}${own ? ' *' : ''}` : '';
    const title = need('[data-lesson-title]');
    if (title.textContent === text) return;
    title.textContent = text;
    fitSoon();
  }

  /** Texts and signs of everything that is no action. */
  function refresh() {
    const { theme, language, speed, lesson, lessons } = page.value;
    fill(themeButton, [icon(THEME_ICONS[theme])]);
    named(themeButton, t('choice.label', { name: t('theme.label'), chosen: t(`theme.${theme}`) }));
    fill(languageButton, [icon('language'), html('span', { lang: language }, OWN_NAMES[language].short)]);
    named(languageButton, t('choice.label', { name: t('language.label'), chosen: OWN_NAMES[language].short }));
    named(moreButton, t('more.label'));
    speedButton.textContent = t('speed.value', { speed });
    speedButton.title = t('speed.label');
    speedButton.setAttribute('aria-label', `${t('speed.label')} ${t('speed.value', { speed })}`);
    display.setAttribute('aria-label', t('display.label'));
    need('[data-views]').setAttribute('aria-label', t('views.label'));
    need('[data-slot="zoom"]').setAttribute('aria-label', t('zoom.label'));

    const at = lesson ? lessons.indexOf(lesson) : -1;
    const title = lesson ? lesson.title[language] : t('lessons.own');
    lessonText.textContent = title;
    lessonButton.setAttribute('aria-label', t('lessons.open', { title }));
    named(previous, t('lessons.previous'));
    named(next, t('lessons.next'));
    previous.disabled = at <= 0;
    next.disabled = lessons.length === 0 || at === lessons.length - 1;
    nameLesson();
    fitSoon();
  }
  page.subscribe((value, changed) => {
    if (changed.has('status') || changed.has('cursor') || changed.has('folds')) foldAll.hidden = !bench.folding.possible;
    if (changed.has('slow') && stopButton.hidden === value.slow) {
      if (!value.slow && document.activeElement === stopButton) need('[data-action="run"]').focus();
      stopButton.hidden = !value.slow;
      fitSoon();
    }
    if (['theme', 'present', 'language', 'speed', 'lesson', 'lessons'].some((name) => changed.has(/** @type {any} */ (name)))) refresh();
    else if (changed.has('source')) nameLesson();
    if (changed.has('trace')) fitSoon();
  });
  onLanguage(refresh);
  refresh();

  return {
    pinButton: html('span', { class: 'inspector-buttons' }, button('run-to-node'), button('pin')),
    /** @param {number} scale */
    showZoom(scale) {
      zoomText.textContent = `${Math.round(scale * 100)}%`;
    },
  };
}

/** @param {HTMLElement} element @param {string} label */
function named(element, label) {
  element.setAttribute('aria-label', label);
  element.title = label;
}
