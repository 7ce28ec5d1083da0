/**
 * Shapes: what elements of a drawing are to be, as plain data. Drawing them touches only what differs from what was drawn before. Text enters as text nodes only.
 * @typedef {Record<string, string | number | null | undefined>} Attributes  null and undefined are left out
 * @typedef {{tag: keyof SVGElementTagNameMap, attributes: Attributes, children: Content[]}} Shape
 * @typedef {Shape | string} Content
 */
import { assign, svg } from './svg.js';

/**
 * @param {keyof SVGElementTagNameMap} tag
 * @param {Attributes} [attributes]
 * @param {Content[]} [children]
 * @returns {Shape}
 */
export function shape(tag, attributes = {}, children = []) {
  return { tag, attributes, children };
}

/** What was drawn into an element. @type {WeakMap<Element, Content[]>} */
const drawn = new WeakMap();

/** Makes the children of an element these; nothing else may change them. @param {Element} parent @param {Content[]} contents */
export function draw(parent, contents) {
  change(parent, drawn.get(parent) ?? [], contents);
  drawn.set(parent, contents);
}

/** @param {Element} parent @param {Content[]} before what its children are @param {Content[]} after what they are to be */
function change(parent, before, after) {
  let node = parent.firstChild;
  let at = 0;
  for (const [index, next] of after.entries()) {
    if (at < before.length && !alike(before[at], next) && alike(before[at + 1], next)) {
      node = without(parent, node);
      at += 1;
    }
    const old = before[at];
    if (node === null || old === undefined || (!alike(old, next) && alike(old, after[index + 1]))) {
      parent.insertBefore(made(next), node);
      continue;
    }
    const following = node.nextSibling;
    if (typeof next === 'string' && typeof old === 'string') {
      if (next !== old) node.nodeValue = next;
    } else if (typeof next !== 'string' && typeof old !== 'string' && next.tag === old.tag) {
      assignChanged(/** @type {Element} */ (node), old.attributes, next.attributes);
      change(/** @type {Element} */ (node), old.children, next.children);
    } else parent.replaceChild(made(next), node);
    node = following;
    at += 1;
  }
  while (node !== null) node = without(parent, node);
}

/** Whether the one may become the other. @param {Content | undefined} one @param {Content | undefined} other */
function alike(one, other) {
  if (typeof one === 'string' || typeof other === 'string') return typeof one === typeof other;
  return one?.tag === other?.tag && one?.attributes.class === other?.attributes.class;
}

/** @param {Content} content @returns {Node} */
function made(content) {
  return typeof content === 'string' ? document.createTextNode(content) : svg(content.tag, content.attributes, content.children.map(made));
}

/** @param {Element} parent @param {ChildNode | null} node @returns {ChildNode | null} what stood after it */
function without(parent, node) {
  const following = node?.nextSibling ?? null;
  if (node) parent.removeChild(node);
  return following;
}

/** @param {Element} element @param {Attributes} before @param {Attributes} after */
function assignChanged(element, before, after) {
  for (const name in before) if (after[name] === undefined && before[name] !== undefined) element.removeAttribute(name);
  for (const name in after) if (after[name] !== before[name]) assign(element, { [name]: after[name] });
}
