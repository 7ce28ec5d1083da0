/**
 * Where a graph goes on beyond what is seen of it: that side of the stage is shaded, and a button there moves the view on; out of sight altogether, it is offered whole.
 * @typedef {import('./camera.js').Extent} Extent
 * @typedef {keyof typeof WAYS} Side
 */
import { svg } from './svg.js';

/** What ends so near the edge that nothing of it is missed. */
const SLACK = 8;
/** Of what is seen, this share makes room. */
const SHARE = 0.6;
const WAYS = { left: [1, 0], right: [-1, 0], top: [0, 1], bottom: [0, -1] };
const SIDES = /** @type {Side[]} */ (Object.keys(WAYS));
/** Where along its side a button may stand, in shares of the view, and what it takes there, in pixels. */
const ALONG = [0.5, 0.62, 0.38, 0.74, 0.26, 0.86, 0.14];
const DOWN = [0.25, 0.35, 0.45, 0.55, 0.65];
/** Below the words over the picture, in pixels. */
const BELOW_WORDS = 4;
const TAKES = 56;
const TURNS = { left: 180, right: 0, top: -90, bottom: 90 };

/** @param {Extent} view the part of the scene that is seen @param {{width: number, height: number}} graph it begins at 0, 0 @returns {Side[]} the sides where more is */
export function sidesBeyond({ left, top, width, height }, graph) {
  const beyond = { left: left > SLACK, right: left + width < graph.width - SLACK, top: top > SLACK, bottom: top + height < graph.height - SLACK };
  return SIDES.filter((side) => beyond[side]);
}

/**
 * Where along its edge of the view a button covers no card, if anywhere: where it stands already, else as near to the middle as can be, on a side further down.
 * @param {Side} side @param {Extent} view @param {number} scale @param {Iterable<import('./geometry.js').Frame>} cards @param {number} stands @returns {number}
 */
export function placeAlong(side, { left, top, width, height }, scale, cards, stands) {
  const size = TAKES / scale;
  const upright = side === 'left' || side === 'right';
  const covers = (/** @type {number} */ share) => {
    const x = upright ? (side === 'left' ? left : left + width - size) : left + share * width;
    const y = upright ? top + share * height : side === 'top' ? top : top + height - size;
    return [...cards].some((card) => card.x <= x + size && card.x + card.width >= x && card.y <= y + size && card.y + card.height >= y);
  };
  return [stands, ...(upright ? DOWN.filter((share) => share > stands) : ALONG)].find((share) => !covers(share)) ?? stands;
}

/**
 * @param {HTMLElement} container
 * @param {import('./picture.js').Translate} translate
 * @param {{onMove: (side: Side) => void, onFit: () => void}} options
 */
export function createEdges(container, translate, { onMove, onFit }) {
  const buttons = SIDES.map((side) => {
    const button = document.createElement('button');
    button.dataset.side = side;
    button.append(svg('svg', { viewBox: '0 0 20 20', width: 18, height: 18, 'aria-hidden': 'true' }, [svg('path', { d: 'M7.5 5l5 5-5 5', transform: `rotate(${TURNS[side]} 10 10)` })]));
    button.addEventListener('click', () => onMove(side));
    return button;
  });
  const whole = document.createElement('button');
  whole.addEventListener('click', onFit);
  const all = [...buttons, whole];
  for (const button of all) Object.assign(button, { type: 'button', className: button === whole ? 'stage-lost' : 'stage-edge', hidden: true, tabIndex: button === whole ? 0 : -1 });
  container.append(...all);

  const stands = { left: 0, right: 0, top: ALONG[0], bottom: ALONG[0] };

  return {
    /** @param {Extent} view @param {number} clear where its part begins that is under no words @param {number} scale @param {import('./geometry.js').Geometry | null} graph @param {boolean} lost nothing of it is seen */
    show(view, clear, scale, graph, lost) {
      const sides = graph ? sidesBeyond(view, graph) : [];
      container.dataset.beyond = sides.join(' ');
      const highest = (clear - view.top + BELOW_WORDS / scale) / view.height;
      for (const side of graph ? sides : []) {
        const upright = side === 'left' || side === 'right';
        stands[side] = placeAlong(side, view, scale, graph?.cards.values() ?? [], upright ? Math.max(stands[side], highest) : stands[side]);
        buttons[SIDES.indexOf(side)].style[upright ? 'top' : 'left'] = `${stands[side] * 100}%`;
      }
      for (const [index, side] of SIDES.entries()) buttons[index].hidden = lost || !sides.includes(side);
      whole.hidden = !lost;
    },
    /** In the language of the page. */
    name() {
      for (const [index, side] of SIDES.entries()) {
        buttons[index].title = translate(`stage.beyond.${side}`);
        buttons[index].setAttribute('aria-label', buttons[index].title);
      }
      whole.textContent = translate('stage.beyond.whole');
    },
    remove: () => all.forEach((button) => button.remove()),
  };
}

/** How far the picture moves to show what is beyond a side, in pixels. @param {Side} side @param {Extent} view @param {number} scale @returns {[number, number]} */
export function moveTowards(side, { width, height }, scale) {
  const [x, y] = WAYS[side];
  return [x * width * scale * SHARE, y * height * scale * SHARE];
}
