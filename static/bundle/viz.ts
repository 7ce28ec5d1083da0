// Graphviz compiled to WebAssembly. Only the layout Worker imports this.
export { graphvizVersion, instance } from '@viz-js/viz';
export type { Graph, RenderOptions, RenderResult, Viz } from '@viz-js/viz';
