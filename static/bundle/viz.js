// Graphviz compiled to WebAssembly. Only the layout Worker imports this.
export { graphvizVersion, instance } from '@viz-js/viz';
