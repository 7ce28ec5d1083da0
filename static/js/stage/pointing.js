/**
 * Pointer and keys on the picture: choosing a card, following an edge to its other end, and walking from card to card.
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./walk.js').Direction} Direction
 */
import { edgeUnder, farEnd } from './edge-under.js';
import { neighbour } from './walk.js';

/** How far from an edge a pointer may be to mean it, in pixels: a finger is broader. */
const REACH = { mouse: 6, touch: 12 };

/** @type {Map<string, Direction>} */
const ARROWS = new Map([['ArrowRight', 'right'], ['ArrowLeft', 'left'], ['ArrowUp', 'up'], ['ArrowDown', 'down']]);

/**
 * @param {SVGSVGElement} picture
 * @param {{shown: () => {graph: Graph, geometry: Geometry} | null, visible: (card: string) => boolean, onChoose: (card: Card | null) => void,
 *   onHover: (card: Card | null) => void, onWalk: (card: string) => void, onFocus: (card: string) => void, onOpen: (fold: string) => void, onEdge: (edge: string | null) => void, seen: (edge: string) => boolean,
 *   camera: {transform: import('d3-zoom').ZoomTransform}}} options `onFocus`: a card has the focus by a key; `seen`: whether an edge is drawn
 */
export function listen(picture, { shown, visible, onChoose, onHover, onWalk, onFocus, onOpen, onEdge, seen, camera }) {
  /** @param {MouseEvent} event */
  function edgeAt(event) {
    const here = shown();
    if (!here || !(event.target instanceof Element) || event.target.closest('.card, .badge, .note')) return null;
    const { left, top } = picture.getBoundingClientRect();
    const { transform } = camera;
    const point = transform.invert([event.clientX - left, event.clientY - top]);
    const reach = (event instanceof PointerEvent && event.pointerType === 'touch' ? REACH.touch : REACH.mouse) / transform.k;
    const edge = edgeUnder(here.graph, here.geometry, point, reach, ({ id }) => seen(id));
    return edge && { id: edge.id, far: farEnd(edge, here.graph, here.geometry, point) };
  }

  /** @param {Event} event @returns {Card | null} */
  const cardOf = (event) => {
    const id = event.target instanceof Element ? event.target.closest('.card')?.getAttribute('data-card') : undefined;
    return shown()?.graph.cards.find((card) => card.id === id) ?? null;
  };
  /** The closed group that made a card. @param {Card} card */
  const foldOf = (card) => shown()?.graph.badges.find((badge) => badge.id === card.badge)?.fold?.key ?? null;
  picture.addEventListener('click', (event) => {
    const fold = event.target instanceof Element ? event.target.closest('[data-fold]')?.getAttribute('data-fold') : null;
    const edge = edgeAt(event);
    if (fold) onOpen(fold);
    else if (!edge?.far || !visible(edge.far.id)) onChoose(cardOf(event));
    else {
      onChoose(edge.far);
      onWalk(edge.far.id);
    }
  });
  picture.addEventListener('pointermove', (event) => {
    if (event.buttons === 0) onEdge(edgeAt(event)?.id ?? null);
  });
  picture.addEventListener('pointerleave', () => onEdge(null));
  picture.addEventListener('pointerover', (event) => onHover(cardOf(event)));
  picture.addEventListener('pointerleave', () => onHover(null));
  picture.addEventListener('focusin', (event) => {
    const card = cardOf(event);
    if (card && event.target instanceof Element && event.target.matches(':focus-visible')) onFocus(card.id);
  });
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
