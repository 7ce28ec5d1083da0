/**
 * Signs on the cards of a stage, such as where two runs differ: drawn over the picture, wherever the cards are now.
 * @typedef {'added' | 'removed' | 'changed'} Mark
 * @typedef {{name: string, attribute: string, rest: string | null, texts: Record<string, string>, low: boolean}} Sort  `rest`: what the attribute of a card without a sign is; `low`: at the lower corner
 */
import { assign, svg } from './svg.js';

/** @type {Sort} */
const DIFFERENCE = { name: 'sign', attribute: 'data-difference', rest: 'none', texts: { added: '+', removed: '−', changed: '≠' }, low: false };
/** Where numbers went wrong. @type {Sort} */
export const TRAP = { name: 'trap-sign', attribute: 'data-trap', rest: null, texts: { trap: '!' }, low: true };
const RADIUS = 10;

/**
 * @param {HTMLElement} container the stage's own
 * @param {Sort} [sort]
 * @returns {{show: (marks: ReadonlyMap<number, string>) => void, close: () => void}} `show` marks tensors by their numbers
 */
export function createSigns(container, { name, attribute, rest, texts, low } = DIFFERENCE) {
  const scene = /** @type {SVGGElement} */ (container.querySelector('.scene'));
  const cards = /** @type {SVGGElement} */ (container.querySelector('.layer-cards'));
  const layer = svg('g', { class: 'layer-signs', 'aria-hidden': 'true' });
  scene.append(layer);
  /** @type {ReadonlyMap<number, string>} */
  let shown = new Map();
  /** Whether cards are marked as these or earlier signs say. */
  let marked = rest !== null;
  let asked = 0;

  function place() {
    asked = 0;
    marked = rest !== null || shown.size > 0;
    layer.replaceChildren(...[...cards.querySelectorAll('[data-card]')].flatMap((card) => {
      const mark = shown.get(Number(card.getAttribute('data-tensor')));
      assign(card, { [attribute]: mark ?? rest });
      if (mark === undefined || card.getAttribute('display') === 'none') return [];
      const frame = card.querySelector('.card-frame');
      const [x, y] = [Number(frame?.getAttribute('width') ?? 0), low ? Number(frame?.getAttribute('height') ?? 0) : 0];
      return [svg('g', { class: name, [attribute]: mark, transform: card.getAttribute('transform') }, [
        svg('circle', { cx: x, cy: y, r: RADIUS }), svg('text', { x, y: y + 4.8, 'text-anchor': 'middle' }, [texts[mark]]),
      ])];
    }));
  }
  const soon = () => {
    if (asked === 0 && (marked || shown.size > 0)) asked = requestAnimationFrame(place);
  };
  const observer = new MutationObserver(soon);
  observer.observe(cards, { subtree: true, childList: true, attributeFilter: ['transform', 'display', 'width', 'data-tensor'] });

  return {
    show(marks) {
      shown = marks;
      soon();
    },
    close() {
      observer.disconnect();
      cancelAnimationFrame(asked);
      layer.remove();
      for (const card of cards.querySelectorAll(`[${attribute}]`)) card.removeAttribute(attribute);
    },
  };
}
