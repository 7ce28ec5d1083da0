/**
 * Motion between two pictures: a plan of tracks, and what the plan shows at a time. Pure, so that playing, scrubbing and exporting agree.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./notes.js').Note} Note
 * @typedef {import('./curve.js').Point} Point
 * @typedef {{kind: 'appear', card: string, start: number, end: number}} Appear
 * @typedef {{kind: 'forward', edge: string, ghosts: number, start: number, end: number}} Forward
 * @typedef {{kind: 'backward', edge: string, ghosts: number, note: Note | null, start: number, end: number}} Backward
 * @typedef {{kind: 'merge' | 'coin', note: Note, text: string, tone: 'backward' | 'leaf', from: Point, to: Point, start: number, end: number, seen?: number, order?: number}} Token  `seen`: from when on it waits where it begins
 * @typedef {{kind: 'home', id: string, card: string, text: string, tone: 'backward', from: Point, to: Point, start: number, end: number}} Home  from a twin to the one real leaf
 * @typedef {{kind: 'cut', edge: string, start: number, end: number}} Cut
 * @typedef {Appear | Forward | Backward | Token | Home | Cut} Track
 * @typedef {{before: Picture, after: Picture, geometry: Geometry, tracks: Track[], switches: Map<string, number>, duration: number}} Plan
 * @typedef {{kind: 'bead', id: string, tone: 'forward' | 'backward' | 'leaf', x: number, y: number}} Bead
 * @typedef {{kind: 'token', id: string, tone: 'backward' | 'leaf', text: string, x: number, y: number, share: number}} Moving
 * @typedef {(Note & {share: number, tip?: Point}) | Bead | Moving} Effect
 * @typedef {{picture: Picture, appearing: Map<string, number>, lanes: Map<string, number>, grown: Map<string, number>, cuts: Map<string, number>, effects: Effect[]}} Moment
 */
import { BUFFER_Y } from './card.js';
import { distances, pointAt } from './curve.js';
import { easeFall, easeOut, easeTravel } from './ease.js';
import { laneBeside } from './geometry.js';

const APPEAR = 180;
const PULSE = { base: 450, each: 0.2, most: 900 };
const SUM = 300;
const COIN = 350;
const SNIP = 420;
const STAGGER = 0.55;
const OVERLAP = 60;
const NOTE_FADE = 120;
const LONGEST = 2600;
const LEAST = 120;
const GHOST_GAP = 13;
/** How far before its card a contribution waits for the others, and how far from the next one. */
const WAITING = { before: 18, apart: 22 };

/**
 * @param {Picture} before
 * @param {Picture} after
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @returns {Plan}
 */
export function planBetween(before, after, graph, geometry) {
  /** @type {Map<string, number>} */
  const switches = new Map();
  const forward = forwardTracks(before, after, graph, geometry, switches);
  const backward = backwardTracks(before, after, graph, geometry, switches, endOf(forward));
  const tracks = squeezed([...forward, ...backward, ...coinTracks(after, geometry, switches, endOf([...forward, ...backward]))], switches);
  return { before, after, geometry, tracks, switches, duration: Math.max(LEAST, endOf(tracks)) };
}

/** @param {Track[]} tracks */
function endOf(tracks) {
  return tracks.reduce((latest, track) => Math.max(latest, track.end), 0);
}

/** How long a pulse takes along a curve. @param {Point[]} curve */
function pulseTime(curve) {
  const lengths = distances(curve);
  return Math.min(PULSE.most, PULSE.base + PULSE.each * lengths[lengths.length - 1]);
}

/**
 * New cards, column by column: values travel along their edges, then the card is there.
 * @param {Picture} before
 * @param {Picture} after
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Map<string, number>} switches
 * @returns {Track[]}
 */
function forwardTracks(before, after, graph, geometry, switches) {
  const fresh = (/** @type {string} */ id) => Boolean((after.cards.get(id)?.visible && !before.cards.get(id)?.visible) || (after.badges.get(id)?.visible && !before.badges.get(id)?.visible));
  const badgeOf = new Map(graph.badges.map((badge) => [badge.card ?? badge.id, badge.id]));
  /** @type {Map<string, number>} */
  const ready = new Map();
  /** @type {Track[]} */
  const tracks = [];
  const things = [...graph.cards.map((card) => card.id), ...graph.badges.filter((badge) => badge.card === null).map((badge) => badge.id)];
  const x = (/** @type {string} */ id) => (geometry.cards.get(id) ?? geometry.badges.get(id))?.x ?? 0;
  for (const id of things.filter(fresh).sort((a, b) => x(a) - x(b))) {
    const edges = graph.edges.filter((edge) => edge.to === id && after.edges.get(edge.id)?.visible);
    const start = Math.max(0, ...edges.map((edge) => ready.get(edge.from) ?? 0));
    let arrival = start;
    for (const edge of edges) {
      const curve = geometry.curves.get(edge.id);
      if (!curve || edge.kind === 'view' || graph.backward) continue;
      const end = start + pulseTime(curve) * 0.8;
      tracks.push({ kind: 'forward', edge: edge.id, ghosts: edge.ghosts, start, end });
      arrival = Math.max(arrival, end - OVERLAP);
    }
    tracks.push({ kind: 'appear', card: id, start: arrival, end: arrival + APPEAR });
    ready.set(id, arrival + APPEAR - OVERLAP);
    for (const edge of edges) if (edge.cut) tracks.push({ kind: 'cut', edge: edge.id, start: arrival + APPEAR, end: arrival + APPEAR + SNIP });
    switches.set(id, arrival);
    const badge = badgeOf.get(id);
    if (badge) switches.set(badge, start);
    for (const edge of edges) switches.set(edge.id, start);
  }
  return tracks;
}

/**
 * Gradients on their way: a bead with its arithmetic along each lane; where contributions meet, they merge in view.
 * @param {Picture} before
 * @param {Picture} after
 * @param {Graph} graph
 * @param {Geometry} geometry
 * @param {Map<string, number>} switches
 * @param {number} begin
 * @returns {Track[]}
 */
function backwardTracks(before, after, graph, geometry, switches, begin) {
  /** @type {Track[]} */
  const tracks = [];
  const fromOf = new Map(graph.edges.map((edge) => [edge.id, edge.from]));
  const noteOf = new Map(after.notes.map((note) => [note.edge ?? note.card, note]));
  const lit = graph.edges.filter((edge) => {
    const lane = after.edges.get(edge.id)?.lane;
    return lane && !lane.along && (noteOf.get(edge.id)?.says === 'sent' || JSON.stringify(lane) !== JSON.stringify(before.edges.get(edge.id)?.lane));
  });
  let start = begin;
  for (const edge of lit) {
    const curve = geometry.curves.get(edge.id);
    if (!curve) continue;
    const end = start + pulseTime(curve);
    const note = noteOf.get(edge.id) ?? null;
    tracks.push({ kind: 'backward', edge: edge.id, ghosts: edge.ghosts, note, start, end });
    switches.set(edge.id, start);
    const home = homeTrack(edge, graph, geometry, after, end);
    if (home) tracks.push(home);
    for (const card of graph.cards) {
      if (card.tensor === edge.tensor) switches.set(card.id, Math.max(switches.get(card.id) ?? 0, (home && !card.twin ? home.end : end) - OVERLAP));
    }
    start += (end - start) * STAGGER;
  }
  for (const note of after.notes) {
    const frame = note.says === 'sum' ? geometry.cards.get(note.card ?? '') : undefined;
    if (!frame || note.moved === null) continue;
    const arrivals = tracks.filter((track) => (track.kind === 'home' ? track.card === note.card : track.kind === 'backward' && fromOf.get(track.edge) === note.card));
    const from = Math.max(begin, endOf(arrivals));
    const centre = /** @type {Point} */ ([note.box.x + note.box.width / 2, note.box.y + note.box.height / 2]);
    const waited = note.waited ?? [note.moved];
    waited.forEach((text, order) => {
      const y = frame.y + frame.height / 2 + (order - (waited.length - 1) / 2) * WAITING.apart;
      const arrival = arrivals[arrivals.length - waited.length + order];
      tracks.push({ kind: 'merge', note, text, tone: 'backward', from: [frame.x + frame.width + WAITING.before, y], to: centre, start: from, end: from + SUM, seen: arrival?.end ?? from, order });
    });
    switches.set(note.card ?? '', from + SUM);
  }
  return tracks;
}

/** What a twin was sent flies on to the leaf that it stands for. @param {import('./graph.js').Edge} edge @param {Graph} graph @param {Geometry} geometry @param {Picture} after @param {number} start @returns {Home | null} */
function homeTrack(edge, graph, geometry, after, start) {
  const twin = graph.cards.find((card) => card.id === edge.from && card.twin);
  const leaf = twin && graph.cards.find((card) => card.tensor === twin.tensor && !card.twin);
  const [here, there] = [twin, leaf].map((card) => geometry.cards.get(card?.id ?? ''));
  const text = after.edges.get(edge.id)?.lane?.text;
  if (!leaf || !here || !there || text === undefined) return null;
  const [from, to] = [here, there].map(({ x, y, width, height }) => /** @type {Point} */ ([x + width / 2, y + height / 2]));
  return { kind: 'home', id: edge.id, card: leaf.id, text, tone: 'backward', from, to, start, end: start + pulseTime([from, to]) };
}

/**
 * Writes: what was waiting in the buffer drops into `.grad`; what a hook made of a gradient takes its place.
 * @param {Picture} after
 * @param {Geometry} geometry
 * @param {Map<string, number>} switches
 * @param {number} begin
 * @returns {Track[]}
 */
function coinTracks(after, geometry, switches, begin) {
  return after.notes.flatMap((note) => {
    const frame = geometry.cards.get(note.card ?? '');
    if (!frame || note.moved === null || !['write', 'seed', 'hook'].includes(note.says)) return [];
    const { box } = note;
    const row = /** @type {Point} */ ([frame.x + frame.width - 40, frame.y + frame.height - 20]);
    const buffer = /** @type {Point} */ ([row[0], frame.y + BUFFER_Y + 10]);
    const from = /** @type {Point} */ (note.says === 'seed' ? [frame.x + frame.width + 46, frame.y + frame.height / 2] : note.says === 'hook' ? [box.x + box.width / 2, box.y + box.height / 2] : buffer);
    const to = note.says === 'hook' && after.cards.get(note.card ?? '')?.waiting ? buffer : row;
    switches.set(note.card ?? '', begin + COIN * 0.85);
    return [{ kind: /** @type {const} */ ('coin'), note, text: note.moved, tone: note.says === 'write' ? /** @type {const} */ ('leaf') : /** @type {const} */ ('backward'), from, to, start: begin, end: begin + COIN }];
  });
}

/** A jump over many steps is squeezed into a sweep. @param {Track[]} tracks @param {Map<string, number>} switches */
function squeezed(tracks, switches) {
  const end = endOf(tracks);
  if (end <= LONGEST) return tracks;
  const share = LONGEST / end;
  for (const [id, time] of switches) switches.set(id, time * share);
  return tracks.map((track) => ({ ...track, start: track.start * share, end: track.end * share, ...('seen' in track && track.seen !== undefined ? { seen: track.seen * share } : {}) }));
}

/**
 * What a plan shows at a time.
 * @param {Plan} plan
 * @param {number} time in milliseconds, 0 to `plan.duration`
 * @returns {Moment}
 */
export function momentAt(plan, time) {
  const { before, after, switches, geometry } = plan;
  const pick = (/** @type {'cards' | 'badges' | 'edges'} */ part) => new Map([...after[part]].map(([id, item]) => [id, time < (switches.get(id) ?? 0) ? before[part].get(id) ?? item : item]));
  const picture = /** @type {Picture} */ ({ cursor: after.cursor, notes: after.notes, cards: pick('cards'), badges: pick('badges'), edges: pick('edges') });
  /** @type {Map<string, number>} */
  const appearing = new Map();
  /** @type {Map<string, number>} */
  const lanes = new Map();
  /** How far edges are drawn, and cut. @type {Map<string, number>} */
  const grown = new Map();
  /** @type {Map<string, number>} */
  const cuts = new Map();
  /** @type {Effect[]} */
  const effects = [];
  /** @type {Set<string>} */
  const told = new Set();
  for (const track of plan.tracks) {
    const share = (time - track.start) / (track.end - track.start);
    if (track.kind === 'appear') {
      if (share < 1) appearing.set(track.card, easeOut(share));
    } else if (track.kind === 'cut') {
      if (share < 1) cuts.set(track.edge, Math.max(0, share));
    } else if (track.kind === 'forward') {
      const curve = geometry.curves.get(track.edge);
      grown.set(track.edge, easeTravel(Math.min(1, Math.max(0, share))));
      if (share > 0 && share < 1 && curve) effects.push(...beadsAt(`b${track.edge}`, 'forward', pointAt(curve, easeTravel(share)), track.ghosts, easeTravel(share)));
    } else if (track.kind === 'backward') {
      if (track.note) told.add(track.note.id);
      const curve = geometry.curves.get(track.edge);
      if (share <= 0 || !curve) continue;
      const place = pointAt(laneBeside(geometry, track.edge, 4), 1 - easeTravel(share));
      const tip = place.point;
      if (share < 1) {
        lanes.set(track.edge, easeTravel(share));
        effects.push(...beadsAt(`b${track.edge}`, 'backward', place, track.ghosts, 1 - easeTravel(share)));
      }
      if (track.note) effects.push({ ...track.note, share: fadeIn(time - track.start), tip: share < 1 ? tip : undefined });
    } else if (track.kind === 'home') {
      if (share > 0 && share < 1) effects.push(tokenAt(track, `h${track.id}`, share));
    } else {
      told.add(track.note.id);
      if (share <= 0) {
        if (track.seen !== undefined && time >= track.seen) effects.push(tokenAt(track, tokenId(track), 0, 1));
        continue;
      }
      const waiting = track.kind === 'coin' && track.note.says !== 'hook' ? picture.cards.get(track.note.card ?? '') : undefined;
      if (waiting?.waiting && track.note.card) picture.cards.set(track.note.card, { ...waiting, waiting: null });
      if (track.kind === 'coin' || (share >= 1 && !track.order)) effects.push({ ...track.note, share: fadeIn(time - track.start) });
      if (share < 1) effects.push(tokenAt(track, tokenId(track), share, track.seen === undefined ? share * 5 : 1));
    }
  }
  for (const note of after.notes) if (!told.has(note.id)) effects.push({ ...note, share: fadeIn(time) });
  return { picture, appearing, lanes, grown, cuts, effects };
}

/** @param {number} elapsed */
function fadeIn(elapsed) {
  return Math.min(1, Math.max(0, elapsed / NOTE_FADE));
}

/**
 * A bead; of a broadcast value several, side by side, that part on the way to the op and meet on the way back.
 * @param {string} id
 * @param {'forward' | 'backward'} tone
 * @param {{point: Point, angle: number}} place
 * @param {number} ghosts
 * @param {number} apart 0 where they are one, 1 where each is for itself
 * @returns {Bead[]}
 */
function beadsAt(id, tone, { point: [x, y], angle }, ghosts, apart) {
  return Array.from({ length: ghosts }, (_, index) => {
    const aside = (index - (ghosts - 1) / 2) * GHOST_GAP * apart;
    return { kind: 'bead', id: index === 0 ? id : `${id}~${index}`, tone, x: x - Math.sin(angle) * aside, y: y + Math.cos(angle) * aside };
  });
}

/** @param {Token} track */
function tokenId({ note, order }) {
  return order ? `m${note.id}~${order}` : `m${note.id}`;
}

/** @param {Token | Home} track @param {string} id @param {number} share how far it is on its way @param {number} [shown] @returns {Moving} */
function tokenAt(track, id, share, shown = share * 5) {
  const eased = track.kind === 'coin' && track.tone === 'leaf' ? easeFall(share) : easeTravel(share);
  const x = track.from[0] + (track.to[0] - track.from[0]) * eased;
  const y = track.from[1] + (track.to[1] - track.from[1]) * eased;
  return { kind: 'token', id, tone: track.tone, text: track.text, x, y, share: Math.min(1, shown) };
}
