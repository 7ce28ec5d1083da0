/**
 * What is on the stage, as a file of its own: styles written into attributes, no script, no reference to the outside.
 * @typedef {{background?: boolean, title?: string, description?: string, source?: string, margin?: number, box?: DOMRectReadOnly}} ExportOptions  `source` is the
 *   address that opens it again, `box` the part of the scene to show, by default what is drawn
 * @typedef {{text: string, width: number, height: number, missing: string[]}} Figure  SVG text, its size in pixels, and the letters that are left to the viewer's own fonts
 */
import { fontsFor } from './fonts.js';
import { seeThrough } from './see-through.js';
import { OWN, paintOf, Styles } from './styles.js';
import { svg } from './svg.js';

const INHERITED = ['font-family', 'font-size', 'font-weight', 'font-style'];
const KEPT = new Set([...OWN, 'd', 'x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'transform', 'text-anchor', 'data-tensor', 'data-function', 'data-edge', 'data-ground']);
/** More digits than a picture shows. */
const LONG = /\d+\.\d{3,}/g;
const MARGIN = 24;
const TELLING = { 'rdf:RDF': 'http://www.w3.org/1999/02/22-rdf-syntax-ns#', 'cc:Work': 'http://creativecommons.org/ns#', 'dc:source': 'http://purl.org/dc/elements/1.1/' };

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
  for (const name of INHERITED) inherit(root, name);
  return { text: new XMLSerializer().serializeToString(root), width: Number(root.getAttribute('width')), height: Number(root.getAttribute('height')), missing };
}

/** What most texts have alike is said once, at the root. @param {SVGSVGElement} root @param {string} name */
function inherit(root, name) {
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
export function standalone(scene, { title = '', description = '', source = '', ...options } = {}) {
  const { left, top, width, height, ground } = partOf(scene, options);
  const root = svg('svg', { xmlns: 'http://www.w3.org/2000/svg', width, height, viewBox: `${left} ${top} ${width} ${height}`, role: 'img' });
  if (title !== '') root.append(svg('title', {}, [printable(title)]));
  if (description !== '') root.append(svg('desc', {}, [printable(description)]));
  if (source !== '') root.append(sourceOf(source));
  if (ground !== '') root.append(svg('rect', { x: left, y: top, width, height, ...Object.fromEntries(paintOf('fill', ground)) }));
  const styles = new Styles();
  for (const child of scene.children) root.append(...inlined(child, '', styles));
  if (ground === '') seeThrough(root);
  return root;
}

/** Where a picture comes from, as editors such as Inkscape show it: Dublin Core's word for it, in RDF. @param {string} address */
function sourceOf(address) {
  const [rdf, work, source] = Object.entries(TELLING).map(([name, space]) => document.createElementNS(space, name));
  work.setAttributeNS(TELLING['rdf:RDF'], 'rdf:about', '');
  rdf.append(work);
  work.append(source);
  source.append(address);
  return svg('metadata', {}, [rdf]);
}

/** The part of a scene that a picture shows, and the colour behind it. @param {SVGGElement} scene @param {ExportOptions} [options] */
export function partOf(scene, { background = true, margin = MARGIN, box = scene.getBBox() } = {}) {
  const [left, top] = [Math.floor(box.x - margin), Math.floor(box.y - margin)];
  const [width, height] = [box.width, box.height].map((side) => Math.max(1, Math.ceil(side + margin * 2)));
  return { left, top, width, height, ground: background ? groundOf(scene) : '' };
}

/** The colour behind the scene. @param {Element} scene */
export function groundOf(scene) {
  const stage = scene.closest('.stage');
  const colour = stage ? getComputedStyle(stage).backgroundColor : '';
  return colour === '' || colour === 'rgba(0, 0, 0, 0)' ? 'white' : colour;
}

/**
 * Copies with computed styles as attributes: none of what is not shown, several of a text whose parts look different.
 * @param {Element} element @param {string} above what styles look at in its ancestors @param {Styles} styles
 * @returns {SVGElement[]}
 */
function inlined(element, above, styles) {
  const { key, hidden, written } = styles.of(element, above);
  if (hidden || element.getAttribute('display') === 'none') return [];
  if (element instanceof SVGTextElement) return textCopies(element, key, written, styles);
  const copy = plainCopy(element, written);
  for (const child of element.childNodes) copy.append(...(child instanceof Element ? inlined(child, key, styles) : [printable(child.textContent ?? '')]));
  return [copy];
}

/** @param {Element} element @param {[string, string][]} written */
function plainCopy(element, written) {
  const copy = svg(/** @type {keyof SVGElementTagNameMap} */ (element.tagName));
  for (const { name, value } of element.attributes) if (KEPT.has(name)) copy.setAttribute(name, rounded(value));
  for (const [name, value] of written) copy.setAttribute(name, value);
  spellOut(copy);
  return copy;
}

/**
 * What some programs do not work out for themselves: they draw corners square where one radius stands for both, and take one of two opacities for the whole.
 * @param {SVGElement} copy
 */
function spellOut(copy) {
  const radius = copy.getAttribute('rx');
  if (radius !== null) copy.setAttribute('ry', radius);
  const opacity = copy.getAttribute('opacity');
  const paints = ['fill', 'stroke'].filter((name) => (copy.getAttribute(name) ?? 'none') !== 'none');
  if (opacity === null || paints.length !== 1) return;
  const own = `${paints[0]}-opacity`;
  copy.setAttribute(own, rounded(String(Number(opacity) * Number(copy.getAttribute(own) ?? 1))));
  copy.removeAttribute('opacity');
}

/** @param {string} text */
function rounded(text) {
  return text.replace(LONG, (digits) => String(Math.round(Number(digits) * 100) / 100));
}

/**
 * A text in one look stays one; another becomes a text for each look, centred where it stands, for not every program keeps the parts of a text together. A line around
 * letters becomes a text of its own under them: few programs draw it there.
 * @param {SVGTextElement} text @param {string} key @param {[string, string][]} written @param {Styles} styles
 */
function textCopies(text, key, written, styles) {
  /** @type {{look: [string, string][], from: number, words: string}[]} */
  const runs = [];
  let from = 0;
  for (const node of text.childNodes) {
    const look = node instanceof Element ? styles.of(node, key).written : written;
    const words = node.textContent ?? '';
    const before = runs.at(-1);
    if (before && (words.trim() === '' || before.look.join() === look.join())) before.words += words;
    else runs.push({ look, from, words });
    from += words.length;
  }
  return runs.filter(({ words }) => words.trim() !== '').flatMap(({ look, from, words }) => {
    const copy = plainCopy(text, look);
    if (/\S\s\s+\S/.test(words)) copy.setAttributeNS('http://www.w3.org/XML/1998/namespace', 'xml:space', 'preserve');
    if (runs.length > 1) {
      const first = from + words.length - words.trimStart().length;
      const [left, right] = [text.getStartPositionOfChar(first).x, text.getEndPositionOfChar(from + words.trimEnd().length - 1).x];
      copy.setAttribute('x', rounded(String((left + right) / 2)));
      copy.setAttribute('text-anchor', 'middle');
    }
    copy.append(printable(words.trim()));
    return haloed(copy);
  });
}

/** @param {SVGElement} text */
function haloed(text) {
  const colour = text.getAttribute('stroke');
  if (colour === null || colour === 'none') return [text];
  const halo = /** @type {SVGElement} */ (text.cloneNode(true));
  halo.setAttribute('fill', colour);
  halo.setAttribute('stroke-linejoin', 'round');
  for (const name of ['stroke', 'stroke-width']) text.removeAttribute(name);
  return [halo, text];
}

/** Without the control characters that XML cannot hold. @param {string} text */
function printable(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD');
}
