// What an author wrote into a node of a drawing: names, numbers, a shape, a place in the order.

/** @typedef {{said: number, digits: number}} Said  a number and how many digits stand after its point */
/** @typedef {{names: string[], values: {key: string, number: Said}[], shape: number[] | null, array: boolean, order: number | null}} Claims  `array`: it has numbers of an array */

const NUMBER = '([-+\u2212]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+\u2212]?\\d+)?)';
const KEYED = new RegExp(`^(?:(.*?)\\s*(?:=|:|\\s)\\s*)?${NUMBER}$`, 'i');
/** An expression that ends in a number is no key. */
const EXPRESSION = /[\w.)\]]\s*[-+*/×−]\s*$/;
/** `(2, 3)`, `x (2,)`, `()`, `shape: [2, 3]`, `float32[2]`, `2×3 float32`. */
const SHAPES = [/^(\w*)[\s:=]*\(\s*(\d+(?:\s*[,x×]\s*\d+)*|)\s*,?\s*\)$/, /^(shape|size|形状|torch\.Size|(?:u?int|b?float|complex)\d+|bool)[\s:=]*[([]+\s*(\d+(?:\s*[,x×]\s*\d+)*|)\s*,?\s*[)\]]+$/i, /^()(\d+(?:\s*×\s*\d+)+)(?:\s+\w+)?$/];
/** The numbers of an array; they are not compared. */
const ARRAY = /^(.*?)[\s:=]*\[.*\]$/;
const ORDER = /^(?:#|№|step\s+|第\s*)?(\d{1,4})(?:[.):、]\s+|\s*[:：]\s*)(.+)$/i;
const CIRCLED = /^([①-⑳])\s*(.*)$/u;
/** What may stand before a shape or an array without naming anything. */
const NO_NAME = /^(?:shape|size|形状|torch\.Size|(?:u?int|b?float|complex)\d+|bool|value|val|data|grad|gradient|值|数值|梯度|)$/i;

/** @param {string} text @returns {Claims} */
export function claimsOf(text) {
  /** @type {Claims} */
  const claims = { names: [], values: [], shape: null, array: false, order: null };
  for (const part of partsOf(text)) {
    const line = withoutOrder(part, claims);
    const shape = SHAPES.map((pattern) => pattern.exec(line)).find((found) => found !== null);
    const keyed = KEYED.exec(line);
    if (shape) claims.shape = shape[2].split(/[,x×]/).filter((size) => size.trim() !== '').map(Number);
    else if (keyed && !EXPRESSION.test(keyed[1] ?? '')) {
      const digits = keyed[2].replaceAll('−', '-');
      claims.values.push({ key: (keyed[1] ?? '').trim(), number: { said: Number(digits), digits: /e/i.test(digits) ? -1 : digits.split('.')[1]?.length ?? 0 } });
      continue;
    }
    const array = shape ? null : ARRAY.exec(line);
    claims.array ||= array !== null;
    const before = shape?.[1] ?? array?.[1];
    if (before === undefined) claims.names.push(line);
    else if (!NO_NAME.test(before)) claims.names.push(before);
  }
  return claims;
}

/** @param {string} part @param {Claims} claims takes the number that stands before it */
function withoutOrder(part, claims) {
  const circled = CIRCLED.exec(part);
  const ordered = ORDER.exec(part);
  if (circled) claims.order = (circled[1].codePointAt(0) ?? 0) - 0x245f;
  else if (ordered) claims.order = Number(ordered[1]);
  return circled?.[2] ?? ordered?.[2] ?? part;
}

/** Lines, and the fields of a record. @param {string} text */
function partsOf(text) {
  return text.replace(/<br\s*\/?>/gi, '\n').replace(/<\/?[a-z][^>]*>/gi, '').replace(/\\[nlr]/g, '\n').replace(/[{}]/g, ' ').replace(/<\w+>/g, ' ')
    .split(/[\n|]/).map((part) => part.trim()).filter((part) => part !== '');
}
