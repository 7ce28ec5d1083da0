/**
 * The scene as a list of what is to be painted, in order. Of a scene that changes only what changed is read again.
 * @typedef {{kind: 'shape', path: Path2D, ground: boolean, fill: string, stroke: string, width: number, cap: CanvasLineCap, dashes: number[]}} Shape  `ground`: filled with what is behind the picture
 * @typedef {{font: string, words: string, fill: string, opacity: number, struck: boolean}} Run
 * @typedef {{kind: 'text', x: number, y: number, share: number, runs: Run[], halo: string, reach: number}} Words  `share` is how much of the text stands before `x`; `halo` is the colour around it, of a width
 * @typedef {{opacity: number, fillOpacity: number, matrix: DOMMatrix} & (Shape | Words)} Mark  `matrix` leads to its item's own coordinates
 * @typedef {{opacity: number, matrix: DOMMatrix, marks: Mark[]}} Item  a card, a badge, an edge, or what else changes as one
 */
import { withOurs } from './fonts.js';
import { Styles } from './styles.js';

const UNMOVED = new DOMMatrix();

export class Display {
  #scene;
  #styles = new Styles();
  #observer = new MutationObserver((records) => this.#forget(records));
  /** @type {WeakMap<Element, Item | null>} */
  #items = new WeakMap();

  /** @param {SVGGElement} scene its children are layers, whose children are the items */
  constructor(scene) {
    this.#scene = scene;
    this.#observer.observe(scene, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  /** What is to be painted now. @returns {Item[]} */
  items() {
    this.#forget(this.#observer.takeRecords());
    return [...this.#scene.children].flatMap((layer) => {
      const { hidden, key } = this.#styles.of(layer, '');
      return hidden ? [] : [...layer.children].flatMap((element) => this.#item(element, key) ?? []);
    });
  }

  close() {
    this.#observer.disconnect();
  }

  /** @param {MutationRecord[]} records */
  #forget(records) {
    for (const { target } of records) {
      if (target === this.#scene) this.#items = new WeakMap();
      /** @type {Node | null} */
      let node = target;
      while (node !== null && node.parentNode?.parentNode !== this.#scene) node = node.parentNode;
      if (node instanceof Element) this.#items.delete(node);
    }
  }

  /** @param {Element} element @param {string} above */
  #item(element, above) {
    let item = this.#items.get(element);
    if (item === undefined) {
      item = this.#read(element, above);
      this.#items.set(element, item);
    }
    return item;
  }

  /** @param {Element} element @param {string} above @returns {Item | null} */
  #read(element, above) {
    const { key, hidden, written } = this.#styles.of(element, above);
    if (hidden || element.getAttribute('display') === 'none') return null;
    /** @type {Mark[]} */
    const marks = [];
    if (element.tagName !== 'g') {
      this.#mark(element, above, 1, UNMOVED, marks);
      return { opacity: 1, matrix: UNMOVED, marks };
    }
    for (const child of element.children) this.#mark(child, key, 1, UNMOVED, marks);
    return { opacity: own(element, written, 'opacity', 1), matrix: matrixOf(element) ?? UNMOVED, marks };
  }

  /** @param {Element} element @param {string} above @param {number} opacity @param {DOMMatrix} matrix @param {Mark[]} marks */
  #mark(element, above, opacity, matrix, marks) {
    const { key, hidden, written } = this.#styles.of(element, above);
    if (hidden || element.getAttribute('display') === 'none') return;
    const [solid, moved] = [opacity * own(element, written, 'opacity', 1), matrixOf(element)];
    const place = moved === null ? matrix : matrix.multiply(moved);
    if (element.tagName === 'g') {
      for (const child of element.children) this.#mark(child, key, solid, place, marks);
      return;
    }
    const look = element.tagName === 'text' ? this.#words(element, written, key) : shape(element, written);
    if (look) marks.push({ ...look, opacity: solid, fillOpacity: own(element, written, 'fill-opacity', 1), matrix: place });
  }

  /** @param {Element} text @param {[string, string][]} written @param {string} key @returns {Words} */
  #words(text, written, key) {
    const runs = [...text.childNodes].map((node) => {
      const styles = node instanceof Element ? this.#styles.of(node, key).written : written;
      const fill = styled(styles, 'fill', 'black');
      return { font: fontOf((name, otherwise) => styled(styles, name, otherwise)), words: node.textContent ?? '', fill, opacity: node instanceof Element ? own(node, styles, 'opacity', 1) : 1, struck: styled(styles, 'text-decoration', '') !== '' };
    });
    return { kind: 'text', x: number(text, 'x'), y: number(text, 'y'), share: { middle: 0.5, end: 1 }[text.getAttribute('text-anchor') ?? ''] ?? 0, runs, halo: styled(written, 'stroke', 'none'), reach: own(text, written, 'stroke-width', 1) };
  }
}

/** @param {Element} element @param {[string, string][]} written @returns {Shape | null} null for what is not painted */
function shape(element, written) {
  const path = new Path2D();
  if (element.tagName === 'rect') path.roundRect(number(element, 'x'), number(element, 'y'), number(element, 'width'), number(element, 'height'), Number.parseFloat(styled(written, 'rx', element.getAttribute('rx') ?? '0')));
  else if (element.tagName === 'circle') path.arc(number(element, 'cx'), number(element, 'cy'), number(element, 'r'), 0, 2 * Math.PI);
  else if (element.tagName === 'path') path.addPath(new Path2D(element.getAttribute('d') ?? ''));
  else return null;
  const dashes = (element.getAttribute('stroke-dasharray') ?? styled(written, 'stroke-dasharray', '')).split(/[ ,]+/).map(Number.parseFloat).filter(Number.isFinite);
  return { kind: 'shape', path, ground: element.hasAttribute('data-ground'), fill: styled(written, 'fill', 'black'), stroke: styled(written, 'stroke', 'none'), width: own(element, written, 'stroke-width', 1), cap: /** @type {CanvasLineCap} */ (styled(written, 'stroke-linecap', 'butt')), dashes };
}

/** @param {[string, string][]} written @param {string} name @param {string} otherwise */
function styled(written, name, otherwise) {
  return written.find(([known]) => known === name)?.[1] ?? otherwise;
}

/** A number that an element says of itself, or its styles do. @param {Element} element @param {[string, string][]} written @param {string} name @param {number} otherwise */
function own(element, written, name, otherwise) {
  const text = element.getAttribute(name) ?? styled(written, name, '');
  return text === '' ? otherwise : Number.parseFloat(text);
}

/** @param {Element} element @param {string} name */
function number(element, name) {
  return Number(element.getAttribute(name) ?? 0);
}

/** How an element is moved. @param {Element} element @returns {DOMMatrix | null} null where it stays where it is */
export function matrixOf(element) {
  if (!element.hasAttribute('transform') || !(element instanceof SVGGraphicsElement)) return null;
  return [...element.transform.baseVal].reduce((whole, { matrix: { a, b, c, d, e, f } }) => whole.multiply(new DOMMatrix([a, b, c, d, e, f])), UNMOVED);
}

/** What a canvas calls the font of a text. @param {(name: string, otherwise: string) => string} style */
export function fontOf(style) {
  return `${style('font-style', 'normal')} ${style('font-weight', '400')} ${style('font-size', '16')}px ${withOurs(style('font-family', 'sans-serif'))}`;
}

/** What is written in each font. @param {Item[]} items @returns {[string, string][]} */
export function lettersOf(items) {
  return items.flatMap(({ marks }) => marks.flatMap((mark) => (mark.kind === 'text' ? mark.runs.map(({ font, words }) => /** @type {[string, string]} */ ([font, words])) : [])));
}
