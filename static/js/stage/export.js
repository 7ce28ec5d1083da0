/**
 * What is on the stage, as a file of its own: styles written into attributes, no script, no reference to the outside.
 * @typedef {{background?: boolean, title?: string, description?: string, margin?: number}} ExportOptions
 */
import { fontsFor } from './fonts.js';
import { svg } from './svg.js';

const STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'font-family', 'font-size', 'font-weight', 'font-style'];
const TEXT_STYLES = new Set(['font-family', 'font-size', 'font-weight', 'font-style']);
const KEPT = new Set(['d', 'x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'transform', 'text-anchor', 'data-tensor', 'data-function', 'data-edge']);
const DROPPED_DEFAULTS = new Map([['opacity', '1'], ['fill-opacity', '1'], ['stroke-dasharray', 'none'], ['stroke-linecap', 'butt'], ['font-style', 'normal']]);
const MARGIN = 24;
const MOST_PIXELS = 16384;

/**
 * SVG text of what a scene shows now, with the fonts that it is written in.
 * @param {SVGGElement} scene
 * @param {ExportOptions} [options]
 * @returns {Promise<string>}
 */
export async function svgOf(scene, options = {}) {
  return serialized(standalone(scene, options));
}

/** @param {SVGSVGElement} root */
async function serialized(root) {
  root.prepend(await fontsFor(root));
  return new XMLSerializer().serializeToString(root);
}

/** @param {SVGGElement} scene @param {ExportOptions} options */
function standalone(scene, { background = true, title = '', description = '', margin = MARGIN }) {
  const box = scene.getBBox();
  const left = Math.floor(box.x - margin);
  const top = Math.floor(box.y - margin);
  const width = Math.max(1, Math.ceil(box.width + margin * 2));
  const height = Math.max(1, Math.ceil(box.height + margin * 2));
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `${left} ${top} ${width} ${height}`, role: 'img' });
  if (title !== '') root.append(svg('title', {}, [printable(title)]));
  if (description !== '') root.append(svg('desc', {}, [printable(description)]));
  if (background) root.append(svg('rect', { x: left, y: top, width, height, fill: groundOf(scene) }));
  for (const child of scene.children) {
    const copy = inlined(child);
    if (copy) root.append(copy);
  }
  return root;
}

/** The colour behind the scene. @param {Element} scene */
function groundOf(scene) {
  const stage = scene.closest('.stage');
  const colour = stage ? getComputedStyle(stage).backgroundColor : '';
  return colour === '' || colour === 'rgba(0, 0, 0, 0)' ? 'white' : colour;
}

/**
 * A copy with its computed styles as attributes; null for what is not shown.
 * @param {Element} element
 * @returns {SVGElement | null}
 */
function inlined(element) {
  const style = getComputedStyle(element);
  if (style.display === 'none' || element.getAttribute('display') === 'none') return null;
  const tag = /** @type {keyof SVGElementTagNameMap} */ (element.tagName);
  const copy = svg(tag);
  for (const { name, value } of element.attributes) if (KEPT.has(name)) copy.setAttribute(name, value);
  const text = tag === 'text' || tag === 'tspan';
  for (const name of tag === 'g' ? ['opacity'] : tag === 'title' ? [] : STYLES) {
    if (TEXT_STYLES.has(name) && !text) continue;
    const value = style.getPropertyValue(name);
    if (value === '' || DROPPED_DEFAULTS.get(name) === value) continue;
    if (name.startsWith('stroke-') && style.stroke === 'none') continue;
    copy.setAttribute(name, value.replaceAll('"', "'"));
  }
  if (tag === 'text') copy.setAttribute('xml:space', 'preserve');
  for (const child of element.childNodes) {
    if (child instanceof Element) {
      const inner = inlined(child);
      if (inner) copy.append(inner);
    } else if (child.nodeType === Node.TEXT_NODE) copy.append(printable(child.textContent ?? ''));
  }
  return copy;
}

/** Without the control characters that XML cannot hold. @param {string} text */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
}

/**
 * A PNG of what a scene shows now.
 * @param {SVGGElement} scene
 * @param {number} scale 1 to 4
 * @param {ExportOptions} options
 * @returns {Promise<Blob>}
 */
export async function pngOf(scene, scale, options) {
  const root = standalone(scene, options);
  const width = Number(root.getAttribute('width'));
  const height = Number(root.getAttribute('height'));
  const times = Math.min(4, Math.max(1, scale), MOST_PIXELS / Math.max(width, height));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await serialized(root))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * times);
  canvas.height = Math.round(height * times);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('expected a browser that can draw on a canvas');
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('expected the browser to write a PNG'))), 'image/png'));
}
