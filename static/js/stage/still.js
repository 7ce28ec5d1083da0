/** What stands on a stage as a picture in the same page, which the page's own styles paint. */
import { svg } from './svg.js';

const MARGIN = 10;

/**
 * A copy of a scene, whole and at its natural size: no camera, no keys.
 * @param {SVGGElement} scene @param {Record<string, string>} attributes of the picture
 */
export function stillOf(scene, { class: name, ...attributes }) {
  const { x, y, width, height } = scene.getBBox();
  const copy = /** @type {SVGGElement} */ (scene.cloneNode(true));
  copy.removeAttribute('transform');
  copy.removeAttribute('style');
  for (const focusable of copy.querySelectorAll('[tabindex]')) focusable.removeAttribute('tabindex');
  const view = [x - MARGIN, y - MARGIN, width + MARGIN * 2, height + MARGIN * 2];
  const picture = svg('svg', { class: `stage-picture ${name}`, role: 'img', viewBox: view.join(' '), ...attributes }, [copy]);
  return { picture, width: view[2], height: view[3] };
}
