/**
 * The picture on the page: keyed elements that live as long as their subject, changed only where an item changed.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').EdgeItem} EdgeItem
 * @typedef {{picture: Picture, appearing: Map<string, number>, lanes: Map<string, number>, labels: boolean}} Shown
 */
import { badgeContent, cardContent } from './card.js';
import { boundsOf, pathText } from './curve.js';
import { effectElement } from './effects.js';
import { laneBeside } from './geometry.js';
import { labelPlace, laneContent, laneLabel, scissors } from './lanes.js';
import { occupied } from './notes.js';
import { assign, svg } from './svg.js';

const LANE_GAP = 3.5;
const CULL_MARGIN = 120;

export class Drawing {
  /** @type {Map<string, SVGGElement>} */
  #cards = new Map();
  /** @type {Map<string, SVGGElement>} */
  #badges = new Map();
  /** @type {Map<string, {group: SVGGElement, edge: SVGPathElement, lane: SVGGElement}>} */
  #edges = new Map();
  /** @type {Map<string, string>} */
  #drawn = new Map();
  /** @type {Map<string, unknown[]>} */
  #last = new Map();
  /** What is far outside the view: it is drawn when it comes into view. @type {Set<string>} */
  #out = new Set();
  /** What each edge's curve covers. @type {Map<string, import('./curve.js').Rect>} */
  #bounds = new Map();
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Graph} */
  #graph = { cards: [], badges: [], edges: [], backward: false };
  /** @type {Map<string, Face>} */
  #faces = new Map();
  /** @type {Geometry} */
  #geometry = { width: 0, height: 0, cards: new Map(), badges: new Map(), curves: new Map(), ends: new Map(), sides: new Map() };

  /**
   * @param {SVGGElement} parent
   * @param {import('./text.js').Measure} measure
   */
  constructor(parent, measure) {
    this.parent = parent;
    this.measure = measure;
    this.tab = 'leaf';
    this.edgeLayer = svg('g', { class: 'layer-edges', 'aria-hidden': 'true' });
    this.laneLayer = svg('g', { class: 'layer-lanes', 'aria-hidden': 'true' });
    this.cardLayer = svg('g', { class: 'layer-cards' });
    this.labelLayer = svg('g', { class: 'layer-labels', 'aria-hidden': 'true' });
    this.effectLayer = svg('g', { class: 'layer-effects', 'aria-hidden': 'true' });
    parent.append(this.edgeLayer, this.laneLayer, this.cardLayer, this.labelLayer, this.effectLayer);
  }

  /** @param {string} id */
  card(id) {
    return this.#cards.get(id);
  }

  /**
   * Makes, keeps and drops elements so that they are those of the graph.
   * @param {Graph} graph
   * @param {Map<string, Face>} faces
   * @param {Map<string, string>} renamed old id -> new id, of elements to keep
   */
  adopt(graph, faces, renamed) {
    for (const elements of [this.#cards, this.#badges]) {
      const kept = [...elements].map(([id, element]) => /** @type {const} */ ([renamed.get(id), element]));
      elements.clear();
      for (const [id, element] of kept) {
        if (id === undefined) element.remove();
        else elements.set(id, element);
      }
    }
    for (const { group, lane } of this.#edges.values()) {
      group.remove();
      lane.remove();
    }
    this.#edges.clear();
    this.#drawn.clear();
    this.#last.clear();
    this.#out.clear();
    this.#shown = null;
    this.#graph = graph;
    this.#faces = faces;
    const badgeOf = new Map(graph.badges.map((badge) => [badge.id, badge]));
    for (const card of graph.cards) {
      const element = this.#cards.get(card.id) ?? svg('g', { class: 'card', role: 'graphics-object', 'aria-roledescription': 'tensor' });
      assign(element, { 'data-tensor': card.tensor, 'data-card': card.id, 'data-kind': card.kind, 'data-twin': card.twin ? 'yes' : null, 'data-named': card.named ? '' : null, 'data-selected': null, tabindex: -1, 'data-out': null });
      this.#cards.set(card.id, element);
      this.cardLayer.append(element);
      const badge = card.twin ? undefined : badgeOf.get(card.badge ?? '');
      if (badge) this.#adoptBadge(badge);
    }
    for (const badge of graph.badges) if (badge.card === null) this.#adoptBadge(badge);
    for (const edge of graph.edges) {
      const path = svg('path', { class: 'edge', 'data-edge': edge.id, 'data-kind': edge.kind, 'data-cut': edge.cut ? 'yes' : null });
      const group = svg('g', { class: 'edge-group' }, graph.backward ? [path, svg('path', { class: 'edge-arrow', d: 'M-1 0l9-4.4v8.8z' })] : [path]);
      const lane = svg('g', { class: 'lane' });
      this.edgeLayer.append(group);
      this.laneLayer.append(lane);
      this.#edges.set(edge.id, { group, edge: path, lane });
    }
  }

  /** @param {import('./graph.js').Badge} badge */
  #adoptBadge(badge) {
    const element = this.#badges.get(badge.id) ?? svg('g', { class: 'badge', role: 'img' });
    assign(element, { 'data-function': badge.function, 'data-out': null });
    this.#badges.set(badge.id, element);
    this.cardLayer.append(element);
  }

  /** Puts every element at its place. @param {Geometry} geometry */
  place(geometry) {
    this.#geometry = geometry;
    this.#bounds.clear();
    for (const [id, element] of this.#cards) moveTo(element, geometry.cards.get(id));
    for (const [id, element] of this.#badges) moveTo(element, geometry.badges.get(id));
    for (const [id, { group, edge }] of this.#edges) {
      const curve = geometry.curves.get(id);
      if (!curve) continue;
      this.#bounds.set(id, boundsOf(curve));
      assign(edge, { d: pathText(curve) });
      const arrow = group.querySelector('.edge-arrow');
      if (arrow) assign(arrow, { transform: `translate(${curve[0][0]} ${curve[0][1]})` });
      const cut = edge.getAttribute('data-cut') === 'yes';
      for (const mark of group.querySelectorAll('.scissors')) mark.remove();
      if (cut) group.append(scissors(curve));
      this.#drawn.delete(id);
      this.#last.delete(id);
    }
  }

  /**
   * @param {Picture} picture
   * @param {{appearing?: Map<string, number>, lanes?: Map<string, number>, labels?: boolean}} [moment]
   */
  update(picture, { appearing = new Map(), lanes = new Map(), labels = false } = {}) {
    this.#shown = { picture, appearing, lanes, labels };
    this.#updateItems((id) => !this.#out.has(id));
    this.#updateLabels();
  }

  /** Draws the items of the picture that are wanted. @param {(id: string) => boolean} wanted */
  #updateItems(wanted) {
    if (!this.#shown) return;
    const { picture, appearing, lanes } = this.#shown;
    for (const { id } of this.#graph.cards) if (wanted(id)) this.#updateCard(id, picture, appearing.get(id) ?? 1);
    for (const { id, card } of this.#graph.badges) if (wanted(id)) this.#updateBadge(id, picture, appearing.get(card ?? id) ?? 1);
    for (const { id, to } of this.#graph.edges) if (wanted(id)) this.#updateEdge(id, picture, lanes.get(id) ?? 1, appearing.get(to) ?? 1);
  }

  /** True where the element already shows this. @param {string} id @param {unknown[]} face */
  #same(id, face) {
    const known = this.#last.get(id);
    if (known?.length === face.length && face.every((part, index) => part === known[index])) return true;
    this.#last.set(id, face);
    const text = JSON.stringify(face);
    if (this.#drawn.get(id) === text) return true;
    this.#drawn.set(id, text);
    return false;
  }

  /** @param {string} id @param {Picture} picture @param {number} appearing */
  #updateCard(id, picture, appearing) {
    const element = /** @type {SVGGElement} */ (this.#cards.get(id));
    const item = picture.cards.get(id);
    const face = this.#faces.get(id);
    if (!item || !face) return;
    present(element, item.visible, appearing, this.#geometry.cards.get(id));
    if (this.#same(id, [item, face, this.tab])) return;
    assign(element, { 'data-mark': item.mark === '' ? null : item.mark, 'aria-label': item.label });
    element.replaceChildren(...cardContent(item, face, { measure: this.measure, tab: this.tab }));
  }

  /** @param {string} id @param {Picture} picture @param {number} appearing */
  #updateBadge(id, picture, appearing) {
    const element = /** @type {SVGGElement} */ (this.#badges.get(id));
    const item = picture.badges.get(id);
    const frame = this.#geometry.badges.get(id);
    if (!item || !frame) return;
    present(element, item.visible, appearing, frame);
    if (this.#same(id, [item, frame.width])) return;
    assign(element, { 'data-mark': item.mark === '' ? null : item.mark, 'aria-label': item.label });
    element.replaceChildren(...badgeContent(item, frame));
  }

  /** @param {string} id @param {Picture} picture @param {number} share @param {number} appearing */
  #updateEdge(id, picture, share, appearing) {
    const item = picture.edges.get(id);
    const parts = this.#edges.get(id);
    const curve = this.#geometry.curves.get(id);
    if (!item || !parts || !curve) return;
    assign(parts.group, { display: item.visible ? null : 'none', opacity: appearing < 1 ? appearing : null });
    if (this.#same(id, [item.lane, share])) return;
    parts.lane.replaceChildren(...(item.lane ? laneContent(laneBeside(this.#geometry, id, LANE_GAP + item.lane.width / 2), item.lane, share) : []));
    assign(parts.lane, { 'data-style': item.lane?.style ?? null });
  }

  /**
   * Leaves out what is far outside a part of the scene, since browsers paint SVG that is out of view; null draws all.
   * @param {import('./camera.js').Extent | null} view
   */
  cull(view) {
    const before = this.#out;
    this.#out = new Set();
    const near = (/** @type {number} */ left, /** @type {number} */ top, /** @type {number} */ right, /** @type {number} */ bottom) => view === null
      || (right > view.left - CULL_MARGIN && left < view.left + view.width + CULL_MARGIN && bottom > view.top - CULL_MARGIN && top < view.top + view.height + CULL_MARGIN);
    for (const [elements, frames] of /** @type {const} */ ([[this.#cards, this.#geometry.cards], [this.#badges, this.#geometry.badges]])) {
      for (const [id, element] of elements) {
        const frame = frames.get(id);
        const out = frame !== undefined && !near(frame.x, frame.y, frame.x + frame.width, frame.y + frame.height);
        if (out) this.#out.add(id);
        if (out !== before.has(id)) element.toggleAttribute('data-out', out);
      }
    }
    for (const [id, { group, lane }] of this.#edges) {
      const bounds = this.#bounds.get(id);
      if (!bounds) continue;
      const out = !near(bounds.left, bounds.top, bounds.right, bounds.bottom);
      if (out) this.#out.add(id);
      if (out === before.has(id)) continue;
      group.toggleAttribute('data-out', out);
      lane.toggleAttribute('data-out', out);
    }
    if (before.size === 0 && this.#out.size === 0) return;
    this.#updateItems((id) => before.has(id) && !this.#out.has(id));
    this.#updateLabels();
  }

  /** Only these edges stand out; null: all are alike. @param {Set<string> | null} lit */
  light(lit) {
    this.parent.toggleAttribute('data-path', lit !== null);
    for (const [id, { group, lane }] of this.#edges) {
      group.toggleAttribute('data-lit', lit?.has(id) === true);
      lane.toggleAttribute('data-lit', lit?.has(id) === true);
    }
  }

  /** @param {import('./motion.js').Effect[]} effects */
  effects(effects) {
    if (this.#same('effects', effects)) return;
    this.effectLayer.replaceChildren(...effects.map((effect) => effectElement(effect, this.measure)));
  }

  /** Numbers of gradients that have arrived, but for those that a note says already or that are out of view. */
  #updateLabels() {
    if (!this.#shown) return;
    const { picture, lanes: travelling, labels } = this.#shown;
    const told = new Set(picture.notes.flatMap((note) => (note.edge === null ? [] : [note.edge])));
    const lanes = !labels ? [] : [...picture.edges].flatMap(([id, item]) => (item.lane && item.visible && !told.has(id) && !travelling.has(id) && !this.#out.has(id) ? [/** @type {const} */ ([id, item.lane])] : []));
    const taken = lanes.length === 0 ? [] : [...occupied(this.#graph, this.#geometry, picture, (id) => !this.#out.has(id)), ...picture.notes.map((note) => note.box)];
    if (this.#same('labels', [lanes, taken])) return;
    const ways = lanes.map(([id]) => this.#geometry.curves.get(id) ?? []);
    this.labelLayer.replaceChildren(...lanes.flatMap(([id, lane]) => {
      const curve = this.#geometry.curves.get(id);
      const width = Math.ceil(this.measure(lane.text, 'cell') + 8);
      const box = curve && labelPlace(laneBeside(this.#geometry, id, LANE_GAP + lane.width / 2), width, taken, ways.filter((way) => way !== curve));
      if (!box) return [];
      taken.push(box);
      return [laneLabel(lane.text, box)];
    }));
  }
}

/** @param {SVGGElement} element @param {Frame | undefined} frame */
function moveTo(element, frame) {
  if (frame) assign(element, { transform: `translate(${frame.x} ${frame.y})` });
}

/**
 * Shows an element at a share of its appearance: it fades in and settles from slightly smaller.
 * @param {SVGGElement} element
 * @param {boolean} visible
 * @param {number} share
 * @param {Frame | undefined} frame
 */
function present(element, visible, share, frame) {
  assign(element, { display: visible && share > 0 ? null : 'none', opacity: share < 1 ? Math.round(share * 1000) / 1000 : null });
  if (!frame) return;
  if (share >= 1) return moveTo(element, frame);
  const scale = 0.9 + 0.1 * share;
  const x = frame.x + (frame.width / 2) * (1 - scale);
  const y = frame.y + (frame.height / 2) * (1 - scale);
  assign(element, { transform: `translate(${x} ${y}) scale(${scale})` });
}
