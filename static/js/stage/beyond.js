/**
 * Where a graph goes on beyond what is seen of it: that side of the stage is shaded.
 * @typedef {import('./camera.js').Extent} Extent
 */

/** What ends so near the edge that nothing of it is missed. */
const SLACK = 8;

/** @param {Extent} view the part of the scene that is seen @param {{width: number, height: number}} graph it begins at 0, 0 @returns {string} the sides where more is, as words */
export function sidesBeyond({ left, top, width, height }, graph) {
  const sides = [['left', left > SLACK], ['right', left + width < graph.width - SLACK], ['top', top > SLACK], ['bottom', top + height < graph.height - SLACK]];
  return sides.flatMap(([side, more]) => (more ? [side] : [])).join(' ');
}
