/**
 * What is far outside the part of a scene that is seen: browsers paint SVG that is out of view.
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./camera.js').Extent} Extent
 */

const MARGIN = 120;

/**
 * The cards, badges and edges that need not be drawn.
 * @param {Geometry} geometry
 * @param {Extent | null} view null: all is drawn
 * @returns {Set<string>}
 */
export function outside({ cards, badges, bounds }, view) {
  /** @type {Set<string>} */
  const out = new Set();
  if (view === null) return out;
  const [left, top, right, bottom] = [view.left - MARGIN, view.top - MARGIN, view.left + view.width + MARGIN, view.top + view.height + MARGIN];
  for (const frames of [cards, badges]) for (const [id, { x, y, width, height }] of frames) if (x >= right || y >= bottom || x + width <= left || y + height <= top) out.add(id);
  for (const [id, curve] of bounds) if (curve.left >= right || curve.top >= bottom || curve.right <= left || curve.bottom <= top) out.add(id);
  return out;
}
