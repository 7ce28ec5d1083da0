/**
 * The layout Worker: Graphviz over ids and sizes. It knows nothing of tensors and receives no text of the program; a drawing that an author pasted it only reads.
 * @typedef {{id: string, width: number, height: number, storey?: number}} Box  boxes of one storey stand together
 * @typedef {{id: string, from: string, to: string, weight: number, span: number}} Link
 * @typedef {{id: number, boxes: Box[], links: Link[], dot?: string}} Request  `dot` is a drawing of an author's, which is only to be read
 * @typedef {{width: number, height: number, boxes: [string, number, number, number?][], links: [string, number[][]][], turns?: [string, number[]][], rows?: Map<string, number>}} Places  the centre of each box, and its width where it is to be wider than asked; `turns`: of edges
 *   between rows, the x and y that they run along, in turn; `rows`: the row of each box, where there are several
 */
import { instance } from '../../vendor/viz.js';
import { columnCount } from './sketch.js';

const POINTS_PER_INCH = 72;
/** Columns stand apart by as much as a graph's length allows: a short one has room for what is said of its edges. */
const RANK_GAPS = [{ columns: 4, gap: 52 }, { columns: 6, gap: 36 }];
const RANK_GAP = 18;
const NODE_GAP = 34;
const CLUSTER_GAP = 10;
/** Graphviz's JSON of places alone, without how each thing would be drawn. */
const PLACES = 'json0';
const viz = instance();

self.addEventListener('message', async (/** @type {MessageEvent<Request>} */ message) => {
  const { id, boxes, links, dot } = message.data;
  try {
    if (dot !== undefined) {
      self.postMessage({ id, read: readBy(await viz, dot) });
      return;
    }
    const answer = JSON.parse((await viz).renderString(graphOf(boxes, links), { format: PLACES, engine: 'dot', yInvert: true }));
    self.postMessage({ id, places: placesOf(answer, boxes, links) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});

/** What Graphviz reads in its own language, without places; an Error says where it does not. @param {any} graphviz @param {string} dot */
function readBy(graphviz, dot) {
  const { status, output, errors } = graphviz.render(dot, { engine: 'nop2', format: 'dot_json' });
  if (status !== 'success') throw new SyntaxError(errors.map((/** @type {{message: string}} */ { message }) => message).join('; '));
  return JSON.parse(output);
}

/**
 * @param {Box[]} boxes
 * @param {Link[]} links
 * @returns {any}
 */
function graphOf(boxes, links) {
  const index = new Map(boxes.map((box, order) => [box.id, `n${order}`]));
  return {
    directed: true,
    graphAttributes: { rankdir: 'LR', nodesep: NODE_GAP / POINTS_PER_INCH, ranksep: rankGap(boxes, links) / POINTS_PER_INCH, newrank: true, splines: boxes.length > 400 ? 'false' : 'spline', nslimit: 2, nslimit1: 2, mclimit: boxes.length > 400 ? 0.1 : 2, pad: 0 },
    nodeAttributes: { shape: 'box', fixedsize: true, label: '' },
    edgeAttributes: { arrowhead: 'none', tailport: 'e', headport: 'w' },
    nodes: boxes.map((box) => ({ name: index.get(box.id), attributes: { width: box.width / POINTS_PER_INCH, height: box.height / POINTS_PER_INCH } })),
    subgraphs: clustersOf(boxes).map((names, order) => ({ name: `cluster${order}`, graphAttributes: { margin: CLUSTER_GAP }, nodes: names.map((name) => ({ name: index.get(name) })) })),
    edges: links.map((link) => ({ tail: index.get(link.from), head: index.get(link.to), attributes: { weight: link.weight, minlen: link.span, id: link.id } })),
  };
}

/** The ids of each storey's boxes. @param {Box[]} boxes */
function clustersOf(boxes) {
  const storeys = new Set(boxes.flatMap((box) => box.storey ?? []));
  return [...storeys].map((storey) => boxes.filter((box) => box.storey === storey).map(({ id }) => id));
}

/** @param {Box[]} boxes @param {Link[]} links */
function rankGap(boxes, links) {
  const columns = columnCount(boxes, links);
  return RANK_GAPS.find((one) => columns <= one.columns)?.gap ?? RANK_GAP;
}

/**
 * @param {any} answer
 * @param {Box[]} boxes
 * @param {Link[]} links
 * @returns {Places}
 */
function placesOf(answer, boxes, links) {
  const [left, bottom, right, top] = answer.bb.split(',').map(Number);
  const known = new Set(links.map((link) => link.id));
  return {
    width: right - left,
    height: Math.abs(top - bottom),
    boxes: answer.objects.filter((/** @type {any} */ object) => object.pos).map((/** @type {any} */ object) => {
      const [x, y] = object.pos.split(',').map(Number);
      return [boxes[Number(object.name.slice(1))].id, x, y];
    }),
    links: (answer.edges ?? []).filter((/** @type {any} */ edge) => known.has(edge.id) && edge.pos).map((/** @type {any} */ edge) => [edge.id, controlPoints(edge.pos)]),
  };
}

/** @param {string} text */
function controlPoints(text) {
  return text.split(' ').filter((part) => !/^[es],/.test(part)).map((part) => part.split(',').map(Number));
}
