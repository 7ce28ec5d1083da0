// Reads DOT from the standard input with the Graphviz of the page; prints its nodes and how it lies as JSON and the picture it makes.
import { instance } from '../../static/vendor/viz.js';

let source = '';
for await (const chunk of process.stdin) source += chunk;
const graphviz = await instance();
const drawn = graphviz.renderJSON(source);
console.log(JSON.stringify({ graph: { rankdir: drawn.rankdir, bgcolor: drawn.bgcolor }, nodes: drawn.objects ?? [], edges: drawn.edges ?? [], svg: graphviz.renderString(source, { format: 'svg' }) }));
