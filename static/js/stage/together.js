/**
 * Two graphs laid out as one, so that what is the same of both stands at the same place.
 * @typedef {import('./layout-worker.js').Box} Box
 * @typedef {import('./layout-worker.js').Link} Link
 * @typedef {import('./layout-worker.js').Places} Places
 * @typedef {import('./placed.js').Placing} Placing
 * @typedef {{boxes: Box[], links: Link[]}} Request
 */

/** Of what only the first graph has; no id of a graph begins so. */
const ALONE = '<';

/**
 * @param {Request} first @param {Request} second @param {(id: string) => string | null} partner the id in the second graph of a box of the first
 * @param {Placing['place']} place
 * @returns {Promise<[Places, Places]>} where each graph's boxes and links go
 */
export async function placeTogether(first, second, partner, place) {
  const known = new Set(second.boxes.map(({ id }) => id));
  const ids = new Map(first.boxes.map(({ id }) => {
    const match = partner(id);
    return [id, match !== null && known.has(match) ? match : `${ALONE}${id}`];
  }));
  const sizes = new Map(first.boxes.map((box) => [ids.get(box.id), box]));
  const boxes = [
    ...second.boxes.map((box) => ({ ...box, width: Math.max(box.width, sizes.get(box.id)?.width ?? 0), height: Math.max(box.height, sizes.get(box.id)?.height ?? 0) })),
    ...first.boxes.flatMap((box) => (known.has(/** @type {string} */ (ids.get(box.id))) ? [] : [{ ...box, id: `${ALONE}${box.id}` }])),
  ];
  const waiting = new Map(second.links.map((link) => [`${link.from}>${link.to}`, /** @type {string[]} */ ([])]));
  for (const link of second.links) waiting.get(`${link.from}>${link.to}`)?.push(link.id);
  /** A link of the first graph, as the joint graph has it. @type {Map<string, string>} */
  const links = new Map();
  const added = first.links.flatMap((link) => {
    const [from, to] = [/** @type {string} */ (ids.get(link.from)), /** @type {string} */ (ids.get(link.to))];
    const shared = waiting.get(`${from}>${to}`)?.shift();
    links.set(link.id, shared ?? `${ALONE}${link.id}`);
    return shared === undefined ? [{ ...link, id: `${ALONE}${link.id}`, from, to }] : [];
  });
  const { width, height, boxes: placed, links: routed } = await place(boxes, [...second.links, ...added]);
  const [at, along, wide] = [new Map(placed.map((one) => [one[0], one])), new Map(routed), new Map(boxes.map((one) => [one.id, one.width]))];
  /** @param {Request} graph @param {Map<string, string>} box @param {Map<string, string>} link @returns {Places} */
  const part = (graph, box, link) => ({
    width, height,
    boxes: graph.boxes.flatMap(({ id }) => {
      const found = at.get(box.get(id) ?? id);
      return found ? [/** @type {Places['boxes'][number]} */ ([id, found[1], found[2], wide.get(found[0])])] : [];
    }),
    links: graph.links.flatMap(({ id }) => {
      const points = along.get(link.get(id) ?? id);
      return points ? [/** @type {[string, number[][]]} */ ([id, points])] : [];
    }),
  });
  return [part(first, ids, links), part(second, new Map(), new Map())];
}

/** A layout that may be asked first by someone who knows better. @implements {Placing} */
export class Steered {
  /** Where boxes go, or null where the layout is to say. @type {((boxes: Box[], links: Link[], place: Placing['place']) => Promise<Places> | null) | null} */
  steer = null;
  #layout;

  /** @param {Placing & {read: (dot: string) => Promise<any>}} layout */
  constructor(layout) {
    this.#layout = layout;
  }

  /** Whether both graphs are laid out as one now. */
  get joint() {
    return this.steer !== null;
  }

  /** @param {Box[]} boxes @param {Link[]} links */
  place(boxes, links) {
    return this.steer?.(boxes, links, (more, lines) => this.placeAlone(more, lines)) ?? this.placeAlone(boxes, links);
  }

  /** Where the layout itself would put them. @param {Box[]} boxes @param {Link[]} links */
  placeAlone(boxes, links) {
    return this.#layout.place(boxes, links);
  }

  /** What Graphviz reads of a drawing in its language. @param {string} dot */
  read(dot) {
    return this.#layout.read(dot);
  }

  warm() {
    this.#layout.warm();
  }

  close() {
    this.#layout.close();
  }
}
