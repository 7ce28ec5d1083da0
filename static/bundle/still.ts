// What d3-zoom asks of d3-transition and d3-interpolate: to stop what moves an element, and a way from one view to another. The stage's own frames move the
// camera, so nothing is under way and no way is asked for; a third of the bundle stays out.
import { selection } from 'd3-selection';

(selection.prototype as { interrupt: () => unknown }).interrupt = function (this: unknown) {
  return this;
};

export function interrupt(): void {}
export const interpolateZoom = null;
