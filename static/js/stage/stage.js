/**
 * The stage: lays out the graph of a scene once, draws it at a cursor, and moves between cursors.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').View} View
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./scene.js').Scene} Shown
 * @typedef {import('./change.js').Change} Change
 */
import { composed, saidOf, subjectsOf } from './composition.js';
import { Drawing } from './drawing.js';
import { closedIn } from './fold.js';
import { Frames } from './frames.js';
import { centresOf, NOTHING } from './geometry.js';
import { edgeOf } from './graph.js';
import { createMarking } from './marking.js';
import { holds } from './parts.js';
import { listen } from './pointing.js';
import { MOST_NARROWED } from './scene.js';
import { createStaging } from './staging.js';
import { svg } from './svg.js';
import { measureWithCanvas } from './text.js';
import { createTravel } from './travel.js';
import { createViewport } from './viewport.js';

/**
 * A stage in a container that has a size and a position.
 * @param {HTMLElement} container
 * @param {{layout: import('./placed.js').Placing, translate?: Translate, onSelect?: (tensor: number | null) => void, onHover?: (tensor: number | null) => void, onZoom?: (scale: number) => void, source?: () => string, brief?: () => boolean, onOpen?: (fold: string) => void, folds?: import('./fold.js').Folds | null,
 *   parts?: import('./parts.js').Parts, form?: import('./faces.js').Form | 'suited', rows?: import('./rows.js').Rows, frames?: import('./frames.js').Animation}} options `layout` says where boxes go, `frames` when motion is drawn; `source`: the text of the program that the trace is of;
 *   `brief`: whether an error's words stand beside the stage now; `folds`: which groups begin closed, null where none can be; `form`: of the cards; `suited`: that in which the graph is seen larger in this room; `rows`: in how many a long graph stands; with `suited` in as many as let it be whole
 */
export function createStage(container, { layout, translate = (key) => key, onSelect = () => {}, onHover = () => {}, onZoom = () => {}, source = () => '', brief = () => false, onOpen = () => {}, folds = null, parts = null, form = 'wide', rows = 1, frames = new Frames() }) {
  const scene = svg('g', { class: 'scene' });
  const picture = svg('svg', { class: 'stage-picture', role: 'graphics-document', tabindex: 0 }, [scene]);
  container.classList.add('stage');
  container.append(picture);

  const measure = measureWithCanvas();
  const drawing = new Drawing(scene, measure, translate);
  const travel = createTravel(drawing, frames);
  const viewport = createViewport(container, picture, drawing, { translate, shown: () => staging.shown, onZoom, onSettled: settle, onRoom: enter });
  const { aim, camera } = viewport;
  const isVisible = (/** @type {string} */ card) => current?.cards.get(card)?.visible === true;
  const marking = createMarking(drawing, () => staging.shown?.graph.cards ?? [], isVisible);
  const staging = createStaging(drawing, viewport, { measure, layout, translate, parts, form, rows });
  layout.warm();

  /** @type {Picture | null} */
  let current = null;
  /** @type {View} */
  let view = 'values';
  /** @type {import('./scene.js').Kind} */
  let kind = 'teaching';
  let turn = 0;
  /** The picture that was asked for last. */
  let coming = Promise.resolve();
  /** Nothing moves: the picture is that of its cursor. */
  let standing = false;
  let speed = 1;
  let reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;

  /**
   * Shows a trace at a cursor; resolves when the picture stands (or when a later call took over).
   * @param {Trace} trace
   * @param {{cursor?: number, animate?: boolean, speed?: number, steady?: boolean}} [options] `steady`: only numbers change, nothing moves that need not
   */
  async function draw(trace, options = {}) {
    const mine = (turn += 1);
    standing = false;
    const cursor = Math.max(-1, Math.min(trace.last, options.cursor ?? trace.last));
    speed = options.speed ?? speed;
    frames.stop();
    const change = await staging.prepare(trace, cursor, { kind, folds, reduced, ...options }, () => mine === turn);
    const { shown } = staging;
    if (mine !== turn || !shown) return;
    const before = current;
    const next = compose(shown, cursor);
    current = next;
    if (change?.glides) await glide(shown, change, next);
    if (mine !== turn) return;
    const forwards = before !== null && change === null && options.animate === true && before.cursor < cursor;
    await aim.follow(subjectsOf(shown, next), forwards && !reduced ? { frames, speed: () => speed } : null);
    if (mine !== turn) return;
    annotate(shown, next);
    if (forwards && !reduced) await travel.move(shown, before, next, { labels: labels(), speed: () => speed });
    if (mine !== turn) return;
    stand(next);
    if (forwards && reduced) await travel.fade();
    if (mine === turn) standing = true;
  }

  /** @type {typeof draw} */
  const show = (trace, options) => (coming = draw(trace, options));

  /** Whether numbers stand beside the lanes. */
  function labels() {
    return view === 'gradients' && holds(parts, 'values');
  }

  /** @param {Shown} here @param {number} cursor */
  function compose(here, cursor) {
    return composed(here, cursor, { view, translate, source: source(), memory: staging.memory, parts });
  }

  /** @param {Shown} here @param {Picture} next */
  function annotate(here, next) {
    next.notes = saidOf(here, next, { measure, translate, view: camera.open, brief: brief(), parts });
  }

  /** What stays glides to its new place, where it is also if another picture took over meanwhile. @param {Shown} here @param {Change} change @param {Picture} next */
  async function glide(here, change, next) {
    await travel.glide(here, change, next);
    if (staging.shown !== here) return;
    change.widens?.(1);
    drawing.place(here.geometry);
  }

  /** @param {Picture} next */
  function stand(next) {
    const here = /** @type {Shown} */ (staging.shown);
    viewport.crop();
    drawing.update(next, { labels: labels() });
    drawing.light(null);
    drawing.effects(next.notes.map((note) => ({ ...note, share: 1 })));
    viewport.explain(next, here);
    marking.update();
  }

  /** Draws the same cursor again: after a change of view, language or motion. */
  function refresh() {
    picture.setAttribute('aria-label', translate('stage.name'));
    picture.setAttribute('aria-roledescription', translate('stage.role'));
    viewport.refresh();
    const { shown } = staging;
    if (!shown || !current) return;
    staging.forget();
    current = compose(shown, current.cursor);
    annotate(shown, current);
    stand(current);
  }

  /** @param {string} card */
  function reveal(card) {
    const frame = staging.shown?.geometry.cards.get(card);
    if (frame) aim.reveal(frame);
  }

  listen(picture, {
    shown: () => staging.shown,
    visible: isVisible,
    onChoose(card) {
      marking.select(card?.tensor ?? null);
      onSelect(card?.tensor ?? null);
    },
    onHover(card) {
      onHover(card?.tensor ?? null);
      marking.lightTwins(card);
    },
    onWalk(card) {
      reveal(card);
      marking.walkTo(card);
    },
    onFocus: reveal,
    onOpen,
    seen: (edge) => current?.edges.get(edge)?.visible === true,
    onEdge(edge) {
      picture.toggleAttribute('data-on-edge', edge !== null);
      drawing.point(edge);
    },
    camera,
  });
  /** The edges that tell of these inputs of functions. @param {{function: number, input: number}[]} uses */
  const drawnOf = (uses) => uses.flatMap((use) => (staging.shown && edgeOf(staging.shown.graph, use)?.id) ?? []);

  /** The view is another: notes find their places in it. */
  function settle() {
    const { shown } = staging;
    if (!standing || !shown || !current) return;
    annotate(shown, current);
    drawing.effects(current.notes.map((note) => ({ ...note, share: 1 })));
    viewport.explain(current, shown);
  }

  /** In another room the graph may be seen larger with cards of another form; what is being drawn is drawn first. */
  async function suit() {
    await coming;
    const { shown } = staging;
    if (form !== 'suited' || layout.joint || aim.held || !shown || !current || shown.graph.cards.length > MOST_NARROWED) return;
    staging.move();
    if (standing) await show(shown.trace, { cursor: current.cursor, steady: true });
  }

  /** The room is another: what a person chose stays in view. */
  async function enter() {
    await suit();
    if (marking.selected !== null && !aim.held) reveal(marking.selected);
  }

  refresh();

  return {
    show,
    select: marking.select,
    fit: viewport.fit,
    pan: viewport.pan,
    open: viewport.open,
    zoom: viewport.zoom,
    camera,
    /** Another program comes: its graph is looked at anew. */
    renew: () => staging.renew(),
    /** Lets one path stand out: the inputs of functions that it passes; null ends that. @param {{function: number, input: number}[] | null} uses */
    lightPath: (uses) => drawing.light(uses && new Set(drawnOf(uses))),
    /**
     * Lets light go along edges, wave by wave, from the tensors where it begins; it stays until another moment is shown, or null ends it.
     * @param {{function: number, input: number}[][] | null} waves @param {number[]} tensors
     */
    async spread(waves, tensors) {
      frames.stop();
      await coming; // what travelled is there
      const { shown } = staging;
      if (!shown || !current) return;
      stand(current);
      if (waves === null) return;
      void travel.spread(shown, current.notes, { waves: waves.map(drawnOf), tensors, still: reduced });
    },
    refresh,
    /** @param {View} next values, gradients or shapes */
    view(next) {
      view = next;
      refresh();
    },
    /** Shows the same scene at the same cursor as another graph. @param {import('./scene.js').Kind} next */
    async graph(next) {
      if (kind === next) return;
      kind = next;
      const { shown } = staging;
      if (shown && current) await show(shown.trace, { cursor: current.cursor });
    },
    hint: marking.hint,
    /** What can be folded of the graph that is drawn. */
    get groups() {
      return staging.shown?.graph.groups ?? [];
    },
    /** Whether any group is drawn closed. */
    get folded() {
      return closedIn(staging.shown?.graph).size > 0;
    },
    /** Whether a group is drawn closed. @param {string} key */
    isClosed: (key) => closedIn(staging.shown?.graph).has(key),
    /** Draws the same cursor with other groups closed; what stays glides to its new place. @param {import('./fold.js').Folds} next */
    async fold(next) {
      folds = next;
      const { shown } = staging;
      if (!shown || !current) return;
      const focused = picture.contains(document.activeElement) ? document.activeElement?.getAttribute('data-card') : null;
      await show(shown.trace, { cursor: current.cursor });
      if (focused) (drawing.card(focused) ?? picture).focus({ preventScroll: true });
    },
    /** @param {boolean} wanted no travel, only a fade */
    reduceMotion(wanted) {
      reduced = wanted;
    },
    /** @param {number} next */
    setSpeed(next) {
      speed = next;
    },
    /** The centre of every visible card, in pixels of the stage: `[{tensor, x, y}]`. */
    positions: () => (staging.shown ? centresOf(staging.shown.graph.cards.filter((card) => isVisible(card.id)), staging.shown.geometry, camera.project) : []),
    layout,
    get standing() {
      return standing;
    },
    /** Of the cards that stand. */
    get form() {
      return staging.shown?.form ?? 'wide';
    },
    /** Of how many cards. */
    get count() {
      return staging.shown?.graph.cards.length ?? 0;
    },
    /** How large the graph is, in pixels at its own scale. */
    get size() {
      return staging.shown?.geometry ?? NOTHING;
    },
    /** Whether the graph stands in rows. */
    get inRows() {
      return (staging.shown?.rows ?? 1) !== 1;
    },
    /** Looks at the whole picture, also at what is out of view. @template T @param {(scene: SVGGElement) => T} make @returns {T} */
    look: (make) => viewport.whole(() => make(scene)),
    focus() {
      picture.focus();
    },
    close() {
      turn += 1;
      frames.stop();
      layout.close();
      viewport.close();
      picture.remove();
    },
  };
}
