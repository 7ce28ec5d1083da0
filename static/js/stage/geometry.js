/**
 * Places turned into shapes: where each card and badge stands, and the curve of every edge.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./layout.js').Places} Places
 * @typedef {import('./layout.js').Box} Box
 * @typedef {import('./layout.js').Link} Link
 * @typedef {import('./curve.js').Point} Point
 * @typedef {import('./curve.js').Rect} Rect
 * @typedef {{x: number, y: number, width: number, height: number}} Frame
 * @typedef {{width: number, height: number, cards: Map<string, Frame>, badges: Map<string, Frame>, curves: Map<string, Point[]>,
 *   bounds: Map<string, Rect>, ends: Map<string, {from: string, to: string}>, sides: Map<string, number>, floors: import('./storeys.js').Floor[], regions: import('./regions.js').Region[]}} Geometry  `bounds`: what each curve covers
 */
import { beside, boundsOf, bowed, crosses, horizontalCurve, meet, routedCurve, turningCurve } from './curve.js';
import { BADGE_HEIGHT, badgeWidth, fillWidth, parallels, spanOf } from './faces.js';
import { groupBy } from './groups.js';
import { estimate } from './text.js';

const SLOT = { badge: 10, card: 15, parallel: 22, parallelEnd: 15 };
/** What remains between two cards has room for the tab of a leaf. */
const NEARER = 14;
const CLEARANCE = 5;
/** The share of a way that shows where it turns to. */
const EARLY = 0.4;
const STRAIGHT = 16;
const LEVEL = 6;
const APART = 10;
const BOW = 46;
const WIDENED = 80;
const ARROW_ROOM = 2;
const HEAD_ROOM = 20;

/** Where nothing is drawn yet. @type {Geometry} */
export const NOTHING = { width: 0, height: 0, cards: new Map(), badges: new Map(), curves: new Map(), bounds: new Map(), ends: new Map(), sides: new Map(), floors: [], regions: [] };

/**
 * What the layout is told: boxes and links, no text.
 * @param {Graph} graph
 * @param {Map<string, Face>} faces
 * @param {import('./text.js').Measure} measure
 * @param {{close?: boolean, inRows?: boolean}} [how] `close`: cards may stand nearer above each other; `inRows`: one of several outputs stands near its use
 * @returns {{boxes: Box[], links: Link[]}}
 */
export function layoutRequest(graph, faces, measure, { close = false, inRows = false } = {}) {
  const boxes = graph.cards.map((card) => {
    const face = /** @type {Face} */ (faces.get(card.id));
    return { id: card.id, width: spanOf(face), height: face.height - (close ? NEARER : 0) };
  });
  for (const badge of graph.badges) if (badge.card === null) boxes.push({ id: badge.id, width: badgeWidth(badge, measure), height: BADGE_HEIGHT });
  const spans = spansOf(graph);
  const weights = weightsOf(graph.edges);
  const links = graph.edges.map((edge) => ({ id: edge.id, from: edge.from, to: edge.to, weight: inRows && edge.kind === 'output' ? 1 : weights(edge), span: spans.get(edge.id) ?? 1 }));
  return { boxes, links };
}

/**
 * How much an edge wants to be level: more where it leaves a result, most where it is the first such edge to come to its end and to leave its beginning. Were
 * several alike, a chain of them could slip down a little at each link for nothing.
 * @param {import('./graph.js').Edge[]} edges
 * @returns {(edge: import('./graph.js').Edge) => number}
 */
function weightsOf(edges) {
  const made = new Set(edges.map((edge) => edge.to));
  const ways = edges.filter((edge) => made.has(edge.from));
  const first = (/** @type {'from' | 'to'} */ end, /** @type {typeof edges} */ some) => new Set([...groupBy(some, (edge) => edge[end]).values()].map(([edge]) => edge));
  const [arriving, leaving] = [first('to', ways), first('from', edges)];
  return (edge) => (!made.has(edge.from) ? 1 : arriving.has(edge) && leaving.has(edge) ? 12 : 4);
}

/**
 * What goes straight into the second column of results stands in the first with the other inputs, so that the column between stays narrow.
 * @param {Graph} graph
 * @returns {Map<string, number>} edge id -> least columns to its end, where that is more than one
 */
function spansOf(graph) {
  const arriving = groupBy(graph.edges, (edge) => edge.to);
  const leaving = groupBy(graph.edges, (edge) => edge.from);
  /** @param {string} id */
  const isFirst = (id) => (arriving.get(id) ?? []).every((edge) => !arriving.has(edge.from));
  /** @param {string} id */
  const isSecond = (id) => !isFirst(id) && (arriving.get(id) ?? []).every((edge) => isFirst(edge.from));
  return new Map(graph.edges.filter((edge) => !arriving.has(edge.from) && leaving.get(edge.from)?.length === 1 && isSecond(edge.to)).map((edge) => [edge.id, 2]));
}

/**
 * Cards of one column end at one line: those that are nearly as wide as the widest grow to it, the others stand at its right.
 * @param {Graph} graph
 * @param {Map<string, Face>} faces
 * @param {Places} places
 */
export function alignColumns(graph, faces, places) {
  const centres = new Map(places.boxes.map((place) => [place[0], place]));
  const standing = graph.cards.filter((card) => centres.has(card.id));
  for (const card of standing) {
    const face = /** @type {Face} */ (faces.get(card.id));
    const missing = (centres.get(card.id)?.[3] ?? 0) - spanOf(face);
    if (missing <= 0) continue;
    face.width += missing;
    fillWidth(face);
  }
  for (const column of groupBy(standing, (card) => String(Math.round(/** @type {any} */ (centres.get(card.id))[1]))).values()) {
    const widths = column.map((card) => spanOf(/** @type {Face} */ (faces.get(card.id))));
    const widest = Math.max(...widths);
    column.forEach((card, index) => {
      const face = /** @type {Face} */ (faces.get(card.id));
      const missing = widest - widths[index];
      const place = /** @type {Places['boxes'][number]} */ (centres.get(card.id));
      if (missing <= WIDENED && !card.twin) {
        face.width += missing;
        fillWidth(face);
      } else place[1] += missing / 2;
    });
  }
}

/** A gradient's way back along an edge: to the right of the edge, or on the outer side of a bow. @param {Geometry} geometry @param {string} edge @param {number} distance */
export function laneBeside(geometry, edge, distance) {
  return beside(geometry.curves.get(edge) ?? [], distance * (geometry.sides.get(edge) ?? 1));
}

/** Whether an edge turns down so near to its card that no arrowhead has room between them. @param {Point[]} curve */
function falls(curve) {
  const [x, y] = curve[0];
  return curve.some(([px, py]) => px - x < HEAD_ROOM && py - y > HEAD_ROOM);
}

/**
 * `sides`: edges whose lane runs to their left; all others have it to their right.
 * @param {Graph} graph
 * @param {Map<string, Face>} faces
 * @param {Places} places
 * @param {import('./text.js').Measure} [measure]
 * @returns {Geometry}
 */
export function geometryOf(graph, faces, places, measure = estimate) {
  const centres = new Map(places.boxes.map(([id, x, y]) => [id, /** @type {Point} */ ([x, y])]));
  /** @type {Map<string, Frame>} */
  const cards = new Map();
  /** @type {Map<string, Frame>} */
  const badges = new Map();
  for (const card of graph.cards) {
    const face = /** @type {Face} */ (faces.get(card.id));
    const [x, y] = centres.get(card.id) ?? [0, 0];
    const left = Math.round(x + spanOf(face) / 2 - face.width);
    const top = Math.round(y - face.height / 2);
    cards.set(card.id, { x: left, y: top, width: face.width, height: face.height });
    if (card.badge !== null && face.badgeWidth > 0) {
      badges.set(card.badge, { x: left - face.reach, y: top + face.height / 2 - BADGE_HEIGHT / 2, width: face.badgeWidth, height: BADGE_HEIGHT });
    }
  }
  for (const badge of graph.badges) {
    if (badge.card !== null) continue;
    const [x, y] = centres.get(badge.id) ?? [0, 0];
    const width = badgeWidth(badge, measure);
    badges.set(badge.id, { x: Math.round(x - width / 2), y: Math.round(y - BADGE_HEIGHT / 2), width, height: BADGE_HEIGHT });
  }
  const turns = new Map(places.turns);
  const curves = curvesOf(graph, cards, badges, new Map(places.links), turns);
  const ends = new Map(graph.edges.map((edge) => [edge.id, { from: edge.from, to: edge.to }]));
  const shared = parallels(graph.edges);
  const sides = new Map(graph.edges.filter(({ id }) => turns.has(id) || (shared.get(id) ?? 0) < 0 || (!shared.has(id) && falls(/** @type {Point[]} */ (curves.get(id))))).map(({ id }) => [id, -1]));
  const bounds = new Map([...curves].map(([id, curve]) => [id, boundsOf(curve)]));
  return { width: places.width, height: places.height, cards, badges, curves, bounds, ends, sides, floors: [], regions: [] };
}

/**
 * @param {Graph} graph
 * @param {Map<string, Frame>} cards
 * @param {Map<string, Frame>} badges
 * @param {Map<string, number[][]>} routes
 * @param {Map<string, number[]>} turns
 */
function curvesOf(graph, cards, badges, routes, turns) {
  const alone = graph.badges.filter((badge) => badge.card === null).map(({ id }) => /** @type {const} */ ([id, /** @type {Frame} */ (badges.get(id))]));
  const obstacles = [...cards, ...alone].map(([id, frame]) => /** @type {const} */ ([id, rectOf(frame)]));
  /** The way around what stands before it. @param {Edge} edge @param {Point[]} calm */
  const around = (edge, calm) => {
    const route = routes.get(edge.id);
    const covered = boundsOf(calm);
    return route && obstacles.some(([id, rect]) => meet(covered, rect) && id !== edge.from && id !== edge.to && crosses(calm, rect)) ? route : null;
  };
  const starts = startPoints(graph, cards, badges, around);
  const ends = endPoints(graph, cards, badges);
  straighten(graph, cards, starts, ends);
  const shared = parallels(graph.edges);
  /** @type {Map<string, Point[]>} */
  const curves = new Map();
  for (const edge of graph.edges) {
    const from = /** @type {Point} */ (starts.get(edge.id));
    const to = /** @type {Point} */ (ends.get(edge.id));
    const runs = turns.get(edge.id);
    if (runs) {
      curves.set(edge.id, turningCurve(from, to, runs));
      continue;
    }
    const calm = horizontalCurve(from, to);
    const route = around(edge, calm);
    const way = route ? routedCurve(from, to, route) : calm;
    const side = shared.get(edge.id);
    curves.set(edge.id, side === undefined ? way : bowed(way, side * BOW));
  }
  return curves;
}

/** @param {Frame} frame @returns {Rect} */
export function rectOf(frame) {
  return { left: frame.x - CLEARANCE, top: frame.y - CLEARANCE, right: frame.x + frame.width + CLEARANCE, bottom: frame.y + frame.height + CLEARANCE };
}

/**
 * Edges leave a card's right side one below the other, in the order of where they go first, so that gradients come back to places of their own.
 * @param {Graph} graph
 * @param {Map<string, Frame>} cards
 * @param {Map<string, Frame>} badges
 * @param {(edge: Edge, calm: Point[]) => number[][] | null} around
 */
function startPoints(graph, cards, badges, around) {
  /** @type {Map<string, Point>} */
  const points = new Map();
  for (const [id, edges] of groupBy(graph.edges, (edge) => edge.from)) {
    const frame = /** @type {Frame} */ (cards.get(id) ?? badges.get(id));
    /** The height that an edge makes for: of its way, where it goes around cards, else of what it leads to. @param {Edge} edge */
    const middle = (edge) => {
      const target = cards.get(edge.to) ?? badges.get(edge.to);
      if (!target) return 0;
      const height = target.y + target.height / 2;
      const way = edges.length > 1 ? around(edge, horizontalCurve([frame.x + frame.width, frame.y + frame.height / 2], [target.x, height])) : null;
      return way ? way[Math.floor(way.length * EARLY)][1] : height;
    };
    const ordered = [...edges].sort((a, b) => middle(a) - middle(b) || a.input - b.input);
    const gap = Math.min(ordered.length === 2 && ordered[0].to === ordered[1].to ? SLOT.parallel : SLOT.card, (frame.height - 16) / Math.max(1, ordered.length - 1));
    ordered.forEach((edge, index) => {
      points.set(edge.id, [frame.x + frame.width, frame.y + frame.height / 2 + (index - (ordered.length - 1) / 2) * gap]);
    });
  }
  return points;
}

/**
 * An edge leaves at the height at which it arrives, where the card reaches so far and no other edge leaves near by.
 * @param {Graph} graph
 * @param {Map<string, Frame>} cards
 * @param {Map<string, Point>} starts
 * @param {Map<string, Point>} ends
 */
function straighten(graph, cards, starts, ends) {
  for (const [id, edges] of groupBy(graph.edges, (edge) => edge.from)) {
    const frame = cards.get(id);
    const points = edges.map((edge) => /** @type {Point} */ (starts.get(edge.id)));
    edges.forEach((edge, index) => {
      const [start, end] = [points[index], ends.get(edge.id)];
      if (!frame || !end || Math.abs(start[1] - end[1]) >= (edges.length === 1 ? STRAIGHT : LEVEL)) return;
      const inside = Math.abs(end[1] - frame.y - frame.height / 2) <= frame.height / 2 - 8;
      if (inside && points.every((other) => other === start || Math.abs(other[1] - end[1]) >= APART)) start[1] = end[1];
    });
  }
}

/**
 * Edges arrive at the slots of a badge: by argument order where order matters, else so that they do not cross.
 * @param {Graph} graph
 * @param {Map<string, Frame>} cards
 * @param {Map<string, Frame>} badges
 */
function endPoints(graph, cards, badges) {
  /** @type {Map<string, Point>} */
  const points = new Map();
  const badgeOfCard = new Map(graph.badges.map((badge) => [badge.card, badge.id]));
  for (const [id, edges] of groupBy(graph.edges, (edge) => edge.to)) {
    const fused = badgeOfCard.get(id);
    const frame = /** @type {Frame} */ ((fused ? badges.get(fused) : undefined) ?? badges.get(id) ?? cards.get(id));
    const height = (/** @type {Edge} */ edge) => {
      const source = cards.get(edge.from) ?? badges.get(edge.from);
      return source ? source.y + source.height / 2 : 0;
    };
    const ordered = [...edges].sort((a, b) => (a.ordered ? a.input - b.input : height(a) - height(b) || a.input - b.input));
    const gap = Math.min(ordered.length === 2 && ordered[0].from === ordered[1].from ? SLOT.parallelEnd : SLOT.badge, (BADGE_HEIGHT - 8) / Math.max(1, ordered.length - 1));
    ordered.forEach((edge, index) => {
      const offset = (index - (ordered.length - 1) / 2) * gap;
      const radius = BADGE_HEIGHT / 2;
      const inset = fused || badges.has(id) ? radius - Math.sqrt(Math.max(0, radius * radius - offset * offset)) : 0;
      points.set(edge.id, [frame.x + inset - ARROW_ROOM, frame.y + frame.height / 2 + offset]);
    });
  }
  return points;
}

/** Where the middles of tensors' cards are seen. @param {import('./graph.js').Card[]} cards @param {Geometry} geometry @param {(x: number, y: number) => [number, number]} project */
export function centresOf(cards, geometry, project) {
  return cards.flatMap((card) => {
    const frame = geometry.cards.get(card.id);
    if (card.twin || !frame) return [];
    const [x, y] = project(frame.x + frame.width / 2, frame.y + frame.height / 2);
    return [{ tensor: card.tensor, x, y }];
  });
}
