import { plainFolds } from '../stage/fold.js';
import { isTight } from './session.js';
import { preferredTheme, showTheme } from './theme.js';

/** A clicker's keys steer the picture, not the button that was pressed; who came by keys sees where the focus went. */
function leaveButton(/** @type {() => void} */ focus) {
  const button = document.activeElement;
  if (button instanceof HTMLElement && !button.matches(':focus-visible')) button.blur();
  else focus();
}

/**
 * What a teacher does in front of a class: presenting, a dark screen, the pointer's light, notes in a second window, a sheet on paper.
 * @param {import('./session.js').PageStore} page @param {{refresh: () => void, open: () => void, focus: () => void}} stage
 * @param {{folds: import('../stage/fold.js').Folds}} folding
 */
export function createRoom(page, stage, folding) {
  return {
    /** Presenting takes the projector's colours and sizes, unless dark was chosen, the whole width, and the focus, so that a clicker works at once; afterwards the theme is what it was. */
    togglePresent() {
      const present = !page.value.present;
      page.set({ present, blank: false, spotlight: false });
      const theme = present && page.value.theme !== 'dark' ? 'projector' : preferredTheme();
      showTheme(theme);
      page.set({ theme, sideFolded: present || isTight(theme) });
      stage.refresh();
      if (present) leaveButton(stage.focus);
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
