/**
 * Which cards stand out: the one that is selected, the one that Tab reaches (others are reached by arrows), those that are pointed at elsewhere, and the twins of the one under the pointer.
 * @typedef {import('./graph.js').Card} Card
 */
import { assign } from './svg.js';

/**
 * @param {{card: (id: string) => SVGGElement | undefined}} drawing
 * @param {() => Card[]} cards of the graph that is drawn
 * @param {(id: string) => boolean} visible
 */
export function createMarking(drawing, cards, visible) {
  /** @type {string | null} */
  let selected = null;
  /** @type {string | null} */
  let marked = null;
  /** @type {string | null} */
  let reachable = null;

  /** @param {string | null} id @param {Record<string, string | number | null>} attributes */
  function mark(id, attributes) {
    const element = id === null ? undefined : drawing.card(id);
    if (element) assign(element, attributes);
  }

  /** Another moment, graph or choice stands. */
  function update() {
    const next = selected ?? cards().find((card) => visible(card.id))?.id ?? null;
    for (const id of [reachable, marked]) mark(id, { tabindex: -1, 'data-selected': null });
    mark(next, { tabindex: 0, 'data-selected': next === selected ? '' : null });
    [reachable, marked] = [next, selected];
  }

  return {
    update,
    get selected() {
      return selected;
    },
    /** @param {number | null} tensor */
    select(tensor) {
      selected = cards().find((item) => item.tensor === tensor)?.id ?? null;
      update();
    },
    /** The focus goes to a card. @param {string} id */
    walkTo(id) {
      mark(reachable, { tabindex: -1 });
      reachable = id;
      mark(id, { tabindex: 0 });
      drawing.card(id)?.focus({ preventScroll: true });
    },
    /** The cards of a tensor are pointed at elsewhere; null: none. @param {number | null} tensor */
    hint(tensor) {
      for (const item of cards()) drawing.card(item.id)?.toggleAttribute('data-hinted', item.tensor === tensor);
    },
    /** The pointer is on a card: its twins are lit. @param {Card | null} card */
    lightTwins(card) {
      for (const item of cards()) drawing.card(item.id)?.toggleAttribute('data-twin-lit', card !== null && item.tensor === card.tensor && item.id !== card.id);
    },
  };
}
