import { seedsIn } from '../state/tangents.js';
import { graphKind } from './session.js';

/**
 * Which of its faces the graph shows, at the same step: the teaching graph, as it is or in forward mode, PyTorch's own backward graph, or the table.
 * @param {import('./session.js').PageStore} page @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 */
export function createViewing(page, stage) {
  const viewing = {
    /** @param {import('./session.js').Page['view']} view */
    async showView(view) {
      const region = document.querySelector('.stage-region');
      const within = region?.contains(document.activeElement) && !document.activeElement?.closest('.stage-tools');
      page.set({ view });
      // What had the keys is hidden now: they go to what stands in its place.
      if (within) /** @type {HTMLElement | null | undefined} */ (region?.querySelector(view === 'table' ? '.table-view' : '.stage-picture'))?.focus();
      if (view !== 'table') await stage.graph(graphKind(page.value));
      stage.select(page.value.selected);
    },
    /** Forward mode from a leaf, at first with its panel: from the one given, else the one selected, else the first; null ends it, and while a person predicts there is none. @param {number | null} [leaf] */
    async showForward(leaf = page.value.selected ?? page.value.seed ?? -1) {
      const { trace, cursor, view, predicting } = page.value;
      const scene = trace.sceneAt(cursor);
      const seeds = trace.last < 0 || leaf === null || predicting ? [] : trace.peek(trace.scenes[scene].to, (state) => seedsIn(state, scene));
      page.set({ ...(view === 'forward' ? {} : { tab: 'modes' }), seed: seeds.find((one) => one === leaf) ?? seeds[0] ?? null });
      await viewing.showView(seeds.length > 0 ? 'forward' : 'stage');
    },
    toggleTable: () => viewing.showView(page.value.view === 'table' ? 'stage' : 'table'),
    toggleBackward: () => viewing.showView(page.value.view === 'backward' ? 'stage' : 'backward'),
    toggleForward: () => (page.value.view === 'forward' ? viewing.showView('stage') : viewing.showForward()),
  };
  return viewing;
}
