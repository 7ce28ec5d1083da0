/**
 * The picture on the page: keyed elements that live as long as their subject, changed only where an item changed.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {{group: SVGGElement, lane: SVGGElement, seen: Map<string, unknown[]>}} Way  an edge, and the way back beside it
 * @typedef {{picture: Picture, appearing: Map<string, number>, lanes: Map<string, number>, grown: Map<string, number>, cuts: Map<string, number>, labels: boolean}} Shown  `grown`: how far edges are drawn, where not at once
 */
import { badgeContent, cardContent } from './card.js';
import { outside } from './cull.js';
import { partOf } from './curve.js';
import { effectShape } from './effects.js';
import { floorShape, floorSign, groundsShown } from './floors.js';
import { NOTHING, laneBeside } from './geometry.js';
import { edgeContent, labelPlace, laneContent, laneLabel } from './lanes.js';
import { occupied } from './notes.js';
import { leadersOf } from './placement.js';
import { cutAt, regionShape, regionSign } from './regions.js';
import { draw } from './shape.js';
import { assign, svg } from './svg.js';

const LANE_GAP = 3.5;

export class Drawing {
  /** @type {Map<string, SVGGElement>} */
  #cards = new Map();
  /** @type {Map<string, SVGGElement>} */
  #badges = new Map();
  /** @type {Map<string, Way>} */
  #ways = new Map();
  /** What each card and badge shows, and the labels. @type {Map<string, unknown[]>} */
  #seen = new Map();
  /** Where the numbers of lanes stand. @type {Map<string, Frame>} */
  #labels = new Map();
  /** What is far outside the view: it is drawn when it comes into view. @type {Set<string>} */
  #out = new Set();
  /** The edge that is pointed at. @type {string | null} */
  #pointed = null;
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Graph} */
  #graph = { cards: [], badges: [], edges: [], backward: false };
  /** @type {Map<string, Face>} */
  #faces = new Map();
  /** @type {Geometry} */
  #geometry = NOTHING;

  /**
   * @param {SVGGElement} parent
   * @param {import('./text.js').Measure} measure
   * @param {import('./picture.js').Translate} translate
   */
  constructor(parent, measure, translate) {
    this.parent = parent;
    this.measure = measure;
    this.translate = translate;
    this.floorLayer = svg('g', { class: 'layer-floors', 'aria-hidden': 'true' });
    this.edgeLayer = svg('g', { class: 'layer-edges', 'aria-hidden': 'true' });
    this.laneLayer = svg('g', { class: 'layer-lanes', 'aria-hidden': 'true' });
    this.signLayer = svg('g', { class: 'layer-signs', 'aria-hidden': 'true' });
    this.cardLayer = svg('g', { class: 'layer-cards' });
    this.labelLayer = svg('g', { class: 'layer-labels', 'aria-hidden': 'true' });
    this.effectLayer = svg('g', { class: 'layer-effects', 'aria-hidden': 'true' });
    parent.append(this.floorLayer, this.edgeLayer, this.laneLayer, this.signLayer, this.cardLayer, this.labelLayer, this.effectLayer);
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
      const known = [...elements];
      elements.clear();
      for (const [id, element] of known) {
        const kept = renamed.get(id);
        if (kept === undefined) element.remove();
        else elements.set(kept, element);
      }
    }
    const ways = this.#ways;
    this.#ways = new Map();
    this.#seen.clear();
    this.#labels.clear();
    this.#out.clear();
    this.#shown = null;
    this.#graph = graph;
    this.#faces = faces;
    const badges = new Map(graph.badges.map((badge) => [badge.id, badge]));
    const loose = graph.badges.filter((badge) => badge.card === null);
    order(this.cardLayer, [...graph.cards.flatMap((card) => {
      const badge = card.twin ? undefined : badges.get(card.badge ?? '');
      return badge ? [this.#cardElement(card), this.#badgeElement(badge)] : [this.#cardElement(card)];
    }), ...loose.map((badge) => this.#badgeElement(badge))]);
    for (const edge of graph.edges) {
      const way = ways.get(edge.id) ?? { group: svg('g', { class: 'edge-group' }), lane: svg('g', { class: 'lane' }), seen: new Map() };
      ways.delete(edge.id);
      for (const element of [way.group, way.lane]) assign(element, { 'data-out': null, 'data-lit': null });
      this.#ways.set(edge.id, way);
    }
    for (const { group, lane } of ways.values()) for (const element of [group, lane]) element.remove();
    order(this.edgeLayer, [...this.#ways.values()].map(({ group }) => group));
    order(this.laneLayer, [...this.#ways.values()].map(({ lane }) => lane));
  }

  /** @param {import('./graph.js').Card} card */
  #cardElement(card) {
    const element = this.#cards.get(card.id) ?? svg('g', { class: 'card', role: 'graphics-object', 'aria-roledescription': 'tensor' });
    assign(element, { 'data-tensor': card.tensor, 'data-card': card.id, 'data-kind': card.kind, 'data-twin': card.twin ? 'yes' : null, 'data-named': card.named ? '' : null, 'data-selected': null, tabindex: -1, 'data-out': null });
    this.#cards.set(card.id, element);
    return element;
  }

  /** @param {import('./graph.js').Badge} badge */
  #badgeElement(badge) {
    const element = this.#badges.get(badge.id) ?? svg('g', { class: 'badge', role: 'img' });
    assign(element, { 'data-function': badge.function, 'data-fold': badge.fold?.key ?? null, 'data-out': null });
    this.#badges.set(badge.id, element);
    return element;
  }

  /** Puts every card and badge at its place; edges go there as they are drawn. @param {Geometry} geometry */
  place(geometry) {
    this.#geometry = geometry;
    for (const [id, element] of this.#cards) moveTo(element, geometry.cards.get(id));
    for (const [id, element] of this.#badges) moveTo(element, geometry.badges.get(id));
  }

  /**
   * @param {Picture} picture
   * @param {{appearing?: Map<string, number>, lanes?: Map<string, number>, grown?: Map<string, number>, cuts?: Map<string, number>, labels?: boolean}} [moment]
   */
  update(picture, { appearing = new Map(), lanes = new Map(), grown = new Map(), cuts = new Map(), labels = false } = {}) {
    this.#shown = { picture, appearing, lanes, grown, cuts, labels };
    this.#updateLabels(); // first, for a lane leaves room for its number
    this.#updateItems((id) => !this.#out.has(id));
  }

  /** Draws the items of the picture that are wanted. @param {(id: string) => boolean} wanted */
  #updateItems(wanted) {
    if (!this.#shown) return;
    const { picture, appearing, lanes } = this.#shown;
    const tab = this.translate('stage.leaf');
    const floors = groundsShown(this.#geometry.floors, picture, appearing);
    const regions = groundsShown(this.#geometry.regions, picture, appearing);
    draw(this.floorLayer, [...floors.map(({ ground, share }) => floorShape(ground, share)), ...regions.map(({ ground, share }) => regionShape(ground, share))]);
    draw(this.signLayer, [...floors.map(({ ground, share }) => floorSign(ground, share, this.translate)), ...regions.map(({ ground, share }) => regionSign(ground, share))]);
    for (const { id } of this.#graph.cards) if (wanted(id)) this.#updateCard(id, picture, appearing.get(id) ?? 1, tab);
    for (const { id, card } of this.#graph.badges) if (wanted(id)) this.#updateBadge(id, picture, appearing.get(card ?? id) ?? 1);
    for (const edge of this.#graph.edges) if (wanted(edge.id)) this.#updateWay(edge, this.#shown);
  }

  /** @param {string} id @param {Picture} picture @param {number} appearing @param {string} tab */
  #updateCard(id, picture, appearing, tab) {
    const element = /** @type {SVGGElement} */ (this.#cards.get(id));
    const item = picture.cards.get(id);
    const face = this.#faces.get(id);
    if (!item || !face || shows(this.#seen, id, [item, face, tab, appearing])) return;
    present(element, item.visible, appearing, this.#geometry.cards.get(id));
    assign(element, { 'data-mark': item.mark === '' ? null : item.mark, 'aria-label': item.label });
    draw(element, cardContent(item, face, { measure: this.measure, tab, appearing }));
  }

  /** @param {string} id @param {Picture} picture @param {number} appearing */
  #updateBadge(id, picture, appearing) {
    const element = /** @type {SVGGElement} */ (this.#badges.get(id));
    const item = picture.badges.get(id);
    const frame = this.#geometry.badges.get(id);
    if (!item || shows(this.#seen, id, [item, frame?.width, appearing])) return;
    present(element, item.visible && frame !== undefined, appearing, frame);
    if (!frame) return;
    assign(element, { 'data-mark': item.mark === '' ? null : item.mark, 'aria-label': item.label });
    draw(element, badgeContent(item, frame));
  }

  /** @param {import('./graph.js').Edge} edge @param {Shown} shown */
  #updateWay(edge, { picture, appearing, lanes, grown, cuts }) {
    const { id } = edge;
    const [share, grows, cut] = [lanes, grown, cuts].map((shares) => shares.get(id) ?? 1);
    const opacity = grown.has(id) ? 1 : appearing.get(edge.to) ?? 1;
    const item = picture.edges.get(id);
    const way = this.#ways.get(id);
    const curve = this.#geometry.curves.get(id);
    if (!item || !way || !curve) return;
    const { lane } = item;
    if (!shows(way.seen, 'edge', [curve, grows, edge.kind, edge.cut && cut, edge.climbs, this.#graph.backward])) draw(way.group, edgeContent(edge, grows < 1 ? partOf(curve, 0, grows) : curve, this.#graph.backward, edge.cut ? { at: cutAt(edge, this.#geometry), share: cut } : null));
    if (!shows(way.seen, 'shown', [item.visible && grows > 0, opacity])) assign(way.group, { display: item.visible && grows > 0 ? null : 'none', opacity: opacity < 1 ? opacity : null });
    const label = this.#labels.get(id) ?? null;
    if (shows(way.seen, 'lane', [curve, lane?.style, lane?.width, lane?.along, share, label?.x, label?.y, label?.width])) return;
    draw(way.lane, lane ? laneContent(laneBeside(this.#geometry, id, LANE_GAP + lane.width / 2), lane, share, label) : []);
    assign(way.lane, { 'data-style': lane?.style ?? null, 'data-along': lane?.along ? 'yes' : null });
  }

  /** Leaves out what is far outside a part of the scene, and draws what comes in; null draws all. @param {import('./camera.js').Extent | null} view */
  cull(view) {
    const entered = this.crop(view);
    this.#updateLabels();
    this.#updateItems((id) => entered.has(id));
  }

  /** Leaves out what is far outside a part of the scene; what comes in is told, and drawn with the next picture. @param {import('./camera.js').Extent | null} view */
  crop(view) {
    const before = this.#out;
    const out = outside(this.#geometry, view);
    const turned = new Set([...before, ...out].filter((id) => before.has(id) !== out.has(id)));
    this.#out = out;
    for (const id of turned) {
      const way = this.#ways.get(id);
      for (const element of [this.#cards.get(id), this.#badges.get(id), way?.group, way?.lane]) element?.toggleAttribute('data-out', out.has(id));
    }
    return new Set([...turned].filter((id) => !out.has(id)));
  }

  /** One edge is pointed at, or none. @param {string | null} edge */
  point(edge) {
    if (edge === this.#pointed) return;
    for (const id of [this.#pointed, edge]) this.#ways.get(id ?? '')?.group.toggleAttribute('data-pointed', id === edge);
    this.#pointed = edge;
  }

  /** Only these edges stand out, and where `reached` is given these cards with them; null: all are alike. @param {Set<string> | null} lit @param {Set<string> | null} [reached] */
  light(lit, reached = null) {
    if (lit === null && !this.parent.hasAttribute('data-path')) return;
    assign(this.parent, { 'data-path': lit === null ? null : reached === null ? 'path' : 'need' });
    for (const [id, element] of this.#cards) element.toggleAttribute('data-lit', reached?.has(id) === true);
    for (const [id, { group, lane }] of this.#ways) for (const element of [group, lane]) element.toggleAttribute('data-lit', lit?.has(id) === true);
  }

  /** @param {import('./motion.js').Effect[]} effects */
  effects(effects) {
    draw(this.effectLayer, effects.map((effect) => effectShape(effect, this.measure)));
  }

  /** Numbers of gradients that have arrived, but for those that a note says already or that are out of view; none lies on a note's leader. */
  #updateLabels() {
    if (!this.#shown) return;
    const { picture, lanes: travelling, labels } = this.#shown;
    const told = new Set(picture.notes.flatMap((note) => (note.edge === null ? [] : [note.edge])));
    const lanes = !labels ? [] : this.#graph.edges.flatMap(({ id }) => {
      const item = this.#out.has(id) ? undefined : picture.edges.get(id);
      return item?.lane && item.visible && !told.has(id) && !travelling.has(id) ? [/** @type {const} */ ([id, item.lane])] : [];
    });
    const taken = lanes.length === 0 ? [] : [...occupied(this.#graph, this.#geometry, picture, (id) => !this.#out.has(id)), ...picture.notes.map((note) => note.box)];
    const leaders = lanes.length === 0 ? [] : picture.notes.flatMap(leadersOf);
    if (shows(this.#seen, 'labels', [JSON.stringify([lanes, taken, leaders])])) return;
    const ways = [...lanes.map(([id]) => this.#geometry.curves.get(id) ?? []), ...leaders];
    const before = this.#labels;
    this.#labels = new Map();
    draw(this.labelLayer, lanes.flatMap(([id, lane]) => {
      const curve = this.#geometry.curves.get(id);
      const width = Math.ceil(this.measure(lane.text, 'cell') + 8);
      const box = curve && labelPlace(laneBeside(this.#geometry, id, LANE_GAP + lane.width / 2), width, taken, ways.filter((way) => way !== curve));
      if (!box) return [];
      taken.push(box);
      this.#labels.set(id, box);
      return [laneLabel(lane, box)];
    }));
    for (const edge of this.#graph.edges) if (before.has(edge.id) || this.#labels.has(edge.id)) this.#updateWay(edge, this.#shown);
  }
}

/** True where an element shows this already; from now on it does. @param {Map<string, unknown[]>} seen @param {string} name @param {unknown[]} face */
function shows(seen, name, face) {
  const known = seen.get(name);
  if (known?.length === face.length && face.every((part, index) => part === known[index])) return true;
  seen.set(name, face);
  return false;
}

/** Elements stand in this order; one that stands already is not moved, for to move it lays it out anew. @param {Element} layer @param {Element[]} elements */
function order(layer, elements) {
  let next = layer.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else layer.insertBefore(element, next);
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
