/**
 * What is on the stage, as a file of its own: styles written into attributes, no script, no reference to the outside.
 * @typedef {{background?: boolean, title?: string, description?: string, margin?: number, box?: DOMRectReadOnly, styles?: Styles}} ExportOptions  `box` is the part of the scene to show, by
 *   default what is drawn; `styles` may be kept from figure to figure while theme and view stay
 * @typedef {Map<string, [string, string][]>} Styles  written styles by what style sheets look at: an element's attributes and those of its ancestors
 * @typedef {{text: string, width: number, height: number, missing: string[]}} Figure  SVG text, its size in pixels, and the letters that are left to the viewer's own fonts
 */
import { fontsFor, withOurs } from './fonts.js';
import { svg } from './svg.js';

const STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'font-family', 'font-size', 'font-weight', 'font-style'];
const TEXT_STYLES = new Set(['font-family', 'font-size', 'font-weight', 'font-style']);
const KEPT = new Set(['d', 'x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'transform', 'text-anchor', 'data-tensor', 'data-function', 'data-edge']);
/** Attributes that no style depends on. */
const UNSTYLED = new Set([...KEPT, 'data-card', 'id', 'role', 'tabindex', 'aria-label', 'aria-roledescription', 'aria-hidden']);
const DROPPED_DEFAULTS = new Map([['stroke', 'none'], ['opacity', '1'], ['fill-opacity', '1'], ['stroke-dasharray', 'none'], ['stroke-linecap', 'butt'], ['font-style', 'normal']]);
/** More digits than a picture shows. */
const LONG = /\d+\.\d{3,}/g;
const MARGIN = 24;

/**
 * What a scene shows now, with the glyphs that it is written in.
 * @param {SVGGElement} scene
 * @param {ExportOptions} [options]
 * @returns {Promise<Figure>}
 */
export async function figureOf(scene, options = {}) {
  const root = standalone(scene, options);
  const { style, missing } = await fontsFor(root);
  root.prepend(style);
  for (const name of TEXT_STYLES) inherit(root, name);
  return { text: new XMLSerializer().serializeToString(root), width: Number(root.getAttribute('width')), height: Number(root.getAttribute('height')), missing };
}

/** What most texts have alike is said once, at the root. @param {SVGSVGElement} root @param {string} name */
function inherit(root, name) {
  for (const part of root.querySelectorAll('tspan')) if (part.getAttribute(name) === part.parentElement?.getAttribute(name)) part.removeAttribute(name);
  const texts = [...root.querySelectorAll(`text[${name}]`)];
  if (texts.length < root.querySelectorAll('text').length) return;
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const text of texts) counts.set(text.getAttribute(name) ?? '', (counts.get(text.getAttribute(name) ?? '') ?? 0) + 1);
  const [common] = [...counts].sort((one, other) => other[1] - one[1])[0] ?? [];
  if (common === undefined) return;
  root.setAttribute(name, common);
  for (const text of texts) if (text.getAttribute(name) === common) text.removeAttribute(name);
}

/**
 * What a scene shows now as a picture of its own, its fonts not yet in it.
 * @param {SVGGElement} scene @param {ExportOptions} [options]
 */
export function standalone(scene, { background = true, title = '', description = '', margin = MARGIN, box = scene.getBBox(), styles = new Map() } = {}) {
  const left = Math.floor(box.x - margin);
  const top = Math.floor(box.y - margin);
  const width = Math.max(1, Math.ceil(box.width + margin * 2));
  const height = Math.max(1, Math.ceil(box.height + margin * 2));
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `${left} ${top} ${width} ${height}`, role: 'img' });
  if (title !== '') root.append(svg('title', {}, [printable(title)]));
  if (description !== '') root.append(svg('desc', {}, [printable(description)]));
  if (background) root.append(svg('rect', { x: left, y: top, width, height, fill: groundOf(scene) }));
  for (const child of scene.children) {
    const copy = inlined(child, '', styles);
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
 * @param {Element} element @param {string} above what styles look at in its ancestors @param {Styles} styles
 * @returns {SVGElement | null}
 */
function inlined(element, above, styles) {
  const tag = /** @type {keyof SVGElementTagNameMap} */ (element.tagName);
  let key = `${above}/${tag}`;
  for (const { name, value } of element.attributes) if (!UNSTYLED.has(name)) key += ` ${name}=${value}`;
  let written = styles.get(key);
  if (written === undefined) {
    written = stylesOf(element, tag);
    styles.set(key, written);
  }
  if (written === HIDDEN) return null;
  const copy = svg(tag);
  for (const { name, value } of element.attributes) if (KEPT.has(name)) copy.setAttribute(name, value.replace(LONG, (digits) => String(Math.round(Number(digits) * 100) / 100)));
  for (const [name, value] of written) copy.setAttribute(name, value);
  if (tag === 'text') copy.setAttribute('xml:space', 'preserve');
  for (const child of element.childNodes) {
    if (child instanceof Element) {
      const inner = inlined(child, key, styles);
      if (inner) copy.append(inner);
    } else if (child.nodeType === Node.TEXT_NODE) copy.append(printable(child.textContent ?? ''));
  }
  return copy;
}

/** @type {[string, string][]} */
const HIDDEN = [];

/** The styles that an element has by itself and by its place. @param {Element} element @param {string} tag @returns {[string, string][]} */
function stylesOf(element, tag) {
  const style = getComputedStyle(element);
  if (style.display === 'none' || element.getAttribute('display') === 'none') return HIDDEN;
  const text = tag === 'text' || tag === 'tspan';
  /** @type {[string, string][]} */
  const written = [];
  for (const name of tag === 'g' ? ['opacity'] : tag === 'title' ? [] : STYLES) {
    if (TEXT_STYLES.has(name) && !text) continue;
    const value = style.getPropertyValue(name);
    if (value === '' || DROPPED_DEFAULTS.get(name) === value) continue;
    if (name.startsWith('stroke-') && style.stroke === 'none') continue;
    const plain = value.replaceAll('"', "'");
    written.push([name, name === 'font-family' ? withOurs(plain) : plain]);
  }
  return written;
}

/** Without the control characters that XML cannot hold. @param {string} text */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
}
