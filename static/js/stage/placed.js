/**
 * A layout that is known already: places found elsewhere, by the structure of what is placed, and a sketch for the rest.
 * @typedef {import('./layout-worker.js').Box} Box
 * @typedef {import('./layout-worker.js').Link} Link
 * @typedef {import('./layout-worker.js').Places} Places
 * @typedef {{place: (boxes: Box[], links: Link[]) => Promise<Places>, warm: () => void, close: () => void, joint?: boolean}} Placing  `joint`: what is placed stands at the places of another graph besides, whose cards have one form
 * @typedef {{size: [number, number], boxes: number[], links: [number, number[]][]}} Kept  centres and curves as plain numbers, in the order of boxes and links
 */
import { sketchLayout } from './sketch.js';

/** Boxes and links without names and sizes: what has the same structure stands at the same places. @param {Box[]} boxes @param {Link[]} links */
export function structureOf(boxes, links) {
  const order = new Map(boxes.map(({ id }, index) => [id, index]));
  return `${boxes.length}:${links.map(({ from, to }) => `${order.get(from)}>${order.get(to)}`).join()}`;
}

/** @param {Places} places @param {Box[]} boxes @param {Link[]} links @returns {Kept} */
export function kept(places, boxes, links) {
  const centres = new Map(places.boxes.map(([id, x, y]) => [id, [x, y]]));
  const order = new Map(links.map(({ id }, index) => [id, index]));
  return {
    size: [Math.round(places.width), Math.round(places.height)],
    boxes: boxes.flatMap(({ id }) => (centres.get(id) ?? [0, 0]).map(Math.round)),
    links: places.links.map(([id, points]) => [order.get(id) ?? -1, points.flat().map(Math.round)]),
  };
}

/** @param {Kept} known @param {Box[]} boxes @param {Link[]} links @returns {Places} */
function restored({ size: [width, height], boxes: centres, links: curves }, boxes, links) {
  return {
    width, height,
    boxes: boxes.map(({ id }, index) => [id, centres[2 * index], centres[2 * index + 1]]),
    links: curves.filter(([index]) => links[index] !== undefined).map(([index, flat]) => [links[index].id, flat.flatMap((x, at) => (at % 2 === 0 ? [[x, flat[at + 1]]] : []))]),
  };
}

/** @implements {Placing} */
export class Placed {
  #known;

  /** @param {Iterable<[string, Kept]>} known by structure */
  constructor(known) {
    this.#known = new Map(known);
  }

  /** @param {Box[]} boxes @param {Link[]} links @returns {Promise<Places>} */
  async place(boxes, links) {
    const known = this.#known.get(structureOf(boxes, links));
    return known && known.boxes.length === 2 * boxes.length ? restored(known, boxes, links) : sketchLayout(boxes, links);
  }

  warm() {}

  close() {}
}

/** A layout that remembers every place that another one finds. @implements {Placing} */
export class Noted {
  /** @type {Map<string, Kept>} */
  found = new Map();
  #layout;

  /** @param {Placing} layout */
  constructor(layout) {
    this.#layout = layout;
  }

  /** @param {Box[]} boxes @param {Link[]} links */
  async place(boxes, links) {
    const places = await this.#layout.place(boxes, links);
    this.found.set(structureOf(boxes, links), kept(places, boxes, links));
    return places;
  }

  warm() {}

  close() {}
}
