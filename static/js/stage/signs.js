/**
 * Signs on the cards of a stage, where two runs differ: drawn over the picture, wherever the cards are now.
 * @typedef {'added' | 'removed' | 'changed'} Mark
 */
import { assign, svg } from './svg.js';

const SIGNS = { added: '+', removed: '−', changed: '≠' };
const RADIUS = 10;

/**
 * @param {HTMLElement} container the stage's own
 * @returns {{show: (marks: ReadonlyMap<number, Mark>) => void, close: () => void}} `show` marks tensors by their numbers
 */
export function createSigns(container) {
  const scene = /** @type {SVGGElement} */ (container.querySelector('.scene'));
  const cards = /** @type {SVGGElement} */ (container.querySelector('.layer-cards'));
  const layer = svg('g', { class: 'layer-signs', 'aria-hidden': 'true' });
  scene.append(layer);
  /** @type {ReadonlyMap<number, Mark>} */
  let shown = new Map();
  let asked = 0;

  function place() {
    asked = 0;
    layer.replaceChildren(...[...cards.querySelectorAll('[data-card]')].flatMap((card) => {
      const mark = shown.get(Number(card.getAttribute('data-tensor')));
      assign(card, { 'data-difference': mark ?? 'none' });
      if (mark === undefined || card.getAttribute('display') === 'none') return [];
      const width = Number(card.querySelector('.card-frame')?.getAttribute('width') ?? 0);
      return [svg('g', { class: 'sign', 'data-difference': mark, transform: card.getAttribute('transform') }, [
        svg('circle', { cx: width, cy: 0, r: RADIUS }), svg('text', { x: width, y: 4.8, 'text-anchor': 'middle' }, [SIGNS[mark]]),
      ])];
    }));
  }
  const soon = () => {
    if (asked === 0) asked = requestAnimationFrame(place);
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
      for (const card of cards.querySelectorAll('[data-difference]')) card.removeAttribute('data-difference');
    },
  };
}
