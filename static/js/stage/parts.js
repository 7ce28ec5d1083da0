/**
 * What a figure leaves out of what a stage shows: values, gradients, shapes, formulas and versions that were not asked for.
 * @typedef {'values' | 'gradients' | 'shapes' | 'formulas' | 'versions'} Part
 * @typedef {ReadonlySet<Part> | null} Parts  null: nothing is left out
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').CardItem} CardItem
 */
export const PARTS = /** @type {const} */ (['values', 'gradients', 'shapes', 'formulas', 'versions']);

/** @param {Parts} parts @param {Part} part */
export function holds(parts, part) {
  return parts === null || parts.has(part);
}

/** A graph whose cards have no row for what is left out. @param {Graph} graph @param {Parts} parts @returns {Graph} */
export function trimmed(graph, parts) {
  return holds(parts, 'gradients') ? graph : { ...graph, cards: graph.cards.map((card) => ({ ...card, keepsGrad: false })) };
}

/** A picture without what is left out. @param {Picture} picture @param {Parts} parts @returns {Picture} */
export function reduced(picture, parts) {
  if (parts === null) return picture;
  const cards = new Map([...picture.cards].map(([id, item]) => [id, reducedCard(item, parts)]));
  const edges = parts.has('gradients') ? picture.edges : new Map([...picture.edges].map(([id, item]) => [id, { ...item, lane: null }]));
  return { ...picture, cards, edges };
}

/** @param {CardItem} item @param {ReadonlySet<Part>} parts @returns {CardItem} */
function reducedCard(item, parts) {
  const gradients = parts.has('gradients');
  // What is too large for its numbers tells its shape in their stead.
  const told = item.muted ? parts.has('shapes') || (parts.has('values') && item.cells === null) : parts.has('values');
  const gradient = item.gradient && item.gradient.style !== 'none' && !parts.has('values') && !parts.has('shapes') ? { ...item.gradient, text: '' } : item.gradient;
  return {
    ...item,
    value: told ? item.value : '',
    cells: parts.has('values') ? item.cells : null,
    gradient: gradients ? gradient : null,
    bar: gradients ? item.bar : null,
    waiting: gradients && parts.has('values') ? item.waiting : null,
    version: parts.has('versions') ? item.version : 0,
  };
}
