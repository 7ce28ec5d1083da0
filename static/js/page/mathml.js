/**
 * Typeset mathematics. Elements come from an allow-list and are made one by one, never from a string handed to the browser.
 * @typedef {Node | string} Part
 */

const MATHML = 'http://www.w3.org/1998/Math/MathML';

const ELEMENTS = new Set(['math', 'mrow', 'mi', 'mn', 'mo', 'mtext', 'mspace', 'mfrac', 'msqrt', 'mroot', 'msup', 'msub', 'msubsup', 'munder', 'mover',
  'munderover', 'mtable', 'mtr', 'mtd', 'mpadded', 'mphantom', 'mstyle']);
const ATTRIBUTES = new Set(['mathvariant', 'stretchy', 'fence', 'separator', 'form', 'lspace', 'rspace', 'width', 'displaystyle', 'accent', 'movablelimits']);
const ENTITIES = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]]);

/**
 * One MathML element.
 * @param {string} tag @param {Record<string, string>} attributes @param {...Part} children
 */
export function math(tag, attributes, ...children) {
  if (!ELEMENTS.has(tag)) throw new TypeError(`expected a MathML element of the allow-list, got ${tag}`);
  const element = document.createElementNS(MATHML, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name) || name === 'display' || name === 'class') element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/** A name in mathematics: one letter slants, a word stands, an expression is bracketed. @param {string} name */
export function identifier(name) {
  return /[^\p{L}\p{N}_.[\]]/u.test(name) ? math('mrow', {}, math('mo', { stretchy: 'false' }, '('), math('mtext', {}, name), math('mo', { stretchy: 'false' }, ')')) : math('mi', {}, name);
}

/** A number, its minus sign as an operator. @param {string} text */
export function number(text) {
  if (!text.startsWith('−') && !text.startsWith('-')) return math('mn', {}, text);
  return math('mrow', {}, math('mo', { form: 'prefix' }, '−'), math('mn', {}, text.slice(1)));
}

/** ∂above / ∂below @param {string} above @param {string} below @param {string} role */
export function partial(above, below, role) {
  return math('mfrac', { class: role },
    math('mrow', {}, math('mo', { lspace: '0', rspace: '0' }, '∂'), identifier(above)),
    math('mrow', {}, math('mo', { lspace: '0', rspace: '0' }, '∂'), identifier(below)));
}

/** @param {string} text */
function decoded(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hexadecimal, decimal, name) => {
    if (hexadecimal) return String.fromCodePoint(parseInt(hexadecimal, 16));
    if (decimal) return String.fromCodePoint(parseInt(decimal, 10));
    return ENTITIES.get(name) ?? whole;
  });
}

/**
 * The elements that a MathML text of our own op table spells; anything outside the allow-list is an error.
 * @param {string} text
 * @returns {Element}
 */
export function parseMath(text) {
  const root = math('mrow', {});
  /** @type {Element[]} */
  const open = [root];
  for (const [whole, closing, tag, attributes, empty] of text.matchAll(/<(\/?)([a-z]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>|[^<]+/g)) {
    const parent = /** @type {Element} */ (open.at(-1));
    if (tag === undefined) {
      if (whole.trim() !== '' || parent.childElementCount === 0) parent.append(decoded(whole));
    } else if (closing) {
      if (open.length < 2 || parent.localName !== tag) throw new SyntaxError(`expected </${parent.localName}>, got </${tag}>`);
      open.pop();
    } else {
      const pairs = [...(attributes ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name, decoded(value)]);
      const element = math(tag, Object.fromEntries(pairs));
      parent.append(element);
      if (!empty) open.push(element);
    }
  }
  if (open.length !== 1) throw new SyntaxError(`<${open.at(-1)?.localName}> is not closed`);
  const only = root.firstElementChild;
  return only && root.childNodes.length === 1 && only.localName === 'math' ? math('mrow', {}, ...only.childNodes) : root;
}

/** A formula on a line of its own, which scrolls where it is too long. @param {...Part} children */
export function displayed(...children) {
  const box = document.createElement('div');
  box.className = 'formula-scroll';
  box.dataset.scroll = '';
  box.append(math('math', { display: 'block', class: 'formula' }, ...children));
  return box;
}

/** A formula inside a sentence. @param {...Part} children */
export function inline(...children) {
  return math('math', { class: 'formula-inline' }, ...children);
}
