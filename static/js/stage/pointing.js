/**
 * Pointer and keys on the picture: choosing a card, and walking from card to card.
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./walk.js').Direction} Direction
 */
import { neighbour } from './walk.js';

/** @type {Map<string, Direction>} */
const ARROWS = new Map([['ArrowRight', 'right'], ['ArrowLeft', 'left'], ['ArrowUp', 'up'], ['ArrowDown', 'down']]);

/**
 * @param {SVGSVGElement} picture
 * @param {{shown: () => {graph: Graph, geometry: Geometry} | null, visible: (card: string) => boolean, onChoose: (card: Card | null) => void,
 *   onHover: (card: Card | null) => void, onWalk: (card: string) => void, onOpen: (fold: string) => void}} options
 */
export function listen(picture, { shown, visible, onChoose, onHover, onWalk, onOpen }) {
  /** @param {Event} event @returns {Card | null} */
  const cardOf = (event) => {
    const id = event.target instanceof Element ? event.target.closest('.card')?.getAttribute('data-card') : undefined;
    return shown()?.graph.cards.find((card) => card.id === id) ?? null;
  };
  /** The closed group that made a card. @param {Card} card */
  const foldOf = (card) => shown()?.graph.badges.find((badge) => badge.id === card.badge)?.fold?.key ?? null;
  picture.addEventListener('click', (event) => {
    const fold = event.target instanceof Element ? event.target.closest('[data-fold]')?.getAttribute('data-fold') : null;
    if (fold) onOpen(fold);
    else onChoose(cardOf(event));
  });
  picture.addEventListener('pointerover', (event) => onHover(cardOf(event)));
  picture.addEventListener('pointerleave', () => onHover(null));
  picture.addEventListener('keydown', (event) => {
    const card = cardOf(event);
    const here = shown();
    if (!card || !here || event.isComposing || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const direction = ARROWS.get(event.key);
    if (direction) {
      const next = neighbour(here.graph, here.geometry, card.id, direction, visible);
      if (next) onWalk(next);
    } else if (event.key === 'Enter') {
      const fold = foldOf(card);
      if (fold === null) onChoose(card);
      else onOpen(fold);
    }
    else if (event.key === 'Escape') picture.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
