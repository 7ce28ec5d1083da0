import { createStage } from './stage/stage.js';
import { createActions } from './page/actions.js';
import { createButtons } from './page/buttons.js';
import { namesOf } from './page/completion.js';
import { createDividers } from './page/divider.js';
import { need } from './page/dom.js';
import { createEditor } from './page/editor.js';
import { createEmbedding } from './page/embedding.js';
import { createHandle } from './page/handle.js';
import { openHelp } from './page/help.js';
import { listenForKeys } from './page/keys.js';
import { isLanguage, labelTemplate, preferredLanguage, speak, t, translator } from './page/language.js';
import { loadLessons } from './page/lessons.js';
import { readLink } from './page/link.js';
import { note } from './page/notes.js';
import { loadOps } from './page/ops.js';
import { createPresenting } from './page/presenting.js';
import { createPage } from './page/session.js';
import { followSystem, preferredTheme, showTheme } from './page/theme.js';
import { createToolbar } from './page/toolbar.js';
import { createViews } from './page/views.js';
import { createWorkbench } from './page/workbench.js';

const nonce = /** @type {HTMLScriptElement | null} */ (document.querySelector('script[nonce]'))?.nonce ?? '';

/** Numbers are shown with a true minus sign and copied with the one that programs read. */
document.addEventListener('copy', (event) => {
  const text = getSelection()?.toString() ?? '';
  if (!text.includes('−') || event.clipboardData === null || event.defaultPrevented) return;
  event.clipboardData.setData('text/plain', text.replaceAll('−', '-'));
  event.preventDefault();
});

async function start() {
  const theme = preferredTheme();
  showTheme(theme);
  const link = await readLink(location.hash).catch(() => undefined);
  const language = isLanguage(link?.language) && !new URLSearchParams(location.search).has('lang') ? link.language : preferredLanguage();
  await speak(language);
  labelTemplate();
  translator.onChange(labelTemplate);

  const page = createPage({ language, theme });
  /** @type {import('./page/editor.js').Editor | null} */
  let editor = null;
  const stage = createStage(need('#stage'), { translate: (key, args) => t(key, /** @type {Record<string, string | number>} */ (args)), source: () => page.value.ran, onSelect: (tensor) => bench.select(tensor), onZoom: (scale) => toolbar.showZoom(scale) });
  stage.view('gradients');
  const bench = createWorkbench({ page, stage, editor: () => /** @type {import('./page/editor.js').Editor} */ (editor), openHelp: () => openHelp(actions), openExports: () => toolbar.openExports() });
  const actions = createActions(bench);
  const toolbar = createToolbar({ bench, buttons: createButtons(actions, page), actions, stage });
  listenForKeys(actions);

  const [lessons, ops, made] = await Promise.all([
    loadLessons().catch(() => []),
    loadOps().catch(() => new Map()),
    createEditor(need('[data-editor]'), { source: '', nonce, onChange: (source) => bench.typed(source), onRun: () => void bench.run(), onTurn: (on) => bench.turn(on), onBreakpoints: (lines) => bench.setBreakpoints(lines) }),
  ]);
  editor = made;
  made.label(t('editor.label'));
  translator.onChange(() => made.label(t('editor.label')));
  made.offer(namesOf([...ops.values()]));
  page.set({ lessons });
  createPresenting(bench);
  if (document.documentElement.dataset.origins !== undefined) createEmbedding({ handle: window.gradlight, page, allowed: document.documentElement.dataset.origins.split(' ').filter(Boolean) });
  createDividers();
  createViews({ bench, editor: made, ops, toolbar });
  followSystem((next) => {
    showTheme(next);
    page.set({ theme: next });
  });

  if (link === undefined) note(t('link.broken'), 'fault');
  if (link) {
    bench.replace(link.source, lessons.find((lesson) => lesson.program === link.source) ?? null);
    bench.waitForRun(link.cursor);
  } else if (lessons.length > 0) {
    bench.replace(lessons[0].program, lessons[0]);
    await bench.run(undefined, { at: Infinity });
  }
  return { bench, stage };
}

window.gradlight = createHandle(start());
