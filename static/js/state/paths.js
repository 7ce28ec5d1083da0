// Every way from the root of a backward call, or from a tensor below it, to a tensor, with the local derivatives along it.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {{function: number, input: number, tensor: number, factor: number}} Link  the function that was passed and which of its inputs, the tensor that its gradient went to, the local derivative */
/** @typedef {{root: number, seed: number, readonly links: Link[], length: number, product: number}} Path  `links` from the root on, made when they are asked for */
/** @typedef {{paths: Path[], count: number, sum: number, edges: number, starts: number[]}} Paths  `paths` are the first found, `count` how many there are, `sum` what all of them make, `edges` how many edges the
 *  backward pass walked for all of them at once, `starts` the tensors from which ways lead here, those nearest the root first */

/**
 * Where the gradient of a tensor is summed: at the node that made it, or at a leaf's AccumulateGrad (null). `ways` are the contributions by which it comes, over an edge from
 * the buffer `above` or as the seed (null); `count` and `sum` are of all paths that end here.
 * @typedef {{tensor: number, node: number|null, ways: Way[], count: number, sum: number}} Buffer
 * @typedef {{above: Buffer|null, function: number|null, input: number|null, factor: number}} Way  the factor of a seed is the seed
 * @typedef {{link: Link, below: Chain|null, length: number}} Chain  the links of a path, as far as it was walked from its end up
 */

const MOST_FOUND = 200;

/**
 * What arrived in the buffer of one node in the call that reached its tensor last. A tensor that is changed in place has a node for each of its versions and remembers
 * only what the last one to run received; of the others the functions that sent it tell.
 * @param {TensorState} tensor @param {number|null} node the function whose output it is; null: its AccumulateGrad @param {State} state
 * @returns {import('./types.js').Contribution[]}
 */
export function arrivalsAt(tensor, node, state) {
  const { contributions } = tensor;
  const call = tensor.call === null ? undefined : state.calls[tensor.call];
  const found = contributions.filter((one) => {
    if (one.function === null) return node === tensor.producer;
    const to = state.functions.get(one.function)?.sent.find((sent) => sent.input === one.input)?.to;
    return !to || (node === null ? to[0] === 'accumulate' : to[0] === 'function' && to[1] === node);
  });
  if (found.length > 0 || node === null || !call) return found;
  const seed = node === tensor.producer ? call.gradients[call.roots.indexOf(tensor.tensor)] : null;
  const sent = call.reached.flatMap((id) => (state.functions.get(id)?.sent ?? []).filter((one) => one.to?.[0] === 'function' && one.to[1] === node).map((one) => ({ function: id, input: one.input, value: one.value })));
  return seed ? [{ function: null, input: null, value: seed }, ...sent] : sent;
}

/**
 * The paths of the call that reached the tensor last, largest product first; null where one of its edges is no plain number, as with arrays.
 * @param {TensorState} tensor @param {State} state @param {number|null} [from] a tensor at which the paths begin: then their products make its derivative; null: they begin with the seeds of the call's roots
 * @returns {Paths|null}
 */
export function pathsTo(tensor, state, from = null) {
  const buffers = tensor.contributions.length === 0 ? null : buffersAbove(tensor, state);
  if (!buffers) return null;
  const [end] = buffers;
  /** A node's number is above those of the nodes before it, so that no buffer comes before one above it. */
  const ordered = [...buffers].sort((one, other) => (other.node ?? -1) - (one.node ?? -1));
  const starts = [...new Set(ordered.map((buffer) => buffer.tensor))].filter((id) => id !== tensor.tensor);
  for (const buffer of ordered) {
    if (buffer.tensor === from) buffer.ways = [{ above: null, function: null, input: null, factor: 1 }];
    else if (from !== null) buffer.ways = buffer.ways.filter(({ above }) => above !== null && above.count > 0);
    for (const { above, factor } of buffer.ways) {
      buffer.count += above ? above.count : 1;
      buffer.sum += above ? above.sum * factor : factor;
    }
  }
  const edges = buffers.reduce((sum, { ways }) => sum + ways.filter((way) => way.above).length, 0);
  const paths = walked(end).sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
  return { paths, count: end.count, sum: end.sum, edges, starts };
}

/**
 * Every buffer that the gradient of a tensor came through in its last call, its own first; null where one of the edges is no plain number.
 * @param {TensorState} tensor @param {State} state @returns {Buffer[]|null}
 */
function buffersAbove(tensor, state) {
  const { call } = tensor;
  /** @type {Map<string, Buffer>} */
  const known = new Map();
  /** @type {Buffer[]} */
  const found = [];
  /** @param {number} id @param {number|null} node */
  const bufferAt = (id, node) => {
    const key = `${id} ${node}`;
    const buffer = known.get(key) ?? { tensor: id, node, ways: [], count: 0, sum: 0 };
    if (!known.has(key)) found.push(buffer);
    known.set(key, buffer);
    return buffer;
  };
  bufferAt(tensor.tensor, tensor.is_leaf ? null : tensor.producer);
  for (const buffer of found) { // grows meanwhile
    const here = state.tensors.get(buffer.tensor);
    if (!here || here.value.shape.length > 0 || here.call !== call) return null;
    const arrivals = arrivalsAt(here, buffer.node, state);
    if (arrivals.length === 0) return null;
    for (const { function: id, input, value } of arrivals) {
      const applied = id === null ? undefined : state.functions.get(id);
      const local = applied?.sent.find((sent) => sent.input === input)?.local;
      if (id === null) buffer.ways.push({ above: null, function: null, input: null, factor: Number(value.data) });
      else if (!applied || applied.reached?.call !== call || applied.outputs.length !== 1 || typeof local !== 'number') return null;
      else buffer.ways.push({ above: bufferAt(applied.outputs[0], id), function: id, input, factor: local });
    }
  }
  return found;
}

/** The first paths that end in a buffer, found by walking up from it. @param {Buffer} end @returns {Path[]} */
function walked(end) {
  /** @type {Path[]} */
  const paths = [];
  /** @type {{buffer: Buffer, product: number, chain: Chain|null}[]} */
  const open = [{ buffer: end, product: 1, chain: null }];
  for (let here = open.pop(); here && paths.length < MOST_FOUND; here = open.pop()) {
    const { buffer, product, chain } = here;
    for (const { above, function: id, input, factor } of [...buffer.ways].reverse()) {
      if (above) open.push({ buffer: above, product: product * factor, chain: { link: { function: /** @type {number} */ (id), input: /** @type {number} */ (input), tensor: buffer.tensor, factor }, below: chain, length: (chain?.length ?? 0) + 1 } });
      else paths.push({ root: buffer.tensor, seed: factor, product: product * factor, length: chain?.length ?? 0, get links() { return linksOf(chain); } });
    }
  }
  return paths;
}

/** @param {Chain|null} chain @returns {Link[]} */
function linksOf(chain) {
  const links = [];
  for (let at = chain; at; at = at.below) links.push(at.link);
  return links;
}
