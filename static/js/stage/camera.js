/**
 * The camera: pan and zoom by pointer, wheel, touch and keys. It changes only on request.
 * @typedef {{left: number, top: number, width: number, height: number}} Extent
 */
import { select, zoom, zoomIdentity, zoomTransform } from '../../vendor/zoom.js';

const SCALES = /** @type {[number, number]} */ ([0.05, 4]);
const MARGIN = { x: 16, top: 60, bottom: 52 };
const MOST_FITTED = 1.35;

/**
 * @param {SVGSVGElement} element
 * @param {SVGGElement} scene what the camera looks at
 * @param {(scale: number) => void} onChange
 */
export function createCamera(element, scene, onChange) {
  const behaviour = /** @type {import('d3-zoom').ZoomBehavior<SVGSVGElement, unknown>} */ (zoom())
    .scaleExtent(SCALES)
    .filter((/** @type {any} */ event) => !event.button && (event.type !== 'dblclick'))
    .on('zoom', (/** @type {any} */ event) => {
      scene.setAttribute('transform', event.transform.toString());
      onChange(event.transform.k);
    });
  const target = select(element);
  target.call(behaviour);

  let size = { width: 0, height: 0 };
  const measure = () => {
    size = { width: element.clientWidth, height: element.clientHeight };
  };

  /** @param {Extent} extent @param {number} [most] */
  function look(extent, most = MOST_FITTED) {
    const { width, height } = size;
    if (width === 0 || height === 0 || extent.width === 0) return;
    const share = Math.min((width - MARGIN.x * 2) / extent.width, (height - MARGIN.top - MARGIN.bottom) / extent.height);
    const scale = Math.max(SCALES[0], Math.min(most, share));
    place(extent, scale, width / 2 - (extent.left + extent.width / 2) * scale);
  }

  /**
   * Fits, but never smaller than can be read: then the graph begins at the left and the rest is reached by panning. True where all is in view.
   * @param {Extent} extent
   * @param {number} readable the least scale at which cards can be read
   */
  function open(extent, readable) {
    const { width, height } = size;
    const share = Math.min((width - MARGIN.x * 2) / extent.width, (height - MARGIN.top - MARGIN.bottom) / extent.height);
    if (share >= readable || width === 0 || extent.width === 0) look(extent);
    else place(extent, readable, extent.width * readable <= width ? width / 2 - (extent.left + extent.width / 2) * readable : MARGIN.x - extent.left * readable);
    return share >= readable;
  }

  /** @param {Extent} extent @param {number} scale @param {number} x */
  function place(extent, scale, x) {
    const { height } = size;
    const y = MARGIN.top + (height - MARGIN.top - MARGIN.bottom) / 2 - (extent.top + extent.height / 2) * scale;
    target.call(behaviour.transform, zoomIdentity.translate(Math.round(x), Math.round(y)).scale(scale));
  }

  measure();

  return {
    /** The element has another size. */
    measure,
    look,
    open,
    /** @param {number} factor */
    zoom(factor) {
      target.call(behaviour.scaleBy, factor);
    },
    /** Moves just enough for a place to be in view. @param {number} x @param {number} y */
    reveal(x, y) {
      const { width, height } = size;
      const [left, top] = zoomTransform(element).apply([x, y]);
      const room = 80;
      const dx = left < room ? room - left : left > width - room ? width - room - left : 0;
      const dy = top < room ? room - top : top > height - room ? height - room - top : 0;
      if (dx !== 0 || dy !== 0) target.call(behaviour.translateBy, dx / zoomTransform(element).k, dy / zoomTransform(element).k);
    },
    get scale() {
      return zoomTransform(element).k;
    },
    /** Where a point of the scene is in the element. @param {number} x @param {number} y */
    project(x, y) {
      return zoomTransform(element).apply([x, y]);
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
