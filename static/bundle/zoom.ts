// Pointer, touch and wheel as an immutable camera value.
export { pointer, select } from 'd3-selection';
export { zoom, zoomIdentity, zoomTransform } from 'd3-zoom';
export type { BaseType, Selection } from 'd3-selection';
export type { D3ZoomEvent, ZoomBehavior, ZoomTransform } from 'd3-zoom';
