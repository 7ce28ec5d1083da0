/**
 * The op table's formulas as trees: read from their MathML, freed of the arriving gradient, filled with a program's own names.
 * @typedef {{tag: string, attributes: Record<string, string>, children: (Formula | string)[]}} Formula
 */

const ENTITIES = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]]);
const ONE = node('mn', '1');

/** @param {string} tag @param {...(Formula | string)} children @returns {Formula} */
export function node(tag, ...children) {
  return { tag, attributes: {}, children };
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
 * The tree of one `math` element's text. A text whose elements do not close is a SyntaxError.
 * @param {string} text @returns {Formula}
 */
export function readFormula(text) {
  const root = node('mrow');
  const open = [root];
  for (const [whole, closing, tag, attributes, empty] of text.matchAll(/<(\/?)([a-z]+)((?:\s+[\w-]+="[^"]*")*)\s*(\/?)>|[^<]+/g)) {
    const parent = /** @type {Formula} */ (open.at(-1));
    if (tag === undefined) {
      if (whole.trim() !== '') parent.children.push(decoded(whole));
    } else if (closing) {
      if (open.length < 2 || parent.tag !== tag) throw new SyntaxError(`expected </${parent.tag}>, got </${tag}>`);
      open.pop();
    } else {
      const made = node(tag);
      for (const [, name, value] of (attributes ?? '').matchAll(/([\w-]+)="([^"]*)"/g)) if (name !== 'xmlns') made.attributes[name] = decoded(value);
      parent.children.push(made);
      if (!empty) open.push(made);
    }
  }
  if (open.length !== 1) throw new SyntaxError(`<${open.at(-1)?.tag}> is not closed`);
  const [only] = root.children;
  if (root.children.length !== 1 || typeof only === 'string' || only.tag !== 'math') return root;
  const [inner] = only.children;
  return only.children.length === 1 && typeof inner !== 'string' ? inner : node('mrow', ...only.children);
}

/** @param {Formula | string | undefined} tree @param {string} tag @param {string} text */
const is = (tree, tag, text) => typeof tree === 'object' && tree.tag === tag && tree.children.length === 1 && tree.children[0] === text;

/** @param {Formula | string} tree @param {string} name @returns {boolean} */
export function mentions(tree, name) {
  return typeof tree === 'object' && (is(tree, 'mi', name) || tree.children.some((child) => mentions(child, name)));
}

/** The inside of brackets, else undefined. @param {Formula | string} tree @returns {Formula | undefined} */
function bracketed(tree) {
  if (typeof tree !== 'object' || tree.tag !== 'mrow' || tree.children.length !== 3) return undefined;
  const [open, inner, close] = tree.children;
  return is(open, 'mo', '(') && is(close, 'mo', ')') && typeof inner === 'object' ? inner : undefined;
}

/** @param {Formula | string} tree */
export function unbracketed(tree) {
  return bracketed(tree) ?? /** @type {Formula} */ (tree);
}

/** A named function of one argument. @param {Formula} tree @returns {{name: string, argument: Formula} | undefined} */
function application(tree) {
  const [name, rest] = tree.children;
  if (tree.tag !== 'mrow' || tree.children.length !== 2 || typeof name !== 'object' || name.tag !== 'mi' || rest === undefined) return undefined;
  const argument = bracketed(rest);
  return argument && { name: String(name.children[0]), argument };
}

/**
 * The local derivative in a rule that multiplies the arriving gradient `g`: the rule for a gradient of one. Null where `g` does not
 * simply stand as a factor, as in the rule of a matrix product.
 * @param {Formula | string} tree @param {{share?: Formula | null}} [options] `share`: what each element gets of one, in a reduction
 * @returns {Formula | null}
 */
export function localFactor(tree, options = {}) {
  if (typeof tree !== 'object') return null;
  if (is(tree, 'mi', 'g')) return ONE;
  if (!mentions(tree, 'g')) return is(tree, 'mn', '0') ? tree : null;
  const { children } = tree;
  if (tree.tag === 'mfrac') {
    const above = mentions(children[1], 'g') ? null : localFactor(children[0], options);
    return above && node('mfrac', unbracketed(above), children[1]);
  }
  if (tree.tag === 'mtable' || tree.tag === 'mtr') {
    const kept = children.map((child) => (typeof child === 'object' && child.tag === 'mtr' ? localFactor(child, options) ?? (mentions(child, 'g') ? null : child) : child));
    if (tree.tag === 'mtable') return kept.includes(null) ? null : node('mtable', .../** @type {Formula[]} */ (kept));
    const [value, ...rest] = children;
    const factor = typeof value === 'object' ? localFactor(value.children[0], options) : null;
    return factor && !rest.some((child) => mentions(child, 'g')) ? node('mtr', node('mtd', factor), ...rest) : null;
  }
  if (tree.tag !== 'mrow') return null;
  const applied = application(tree);
  if (applied) {
    if (!is(applied.argument, 'mi', 'g')) return null;
    return applied.name === 'expand' ? ONE : applied.name === 'share' ? options.share ?? null : null;
  }
  const inner = bracketed(tree);
  if (inner) {
    const factor = localFactor(inner, options);
    return factor && node('mrow', node('mo', '('), factor, node('mo', ')'));
  }
  const [first, second, third] = children;
  if (children.length === 2 && is(first, 'mo', '{')) {
    const cases = localFactor(second, options);
    return cases && node('mrow', first, cases);
  }
  if (children.length === 2 && is(first, 'mo', '−')) {
    const factor = localFactor(second, options);
    return factor && negative(factor);
  }
  if (children.length !== 3 || !is(second, 'mo', '×') || typeof first !== 'object' || typeof third !== 'object') return null;
  if (mentions(first, 'g') && mentions(third, 'g')) return null;
  if (mentions(first, 'g')) {
    const factor = localFactor(first, options);
    return factor && product(factor, third);
  }
  const factor = localFactor(third, options);
  return factor && product(first, factor);
}

/** @param {Formula} tree */
function negative(tree) {
  return node('mrow', node('mo', '−'), tree);
}

/** @param {Formula} left @param {Formula} right @returns {Formula} */
function product(left, right) {
  if (is(left, 'mn', '1')) return right;
  if (is(right, 'mn', '1')) return left;
  const [sign, one] = left.children;
  if (left.children.length === 2 && is(sign, 'mo', '−') && is(one, 'mn', '1')) return negative(right);
  return node('mrow', left, node('mo', '×'), right);
}

/**
 * The formula with names replaced and what numbers alone decide worked out: `self^(exponent − 1)` with an exponent of 2 is `self`.
 * @param {Formula} tree @param {Map<string, Formula>} names @returns {Formula}
 */
export function filled(tree, names) {
  if (tree.tag === 'mi' && tree.children.length === 1) return names.get(String(tree.children[0])) ?? tree;
  const children = tree.children.map((child) => (typeof child === 'object' ? filled(child, names) : child));
  const made = { ...tree, children };
  const [first, second, third] = children;
  if (tree.tag === 'msup' && is(second, 'mn', '1')) return /** @type {Formula} */ (first);
  if (tree.tag === 'msup' && is(second, 'mn', '0')) return ONE;
  if (tree.tag !== 'mrow' || children.length !== 3) return made;
  const [left, right] = [numberOf(first), numberOf(third)];
  if (is(second, 'mo', '−') && left !== null && right !== null) return numeral(Number((left - right).toPrecision(12)));
  if (is(second, 'mo', '×') && typeof first === 'object' && typeof third === 'object') return product(first, third);
  const inside = bracketed(made);
  return inside && (inside.tag === 'mn' || bracketed(inside)) ? inside : made;
}

/** @param {Formula | string} tree */
function numberOf(tree) {
  if (typeof tree !== 'object') return null;
  if (tree.tag === 'mn') return Number(tree.children[0]);
  const [sign, inner] = tree.children;
  return tree.tag === 'mrow' && tree.children.length === 2 && is(sign, 'mo', '−') && typeof inner === 'object' && inner.tag === 'mn' ? -Number(inner.children[0]) : null;
}

/** @param {number} value @returns {Formula} */
export function numeral(value) {
  return value < 0 ? negative(node('mn', String(-value))) : node('mn', String(value));
}

/** Whether the formula is one number as it stands. @param {Formula} tree */
export function isNumeral(tree) {
  return numberOf(tree) !== null;
}
