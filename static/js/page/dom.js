/**
 * Elements from data. User text enters the document only as text nodes.
 * @typedef {Node | string | number | null | undefined | false} Child
 */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {Element} element @param {Record<string, unknown>} attributes */
function assign(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {Element} element @param {Child[]} children */
export function fill(element, children) {
  element.replaceChildren(...children.filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
  return element;
}

/**
 * An HTML element with attributes, listeners (`onclick: fn`) and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, attributes);
  fill(element, children);
  return element;
}

/**
 * An SVG element with attributes and children.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  assign(element, attributes);
  fill(element, children);
  return element;
}

/**
 * The page's own element, which the template promises to hold.
 * @param {string} selector
 * @returns {HTMLElement}
 */
export function need(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`The page lacks ${selector}.`);
  return element;
}

/**
 * Makes an act that happens once before the next frame is painted, however often it is asked for, with what it was given last: to measure at once would lay
 * the page out anew each time.
 * @template {unknown[]} Given
 * @param {(...given: Given) => void} act
 * @returns {(...given: Given) => void}
 */
export function beforePaint(act) {
  /** @type {Given | null} */
  let asked = null;
  return (...given) => {
    if (asked === null) {
      requestAnimationFrame(() => {
        const last = /** @type {Given} */ (asked);
        asked = null;
        act(...last);
      });
    }
    asked = given;
  };
}

/** The next frame is painted; a page that nobody sees paints none. @returns {Promise<void>} */
export function painted() {
  return document.hidden ? Promise.resolve() : new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/**
 * Makes an act that happens once after the next frame is painted, however often it is asked for; `now` happens at once, and what was asked for with it.
 * @param {() => void} now
 */
export function afterPaint(now) {
  let asked = false;
  return {
    now() {
      asked = false;
      now();
    },
    later() {
      if (!asked) void painted().then(() => asked && this.now());
      asked = true;
    },
  };
}

/** Makes what scrolls reachable by Tab, and only that: `[data-scroll]` marks what may. @param {HTMLElement} root */
export function reachScrolls(root) {
  const found = [...root.querySelectorAll('[data-scroll]')];
  const scrolls = found.map((element) => element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight);
  found.forEach((element, index) => (scrolls[index] ? element.setAttribute('tabindex', '0') : element.removeAttribute('tabindex')));
}
