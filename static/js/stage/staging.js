/**
 * Which scene stands on the stage: it is laid out once, adopted, and looked at; all that is asked of it while it stands leaves it where it is.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./scene.js').Scene} Shown
 * @typedef {import('./change.js').Change} Change
 */
import { changeOf } from './change.js';
import { isOf, predecessor } from './predecessor.js';
import { sceneOf } from './scene.js';

/**
 * @param {import('./drawing.js').Drawing} drawing
 * @param {ReturnType<typeof import('./viewport.js').createViewport>} viewport
 * @param {{measure: import('./text.js').Measure, layout: import('./placed.js').Placing, translate: import('./picture.js').Translate, parts: import('./parts.js').Parts, form: import('./faces.js').Form | 'suited', rows: import('./rows.js').Rows}} tools
 */
export function createStaging(drawing, viewport, { form, ...tools }) {
  const { aim } = viewport;
  /** @type {Shown | null} */
  let shown = null;
  /** Items of the scene that is shown. @type {import('./picture.js').Memory} */
  let memory = new Map();
  /** The next graph is of another program, even where its tensors are called alike. */
  let renewed = false;
  /** The room is another than the graph was laid out for. */
  let moved = false;
  /** Whether the fonts, in which texts are measured, were waited for. */
  let lettered = false;

  return {
    get shown() {
      return shown;
    },
    get memory() {
      return memory;
    },
    /** Nothing is as it was drawn. */
    forget() {
      memory = new Map();
    },
    renew() {
      renewed = true;
    },
    move() {
      moved = true;
    },
    /**
     * Lays out and adopts the graph of the cursor's scene, unless it stands already.
     * @param {Trace} trace
     * @param {number} cursor
     * @param {{kind: import('./scene.js').Kind, folds: import('./fold.js').Folds | null, reduced: boolean, animate?: boolean, steady?: boolean}} how what stays travels to its new place after an edit and while playing, not where a person jumps in time
     * @param {() => boolean} wanted whether nothing else was asked for meanwhile
     * @returns {Promise<Change | null>} null where the graph is that of before
     */
    async prepare(trace, cursor, { kind, folds, reduced, animate = false, steady = false }, wanted) {
      const asked = { trace, part: trace.scenes[trace.sceneAt(cursor)], kind, folds };
      const same = isOf(shown, asked);
      if (same && !moved) return null;
      const glide = !steady && (animate || shown?.trace !== trace || shown.kind !== kind || shown.folds !== folds);
      if (!lettered) await document.fonts?.ready;
      lettered = true;
      if (!wanted()) return null;
      const made = await sceneOf(trace, asked.part, { ...tools, kind, folds, ...(form !== 'suited' ? { form } : tools.layout.joint ? { seen: null } : { seen: aim.seen, rows: aim.page() }) }, predecessor(shown, asked, steady));
      if (!wanted()) return null;
      moved = false;
      if (same && shown && standsAlike(made, shown)) return null;
      renewed ||= same;
      const old = shown;
      shown = made;
      memory = new Map();
      const stays = old?.geometry === made.geometry;
      const change = changeOf(old, made);
      if (old !== null && old.kind !== kind && !stays) aim.again();
      const opens = renewed || !change.kept || (!stays && aim.lost);
      renewed = false;
      if (opens) aim.open(); // before anything is made, for it asks for a style
      else if (!steady) change.widens = aim.widen();
      change.glides = !opens && glide && !reduced && (change.moves || change.widens !== null);
      if (!change.glides) change.widens?.(1);
      if (stays) viewport.showAround();
      else viewport.draw();
      drawing.adopt(made.graph, made.faces, change.same);
      if (!stays) {
        drawing.place(made.geometry);
        drawing.effects([]);
      }
      viewport.crop();
      return change;
    },
  };
}

/** Whether two layouts of a graph have cards of the same form, in the same rows. @param {Shown} one @param {Shown} other */
function standsAlike(one, other) {
  return one.form === other.form && (one.rows === 1) === (other.rows === 1) && (one.rows === 1 || one.geometry.height === other.geometry.height);
}
