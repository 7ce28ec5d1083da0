import { plainFolds } from '../stage/fold.js';
import { isTight } from './session.js';
import { preferredTheme, showTheme } from './theme.js';

/**
 * What a teacher does in front of a class: presenting, a dark screen, the pointer's light, notes in a second window, a sheet on paper.
 * @param {import('./session.js').PageStore} page @param {{refresh: () => void, open: () => void}} stage
 * @param {{folds: import('../stage/fold.js').Folds}} folding
 */
export function createRoom(page, stage, folding) {
  return {
    /** Presenting takes the projector's colours and sizes, unless dark was chosen, and the whole width; afterwards the theme is what it was. */
    togglePresent() {
      const present = !page.value.present;
      page.set({ present, blank: false, spotlight: false });
      const theme = present && page.value.theme !== 'dark' ? 'projector' : preferredTheme();
      showTheme(theme);
      page.set({ theme, sideFolded: present || isTight(theme) });
      stage.refresh();
      requestAnimationFrame(() => stage.open());
    },
    toggleBlank: () => page.set({ blank: !page.value.blank }),
    toggleSpotlight: () => page.set({ spotlight: !page.value.spotlight }),
    openNotes() {
      open(`/presenter?lang=${page.value.language}`, 'gradlight-presenter', 'popup,width=720,height=560');
    },
    /** A sheet to print: program, graph, blanks to fill in, and the answers on the last page. */
    openHandout() {
      const { run, language } = page.value;
      if (run !== null) open(`/handout?run=${encodeURIComponent(run)}&lang=${language}#${encodeURIComponent(JSON.stringify(plainFolds(folding.folds)))}`, 'gradlight-handout');
    },
    async toggleFullScreen() {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen?.();
    },
  };
}
