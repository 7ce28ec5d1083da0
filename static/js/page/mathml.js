/**
 * Typeset mathematics. Elements come from an allow-list and are made one by one, never from a string handed to the browser.
 * @typedef {Node | string} Part
 */

const LEAST_SHARE = 0.78;
const MATHML = 'http://www.w3.org/1998/Math/MathML';

const ELEMENTS = new Set(['math', 'mrow', 'mi', 'mn', 'mo', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'msup', 'msub', 'msubsup', 'munder', 'mover',
  'munderover', 'mtable', 'mtr', 'mtd', 'mpadded', 'mphantom', 'mstyle']);
const ATTRIBUTES = new Set(['mathvariant', 'stretchy', 'fence', 'separator', 'form', 'lspace', 'rspace', 'width', 'displaystyle', 'accent', 'movablelimits']);

/**
 * One MathML element.
 * @param {string} tag @param {Record<string, string>} attributes @param {...Part} children
 */
export function math(tag, attributes, ...children) {
  if (!ELEMENTS.has(tag)) throw new TypeError(`expected a MathML element of the allow-list, got ${tag}`);
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name) || name === 'display' || name === 'class' || (name === 'data-names' && /^\d+$/.test(value))) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A number, its minus sign as an operator. @param {string} text */
export function number(text) {
  if (!text.startsWith('−') && !text.startsWith('-')) return math('mn', {}, text);
  return math('mrow', {}, math('mo', { form: 'prefix' }, '−'), math('mn', {}, text.slice(1)));
}

/** ∂above / ∂below @param {import('./formula.js').Formula} above @param {import('./formula.js').Formula} below @param {string} role */
export function partial(above, below, role) {
  return math('mfrac', { class: role },
    math('mrow', {}, math('mo', { lspace: '0', rspace: '0' }, '∂'), build(above)),
    math('mrow', {}, math('mo', { lspace: '0', rspace: '0' }, '∂'), build(below)));
}

/** The elements of a formula of the op table. @param {import('./formula.js').Formula} formula @returns {Element} */
export function build({ tag, attributes, children }) {
  return math(tag, attributes, ...children.map((child) => (typeof child === 'string' ? (tag === 'mtext' ? child.replaceAll(' ', '\u00a0') : child) : build(child))));
}

/** A formula on a line of its own, which scrolls where it is too long. @param {...Part} children */
export function displayed(...children) {
  const box = document.createElement('div');
  box.className = 'formula-scroll';
  box.dataset.scroll = '';
  box.append(math('math', { display: 'block', class: 'formula' }, ...children));
  return box;
}

/** Writes formulas that are a little too wide for their place smaller; the others keep their size and scroll. @param {Element} root */
export function fitFormulas(root) {
  const boxes = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.formula-scroll')]);
  for (const box of boxes) if (box.style.fontSize !== '') box.style.fontSize = '';
  const shares = boxes.map((box) => box.clientWidth / Math.max(box.scrollWidth, 1));
  boxes.forEach((box, index) => {
    if (shares[index] < 1) box.style.fontSize = `${Math.max(shares[index] * 0.98, LEAST_SHARE)}em`;
  });
}
