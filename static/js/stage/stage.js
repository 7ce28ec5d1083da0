/**
 * The stage: lays out the graph of a scene once, draws it at a cursor, and moves between cursors.
 * @typedef {import('../state/trace.js').Trace} Trace
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').View} View
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./scene.js').Scene} Shown
 */
import { createAim } from './aim.js';
import { createCamera } from './camera.js';
import { Drawing } from './drawing.js';
import { Frames } from './frames.js';
import { sameItems } from './graph.js';
import { drawLegend, legendKeys } from './legend.js';
import { morphed } from './morph.js';
import { momentAt, planBetween } from './motion.js';
import { notesOf } from './notes.js';
import { pictureOf } from './picture.js';
import { listen } from './pointing.js';
import { sceneOf } from './scene.js';
import { assign, svg } from './svg.js';
import { measureWithCanvas } from './text.js';
import { touched, writesIn } from './writes.js';

const MORPH_MS = 320;
const FADE_MS = 160;
const KEPT_SHARE = 0.5;
const CULLED_FROM = 200;

/**
 * A stage in a container that has a size and a position.
 * @param {HTMLElement} container
 * @param {{layout: import('./placed.js').Placing, translate?: Translate, onSelect?: (tensor: number | null) => void, onHover?: (tensor: number | null) => void, onZoom?: (scale: number) => void, source?: () => string, brief?: () => boolean,
 *   frames?: import('./frames.js').Animation}} options `layout` says where boxes go, `frames` when motion is drawn; `source`: the text of the program that the trace is of;
 *   `brief`: whether an error's words stand beside the stage now
 */
export function createStage(container, { layout, translate = (key) => key, onSelect = () => {}, onHover = () => {}, onZoom = () => {}, source = () => '', brief = () => false, frames = new Frames() }) {
  const scene = svg('g', { class: 'scene' });
  const picture = svg('svg', { class: 'stage-picture', role: 'graphics-document', tabindex: 0 }, [scene]);
  const legend = document.createElement('ul');
  legend.className = 'legend';
  container.classList.add('stage');
  container.append(picture, legend);

  const measure = measureWithCanvas();
  const drawing = new Drawing(scene, measure);
  const camera = createCamera(picture, scene, (scale, byHand) => {
    if (byHand) aim.hold();
    cull();
    onZoom(scale);
  });
  const aim = createAim(container, camera, () => shown?.geometry);
  layout.warm();

  /** @type {Shown | null} */
  let shown = null;
  /** @type {Picture | null} */
  let current = null;
  /** @type {View} */
  let view = 'values';
  /** @type {import('./scene.js').Kind} */
  let kind = 'teaching';
  /** @type {string | null} */
  let selected = null;
  /** The card that Tab reaches, and the one that is marked as selected. @type {string | null} */
  let reachable = null;
  /** @type {string | null} */
  let marked = null;
  let turn = 0;
  /** Nothing moves: the picture is that of its cursor. */
  let standing = false;
  /** Whether the fonts, in which texts are measured, were waited for. */
  let lettered = false;
  let speed = 1;
  let reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;

  /**
   * Shows a trace at a cursor; resolves when the picture stands (or when a later call took over).
   * @param {Trace} trace
   * @param {{cursor?: number, animate?: boolean, speed?: number, steady?: boolean}} [options] `steady`: only numbers change, nothing moves that need not
   */
  async function show(trace, options = {}) {
    const mine = (turn += 1);
    standing = false;
    const cursor = Math.max(-1, Math.min(trace.last, options.cursor ?? trace.last));
    speed = options.speed ?? speed;
    frames.stop();
    const fresh = await prepare(trace, cursor, mine, options.steady !== true && (options.animate === true || shown?.trace !== trace || shown.kind !== kind));
    if (mine !== turn || !shown) return;
    const before = current;
    const next = compose(trace, cursor);
    const forwards = before !== null && !fresh && options.animate === true && before.cursor < cursor;
    current = next;
    await aim.follow(subjectOf(next), forwards && !reduced ? { frames, speed: () => speed } : null);
    if (mine !== turn) return;
    annotate(next, trace);
    if (!forwards) stand(next);
    else if (reduced) await fade(next);
    else await move(/** @type {Picture} */ (before), next);
    if (mine !== turn) return;
    stand(next);
    standing = true;
  }

  /** The picture at a cursor, without its notes. @param {Trace} trace @param {number} cursor */
  function compose(trace, cursor) {
    const here = /** @type {Shown} */ (shown);
    const state = trace.at(cursor);
    const made = pictureOf(here.graph, here.faces, state, { view, scale: here.scale, translate, from: stepFrom(trace, cursor), source: source(), written: touched(writesIn(trace, stepFrom(trace, cursor), cursor)) });
    const { told } = here;
    if (!told) return made;
    const cards = new Map(here.graph.cards.map((card) => [card.id, told(/** @type {import('./picture.js').CardItem} */ (made.cards.get(card.id)), card, state)]));
    return { ...made, cards, badges: new Map([...made.badges].map(([id, item]) => [id, { ...item, lamps: [] }])) };
  }

  /** Says beside a picture what happens, within what the camera shows now. @param {Picture} next @param {Trace} trace */
  function annotate(next, trace) {
    const here = /** @type {Shown} */ (shown);
    const from = stepFrom(trace, next.cursor);
    next.notes = notesOf(here.graph, here.geometry, next, trace.at(next.cursor), { measure, translate, from, view: camera.open, writes: writesIn(trace, from, next.cursor), brief: brief() });
  }

  /** The first event of the step at a cursor. @param {Trace} trace @param {number} cursor */
  function stepFrom(trace, cursor) {
    return cursor < 0 ? 0 : trace.steps[trace.stepAt(cursor)]?.from ?? cursor;
  }

  /**
   * Lays out and adopts the graph of the cursor's scene, unless it stands already.
   * @param {Trace} trace
   * @param {number} cursor
   * @param {number} mine
   * @param {boolean} glide what stays may travel to its new place: after an edit and while playing, not where a person jumps in time
   * @returns {Promise<boolean>} whether the graph is another than before
   */
  async function prepare(trace, cursor, mine, glide) {
    const part = trace.scenes[trace.sceneAt(cursor)];
    if (shown && shown.trace === trace && shown.scene === part.index && shown.to === part.to && shown.kind === kind) return false;
    if (!lettered) await document.fonts?.ready;
    lettered = true;
    if (mine !== turn) return false;
    const made = await sceneOf(trace, part, { measure, layout, translate, kind }, !glide && shown?.trace !== trace && shown?.scene === part.index ? shown : null);
    if (mine !== turn) return false;
    const old = shown;
    shown = made;
    const { graph, faces, geometry } = made;
    const same = new Map([...sameItems(old?.graph.cards ?? [], graph.cards), ...sameItems(old?.graph.badges ?? [], graph.badges)]);
    drawing.adopt(graph, faces, same);
    drawing.place(geometry);
    drawing.tab = translate('stage.leaf');
    const kept = old !== null && old.graph.cards.length > 0 && same.size >= KEPT_SHARE * Math.max(old.graph.cards.length + old.graph.badges.length, graph.cards.length + graph.badges.length);
    drawing.effects([]);
    cull();
    if (old !== null && old.kind !== made.kind) aim.again();
    if (!kept || aim.lost) aim.open();
    else if (old && glide) await morph(old, same, cursor);
    return true;
  }

  /** Nodes that stay glide to their new places. @param {Shown} old @param {Map<string, string>} same @param {number} cursor */
  async function morph(old, same, cursor) {
    const here = /** @type {Shown} */ (shown);
    const goal = compose(here.trace, cursor);
    const moved = [...same].some(([before, after]) => {
      const [from, to] = [old.geometry.cards.get(before), here.geometry.cards.get(after)];
      return from && to && Math.hypot(from.x - to.x, from.y - to.y) > 1;
    });
    if (reduced || !moved) return;
    drawing.update(goal);
    await frames.run(MORPH_MS, (time) => {
      drawing.place(morphed(old.geometry, here.geometry, same, time / MORPH_MS));
      drawing.update(goal);
    }, () => 1);
    if (shown === here) drawing.place(here.geometry);
  }

  /** @param {Picture} next */
  function stand(next) {
    const here = /** @type {Shown} */ (shown);
    drawing.update(next, { labels: view === 'gradients' });
    drawing.effects(next.notes.map((note) => ({ ...note, share: 1 })));
    drawLegend(legend, legendKeys(next, here.graph), translate);
    updateFocus();
  }

  /** Without travel: the new state comes up through a short fade. @param {Picture} next */
  async function fade(next) {
    stand(next);
    await frames.run(FADE_MS, (time) => scene.setAttribute('opacity', String(0.55 + (0.45 * time) / FADE_MS)), () => 1);
    scene.removeAttribute('opacity');
  }

  /** @param {Picture} before @param {Picture} next */
  async function move(before, next) {
    const here = /** @type {Shown} */ (shown);
    const plan = planBetween(before, next, here.graph, here.geometry);
    await frames.run(plan.duration, (time) => {
      const moment = momentAt(plan, time);
      drawing.update(moment.picture, { appearing: moment.appearing, lanes: moment.lanes, labels: view === 'gradients' });
      drawing.effects(moment.effects);
    }, () => speed);
  }

  /** Where a picture's step happens. @param {Picture} next */
  function subjectOf(next) {
    const here = /** @type {Shown} */ (shown);
    const marked = here.graph.cards.filter((card) => !card.twin && next.cards.get(card.id)?.mark);
    const subject = marked.find((card) => next.cards.get(card.id)?.mark === 'running') ?? marked.at(-1);
    return subject && here.geometry.cards.get(subject.id);
  }

  let culling = 0;
  /** In a large graph only what is in view is painted. */
  function cull() {
    if (culling !== 0 || !shown || shown.graph.cards.length < CULLED_FROM) return;
    culling = requestAnimationFrame(() => {
      culling = 0;
      drawing.cull(camera.view);
    });
  }

  /** Makes a file of the whole picture, also of what is out of view. @template T @param {() => T} make @returns {T} */
  function whole(make) {
    drawing.cull(null);
    const made = make();
    cull();
    return made;
  }

  /** Draws the same cursor again: after a change of view, language or motion. */
  function refresh() {
    picture.setAttribute('aria-label', translate('stage.name'));
    picture.setAttribute('aria-roledescription', translate('stage.role'));
    if (!shown || !current) return;
    aim.refresh();
    drawing.tab = translate('stage.leaf');
    current = compose(shown.trace, current.cursor);
    annotate(current, shown.trace);
    stand(current);
  }

  /** @param {number | null} tensor */
  function select(tensor) {
    const card = shown?.graph.cards.find((item) => item.tensor === tensor);
    selected = card?.id ?? null;
    updateFocus();
  }

  /** One card at a time can be reached by Tab; the others by arrows. */
  function updateFocus() {
    const cards = shown?.graph.cards ?? [];
    const next = selected ?? cards.find((card) => current?.cards.get(card.id)?.visible)?.id ?? null;
    for (const id of [reachable, marked]) {
      const element = id === null ? undefined : drawing.card(id);
      if (element) assign(element, { tabindex: -1, 'data-selected': null });
    }
    const element = next === null ? undefined : drawing.card(next);
    if (element) assign(element, { tabindex: 0, 'data-selected': next === selected ? '' : null });
    [reachable, marked] = [next, selected];
  }

  listen(picture, {
    shown: () => shown,
    visible: (card) => current?.cards.get(card)?.visible === true,
    onChoose(card) {
      select(card?.tensor ?? null);
      onSelect(card?.tensor ?? null);
    },
    onHover(card) {
      onHover(card?.tensor ?? null);
      for (const item of shown?.graph.cards ?? []) drawing.card(item.id)?.toggleAttribute('data-twin-lit', card !== null && item.tensor === card.tensor && item.id !== card.id);
    },
    onWalk(card) {
      const frame = shown?.geometry.cards.get(card);
      if (frame) aim.reveal(frame);
      if (reachable !== null) drawing.card(reachable)?.setAttribute('tabindex', '-1');
      reachable = card;
      drawing.card(card)?.setAttribute('tabindex', '0');
      drawing.card(card)?.focus({ preventScroll: true });
    },
  });
  /** The view is another: notes find their places in it. */
  function settle() {
    if (!standing || !shown || !current) return;
    annotate(current, shown.trace);
    drawing.effects(current.notes.map((note) => ({ ...note, share: 1 })));
  }

  const observer = new ResizeObserver(() => {
    aim.again();
    cull();
    settle();
  });
  observer.observe(container);
  refresh();

  return {
    show,
    select,
    fit() {
      aim.fit();
      settle();
    },
    /** Looks at the graph as at a new one: all of it where it can be read. */
    open() {
      aim.again();
      aim.open();
      settle();
    },
    /** Lets one path stand out: the inputs of functions that it passes; null ends that. @param {{function: number, input: number}[] | null} edges */
    lightPath: (edges) => drawing.light(edges && new Set(edges.map((edge) => `e${edge.function}.${edge.input}`))),
    refresh,
    /** @param {number} factor */
    zoom(factor) {
      aim.hold();
      camera.zoom(factor);
    },
    get scale() {
      return camera.scale;
    },
    /** @param {View} next values, gradients or shapes */
    view(next) {
      view = next;
      refresh();
    },
    /** Shows the same scene at the same cursor as another graph. @param {import('./scene.js').Kind} next */
    async graph(next) {
      if (kind === next) return;
      kind = next;
      if (shown && current) await show(shown.trace, { cursor: current.cursor });
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
    positions() {
      return (shown?.graph.cards ?? []).flatMap((card) => {
        const frame = shown?.geometry.cards.get(card.id);
        if (card.twin || !frame || !current?.cards.get(card.id)?.visible) return [];
        const [x, y] = camera.project(frame.x + frame.width / 2, frame.y + frame.height / 2);
        return [{ tensor: card.tensor, x, y }];
      });
    },
    layout,
    get standing() {
      return standing;
    },
    /** Looks at the whole picture, also at what is out of view. @template T @param {(scene: SVGGElement) => T} make @returns {T} */
    look: (make) => whole(() => make(scene)),
    focus() {
      picture.focus();
    },
    close() {
      turn += 1;
      frames.stop();
      observer.disconnect();
      layout.close();
      picture.remove();
      legend.remove();
    },
  };
}
