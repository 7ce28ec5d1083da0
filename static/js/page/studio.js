import { NO_FOLDS } from '../stage/fold.js';
import { Layout } from '../stage/layout.js';
import { createStage } from '../stage/stage.js';
import { Steered } from '../stage/together.js';
import { createActions } from './actions.js';
import { createButtons } from './buttons.js';
import { namesOf } from './completion.js';
import { copyHyphens } from './copying.js';
import { createDividers } from './divider.js';
import { need } from './dom.js';
import { listenForKeys } from './keys.js';
import { t } from './language.js';
import { note } from './notes.js';
import { loadOps } from './ops.js';
import { createPresenting } from './presenting.js';
import { createPrinting } from './printing.js';
import { createPage } from './session.js';
import { followSystem, showTheme } from './theme.js';
import { createToolbar } from './toolbar.js';
import { createViews } from './views.js';
import { welcome } from './welcome.js';
import { createWorkbench } from './workbench.js';

/**
 * @typedef {{editor: import('./editor.js').Editor, lessons: import('./lessons.js').Lesson[], language: import('../i18n.js').Language, theme: import('./theme.js').Theme,
 *   handle: ReturnType<typeof import('./handle.js').createHandle>}} Given
 */

/**
 * Everything around the editor, put together: stage, timeline, panels, keys. The editor stands already and may have been typed into.
 * @param {Given} given
 */
export function createStudio({ editor, lessons, language, theme, handle }) {
  const page = createPage({ language, theme });
  const stage = createStage(need('#stage'), { layout: new Steered(new Layout()), translate: (key, args) => t(key, /** @type {Record<string, string | number>} */ (args)), source: () => page.value.ran, brief: () => bench.tellsErrors(), folds: NO_FOLDS, form: 'suited', onHover: (tensor) => bench.hint(tensor), onOpen: (fold) => void bench.folding.set([fold], false), onSelect: (tensor) => bench.select(tensor), onZoom: (scale) => toolbar.showZoom(scale) });
  stage.view('gradients');
  const bench = createWorkbench({
    page, stage, editor, openExports: () => void import('./export-dialog.js').then(({ openExport }) => openExport(bench, stage)),
    openHelp: () => void import('./help.js').then(({ openHelp }) => openHelp(actions)),
  });
  const actions = createActions(bench);
  const toolbar = createToolbar({ bench, buttons: createButtons(actions, page), actions, stage });
  listenForKeys(actions);
  page.set({ lessons });
  createPresenting(bench);
  createPrinting(bench, stage);
  createDividers();
  copyHyphens();
  const { origins } = document.documentElement.dataset;
  if (origins !== undefined) void import('./embedding.js').then(({ createEmbedding }) => createEmbedding({ handle, page, allowed: origins.split(' ').filter(Boolean) }));
  followSystem((next) => {
    showTheme(next);
    page.set({ theme: next });
  });

  return {
    bench,
    stage,
    /** Takes the program that stands in the editor, and runs it unless it came with a link. @param {import('./link.js').Link | null | undefined} link undefined: it could not be read */
    async open(link) {
      const ops = await loadOps().catch(() => new Map());
      editor.offer(namesOf([...ops.values()]));
      createViews({ bench, editor, ops, toolbar });
      if (link === undefined) note(t('link.broken'), 'fault');
      const given = link ? link.source : lessons[0]?.program;
      page.set({ source: editor.source(), lesson: lessons.find((lesson) => lesson.program === given) ?? null });
      if (link) bench.waitForRun(link);
      else if (given !== undefined) {
        await bench.run(undefined, { at: Infinity });
        welcome(bench);
      }
    },
  };
}
