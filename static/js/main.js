import { joinClass } from './page/classroom.js';
import { need } from './page/dom.js';
import { createEditor } from './page/editor.js';
import { createHandle } from './page/handle.js';
import { isLanguage, labelTemplate, preferredLanguage, speak, t, translator } from './page/language.js';
import { loadLessons } from './page/lessons.js';
import { readLink } from './page/link.js';
import { isTheme, preferredTheme, showTheme } from './page/theme.js';

const nonce = /** @type {HTMLScriptElement | null} */ (document.querySelector('script[nonce]'))?.nonce ?? '';

/** Numbers are shown with a true minus sign and copied with the one that programs read. */
document.addEventListener('copy', (event) => {
  const text = getSelection()?.toString() ?? '';
  if (!text.includes('−') || event.clipboardData === null || event.defaultPrevented) return;
  event.clipboardData.setData('text/plain', text.replaceAll('−', '-'));
  event.preventDefault();
});

/** The editor first, with the program in it; then everything around it. */
async function start() {
  showTheme(preferredTheme());
  void import('./stage/fonts.js').then(({ lendChinese }) => lendChinese());
  await joinClass(window);
  const asked = loadLessons().catch(() => []);
  const link = await readLink(location.hash).catch(() => undefined);
  const language = isLanguage(link?.language) && !new URLSearchParams(location.search).has('lang') ? link.language : preferredLanguage();
  const theme = isTheme(link?.theme) ? link.theme : preferredTheme();
  showTheme(theme);
  await speak(language);
  labelTemplate();
  translator.onChange(labelTemplate);

  /** @type {import('./page/workbench.js').Workbench | null} */
  let bench = null;
  const editor = await createEditor(need('[data-editor]'), {
    source: '', nonce, onChange: (source) => bench?.typed(source), onRun: () => void bench?.run(), onTurn: (on) => bench?.turn(on),
    onBreakpoints: (lines) => bench?.setBreakpoints(lines), onPoint: (place) => bench?.pointAt(place),
  });
  const name = () => editor.label(t('editor.label'));
  name();
  translator.onChange(name);
  const lessons = await asked;
  editor.replace(link?.source ?? lessons[0]?.program ?? '');

  const { createStudio } = await import('./page/studio.js');
  const studio = createStudio({ editor, lessons, language, theme, handle: window.gradlight });
  bench = studio.bench;
  await studio.open(link);
  return studio;
}

window.gradlight = createHandle(start());
