/**
 * The camera: pan and zoom by pointer, wheel, touch and keys. It changes only on request.
 * @typedef {{left: number, top: number, width: number, height: number}} Extent
 * @typedef {{readable: number, largest: number}} Scales the least scale at which cards can be read, and the one at which they are large enough
 */
import { select, zoom, zoomIdentity, zoomTransform } from '../../vendor/zoom.js';

const SCALES = /** @type {[number, number]} */ ([0.05, 4]);
const MARGIN = 6;
/** Left beside a graph whose cards are read well all the same. */
const CALM = 16;
const WELL = 0.87;
const NOTE_MARGIN = 10;
const ROOM = { x: 130, y: 90 };
/** How much smaller than can be read well a graph may be, if it is whole then. */
const WHOLE = 0.93;

/**
 * @param {SVGSVGElement} element
 * @param {SVGGElement} scene what the camera looks at
 * @param {(scale: number, byHand: boolean) => void} onChange
 */
export function createCamera(element, scene, onChange) {
  /** Kept, for to ask the element lays the page out. */
  let size = { width: 0, height: 0 };
  const behaviour = /** @type {import('d3-zoom').ZoomBehavior<SVGSVGElement, unknown>} */ (zoom())
    .scaleExtent(SCALES)
    .extent(() => [[0, 0], [size.width, size.height]])
    .duration(0) // of two quick taps; what should move by itself moves in the stage's own frames
    .filter((/** @type {any} */ event) => !event.button && (event.type !== 'dblclick'))
    .on('zoom', (/** @type {any} */ event) => {
      scene.setAttribute('transform', event.transform.toString());
      onChange(event.transform.k, Boolean(event.sourceEvent));
    });
  const target = select(element);
  target.call(behaviour);

  /** What stays clear for words and buttons over the picture. */
  let clear = { top: 0, bottom: 0 };
  const measure = () => {
    const style = getComputedStyle(element);
    size = { width: element.clientWidth, height: element.clientHeight };
    clear = { top: Number.parseFloat(style.getPropertyValue('--stage-clear-top')) || 0, bottom: Number.parseFloat(style.getPropertyValue('--stage-clear-bottom')) || 0 };
  };

  /** The scale at which all of a part of the scene is in view. @param {Extent} extent @param {number} [margin] left on both sides of it */
  function share({ width, height }, margin = MARGIN) {
    return Math.min((size.width - margin * 2) / width, (size.height - clear.top - clear.bottom) / height);
  }

  /**
   * All of a part of the scene; where that is too large to be told apart, as much of it as can be, around a place.
   * @param {Extent} extent @param {Scales} scales @param {{least: number, at: number}} [around] the least scale, and the place from left to right
   */
  function look(extent, { readable, largest }, { least, at } = { least: SCALES[0], at: 0 }) {
    const { width, height } = size;
    if (width === 0 || height === 0 || extent.width === 0) return;
    const scale = Math.max(least, Math.min(largest, Math.max(share(extent, CALM), Math.min(Math.max(readable, WELL), share(extent)))));
    const spare = extent.width * scale - (width - MARGIN * 2);
    const left = spare <= 0 ? extent.left - (width / scale - extent.width) / 2 : Math.min(extent.left + (spare - MARGIN) / scale, Math.max(extent.left - MARGIN / scale, at - width / scale / 2));
    place(extent, scale, -left * scale);
  }

  /** The scale below which a graph is not read where all of it is in view. @param {number} readable */
  const leastOf = (readable) => readable * WHOLE;

  /** Whether a part of the scene can be read where all of it is in view. @param {Extent} extent @param {number} readable */
  const isWhole = (extent, readable) => share(extent) >= leastOf(readable);

  /** What a graph has to stand in, with so much room left around it in its own measure. @param {Scales} scales @param {{x: number, y: number}} room @returns {import('./rows.js').Page} */
  function page({ readable, largest }, room) {
    const least = leastOf(readable);
    return { width: size.width - (MARGIN + room.x * least) * 2, height: size.height - clear.top - clear.bottom - room.y * least, least, most: largest, flow: readable };
  }

  /**
   * Fits, but hardly smaller than can be read: then the graph begins at the left and the rest is reached by panning. True where all is in view.
   * @param {Extent} extent
   * @param {Scales} scales
   */
  function start(extent, scales) {
    const { width } = size;
    const { readable } = scales;
    const whole = isWhole(extent, readable);
    if (whole || width === 0 || extent.width === 0) look(extent, scales);
    else place(extent, readable, extent.width * readable <= width ? width / 2 - (extent.left + extent.width / 2) * readable : MARGIN - extent.left * readable);
    return whole;
  }

  /** @param {Extent} extent @param {number} scale @param {number} x */
  function place(extent, scale, x) {
    const { height } = size;
    const y = clear.top + (height - clear.top - clear.bottom) / 2 - (extent.top + extent.height / 2) * scale;
    target.call(behaviour.transform, zoomIdentity.translate(Math.round(x), Math.round(y)).scale(scale));
  }

  measure();

  return {
    /** The element has another size. */
    measure,
    look,
    start,
    share,
    isWhole,
    page,
    /** @param {number} factor */
    zoom(factor) {
      target.call(behaviour.scaleBy, factor);
    },
    /** How far the picture must move for a place to be well in view, in pixels. @param {number} x @param {number} y */
    distance(x, y) {
      const { width, height } = size;
      const [left, top] = zoomTransform(element).apply([x, y]);
      const short = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) => (high < low ? (low + high) / 2 - at : at < low ? low - at : at > high ? high - at : 0);
      return { x: short(left, ROOM.x, width - ROOM.x), y: short(top, clear.top + ROOM.y / 2, height - clear.bottom - ROOM.y / 2) };
    },
    /** Moves the picture by pixels. @param {number} x @param {number} y */
    pan(x, y) {
      const { k } = zoomTransform(element);
      target.call(behaviour.translateBy, x / k, y / k);
    },
    get scale() {
      return zoomTransform(element).k;
    },
    get transform() {
      return zoomTransform(element);
    },
    /** On the way from one view to another. @param {import('d3-zoom').ZoomTransform} from @param {import('d3-zoom').ZoomTransform} to @param {number} share */
    between(from, to, share) {
      const at = (/** @type {'x' | 'y' | 'k'} */ name) => from[name] + (to[name] - from[name]) * share;
      target.call(behaviour.transform, zoomIdentity.translate(at('x'), at('y')).scale(at('k')));
    },
    /** Looks where another camera does. @param {{transform: import('d3-zoom').ZoomTransform}} other */
    join({ transform }) {
      if (transform.toString() !== zoomTransform(element).toString()) target.call(behaviour.transform, transform);
    },
    /** Where a point of the scene is in the element. @param {number} x @param {number} y */
    project(x, y) {
      return zoomTransform(element).apply([x, y]);
    },
    /** The part of the scene that is in view and under no words or buttons; null while the element has no size. */
    get open() {
      const { k } = zoomTransform(element);
      if (size.width === 0 || size.height === 0) return null;
      const [x, y] = zoomTransform(element).invert([NOTE_MARGIN, clear.top]);
      return { x, y, width: (size.width - NOTE_MARGIN * 2) / k, height: (size.height - clear.top - clear.bottom) / k };
    },
    /** The part of the scene that is in view. @returns {Extent} */
    get view() {
      const transform = zoomTransform(element);
      const [left, top] = transform.invert([0, 0]);
      return { left, top, width: size.width / transform.k, height: size.height / transform.k };
    },
    /** True where no part of the graph is in view. @param {Extent} extent */
    lost(extent) {
      const { width, height } = size;
      const [left, top] = zoomTransform(element).apply([extent.left, extent.top]);
      const [right, bottom] = zoomTransform(element).apply([extent.left + extent.width, extent.top + extent.height]);
      return right < 0 || bottom < 0 || left > width || top > height;
    },
  };
}
