/**
 * A small picture of a whole large graph, with a frame around what is in view; a press or a drag looks there.
 * @typedef {import('./camera.js').Extent} Extent
 * @typedef {import('./geometry.js').Geometry} Geometry
 */

const DRAWN_FROM = 100;
const SIZE = { width: 176, height: 96 };
const MARGIN = 4;
const LEAST = 1.5;
const LOWEST = 32;

/**
 * @param {HTMLElement} container
 * @param {(x: number, y: number) => void} onLook to look at a point of the scene
 */
export function createMinimap(container, onLook) {
  const canvas = document.createElement('canvas');
  canvas.className = 'minimap';
  canvas.setAttribute('aria-hidden', 'true');
  canvas.hidden = true;
  container.append(canvas);
  /** @type {Geometry | null} */
  let shown = null;
  /** @type {ImageData | null} */
  let ground = null;
  /** Of the frame; kept, for to ask for a style is to work out all that is new on the page. */
  let ink = '';
  /** A long chain is drawn higher than it is. */
  let scale = { x: 1, y: 1 };

  /** @param {PointerEvent} event */
  function look(event) {
    const box = canvas.getBoundingClientRect();
    onLook((event.clientX - box.left - MARGIN) / scale.x, (event.clientY - box.top - MARGIN) / scale.y);
  }
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    look(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) look(event);
  });

  /** @returns {CanvasRenderingContext2D} in the scene's units */
  function pen() {
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    context.setTransform(devicePixelRatio * scale.x, 0, 0, devicePixelRatio * scale.y, MARGIN * devicePixelRatio, MARGIN * devicePixelRatio);
    return context;
  }

  return {
    /** Draws the cards of a graph, where there are many. @param {Geometry} geometry @param {import('./graph.js').Graph} graph */
    draw(geometry, graph) {
      shown = graph.cards.length >= DRAWN_FROM ? geometry : null;
      canvas.hidden = shown === null;
      if (shown === null) return;
      const fits = Math.min((SIZE.width - MARGIN * 2) / geometry.width, (SIZE.height - MARGIN * 2) / geometry.height);
      scale = { x: Math.max(fits, LOWEST / geometry.width), y: Math.max(fits, LOWEST / geometry.height) };
      const [width, height] = [geometry.width * scale.x + MARGIN * 2, geometry.height * scale.y + MARGIN * 2];
      [canvas.width, canvas.height] = [Math.ceil(width * devicePixelRatio), Math.ceil(height * devicePixelRatio)];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
      const style = getComputedStyle(canvas);
      ink = style.outlineColor;
      const context = pen();
      for (const card of graph.cards) {
        const frame = geometry.cards.get(card.id);
        if (!frame) continue;
        context.fillStyle = card.kind === 'leaf' ? style.borderColor : style.color;
        context.fillRect(frame.x, frame.y, Math.max(frame.width, LEAST / scale.x), Math.max(frame.height, LEAST / scale.y));
      }
      ground = context.getImageData(0, 0, canvas.width, canvas.height);
    },
    /** Frames what is in view. @param {Extent} view */
    frame({ left, top, width, height }) {
      if (shown === null || ground === null) return;
      const context = pen();
      context.putImageData(ground, 0, 0);
      const [x, y] = [Math.max(left, 0), Math.max(top, 0)];
      const [right, bottom] = [Math.min(left + width, shown.width), Math.min(top + height, shown.height)];
      context.beginPath();
      context.rect(x, y, Math.max(right - x, LEAST / scale.x), Math.max(bottom - y, LEAST / scale.y));
      context.resetTransform();
      context.strokeStyle = ink;
      context.lineWidth = 2 * devicePixelRatio;
      context.stroke();
    },
    remove: () => canvas.remove(),
  };
}
