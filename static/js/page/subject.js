import { isBroken } from '../state/overwriting.js';
import { Translator } from '../i18n.js';
import { t, translator } from './language.js';
import { writeLink } from './link.js';
import { note } from './notes.js';
import { graphKind } from './session.js';

/**
 * What a file is made of: the run on show, and where it came from.
 * @param {import('./workbench.js').Workbench} bench
 * @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 * @returns {import('./exports.js').Subject}
 */
export function subjectOf(bench, stage) {
  const { trace, cursor, ran, run, lesson, language } = bench.page.value;
  return {
    trace, cursor, source: ran, run, layout: stage.layout, form: stage.form, t,
    title: lesson && lesson.program.trim() === ran.trim() ? lesson.title[language] : isBroken(ran) ? `Gradlight · ${t('overwrite.mark')}` : 'Gradlight',
    translate: translateIn,
    async ops() {
      const answer = await fetch('/api/ops');
      return (await answer.json()).ops;
    },
    link: (at = cursor) => writeLink({ source: ran }, { ...bench.place(), cursor: at }).then((fragment) => new URL(`/${fragment}`, location.href).href).catch(() => ''),
    tell: note,
    onShow: ({ at = cursor, theme, view, show, kind, folds, language: asked }) => {
      const now = bench.page.value;
      const same = show === undefined && stage.standing && now.trace === trace && now.cursor === at && now.view !== 'table' && [now.theme, now.display, now.language].join() === [theme, view, asked].join()
        && kind === graphKind(now) && folds === bench.folding.folds;
      if (trace.steps[trace.stepAt(at)].kind === 'error' && bench.tellsErrors()) return null; // whose words stand beside the stage, and not beside a figure
      return same ? stage : null;
    },
  };
}

/** The page's texts in a language, which need not be the page's own. @param {string} language @returns {Promise<import('../i18n.js').Translate>} */
async function translateIn(language) {
  if (language === translator.language) return t;
  const other = new Translator();
  await other.use(/** @type {import('../i18n.js').Language} */ (language));
  return other.t;
}

/**
 * What is not asked for is as it is on show.
 * @param {import('./workbench.js').Workbench} bench @param {Partial<import('./exports.js').Options>} [asked]
 * @returns {import('./exports.js').Options}
 */
export function optionsOf(bench, asked = {}) {
  const { display, theme, language } = bench.page.value;
  return { view: display, theme, language, kind: graphKind(bench.page.value), folds: bench.folding.folds, ...asked };
}
