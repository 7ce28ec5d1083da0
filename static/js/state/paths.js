// Every way from the root of a backward call to a tensor, with the local derivatives along it.

/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {{function: number, input: number, tensor: number, factor: number}} Link  the function that was passed and which of its inputs, the tensor that its gradient went to, the local derivative */
/** @typedef {{root: number, seed: number, links: Link[], product: number}} Path */
/** @typedef {{paths: Path[], count: number, sum: number, edges: number}} Paths  `paths` are the first found, `count` how many there are, `sum` what all of them make, `edges` how many edges the
 *  backward pass walked for all of them at once */

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
 * @param {TensorState} tensor @param {State} state @returns {Paths|null}
 */
export function pathsTo(tensor, state) {
  const { call } = tensor;
  const started = call === null ? undefined : state.calls[call];
  if (!started || tensor.contributions.length === 0) return null;
  /** Ways to a node: how many, and what they sum to. @type {Map<string, {count: number, sum: number} | null>} */
  const known = new Map();
  /** @type {Set<string>} */
  const edges = new Set();

  /** The derivative of the edge by which a contribution came. @param {import('./types.js').Contribution} one */
  function edge(one) {
    const applied = one.function === null ? undefined : state.functions.get(one.function);
    const sent = applied?.sent.find((item) => item.input === one.input);
    return applied && applied.reached?.call === call && typeof sent?.local === 'number' && applied.outputs.length === 1 ? { applied, factor: sent.local, above: applied.outputs[0] } : null;
  }

  /** @param {number} id @param {number|null} node @returns {{count: number, sum: number} | null} */
  function measure(id, node) {
    const key = `${id} ${node}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const here = state.tensors.get(id);
    if (!here || here.value.shape.length > 0 || here.call !== call) return null;
    const arrivals = arrivalsAt(here, node, state);
    if (arrivals.length === 0) return null;
    let found = /** @type {{count: number, sum: number} | null} */ ({ count: 0, sum: 0 });
    for (const one of arrivals) {
      const step = one.function === null ? null : edge(one);
      const above = one.function === null ? { count: 1, sum: Number(one.value.data) } : step && measure(step.above, step.applied.function);
      if (!above || !found) {
        found = null;
        break;
      }
      if (step) edges.add(`${step.applied.function}.${one.input}`);
      found = { count: found.count + above.count, sum: found.sum + above.sum * (step?.factor ?? 1) };
    }
    known.set(key, found);
    return found;
  }

  /** @type {Path[]} */
  const paths = [];
  /** @param {number} id @param {number|null} node @param {Link[]} below @param {number} product */
  function walk(id, node, below, product) {
    const here = state.tensors.get(id);
    for (const one of here ? arrivalsAt(here, node, state) : []) {
      if (paths.length >= MOST_FOUND) return;
      if (one.function === null) {
        const seed = Number(one.value.data);
        paths.push({ root: id, seed, links: below, product: product * seed });
        continue;
      }
      const step = edge(one);
      if (step) walk(step.above, step.applied.function, [{ function: step.applied.function, input: /** @type {number} */ (one.input), tensor: id, factor: step.factor }, ...below], product * step.factor);
    }
  }

  const start = tensor.is_leaf ? null : tensor.producer;
  const all = measure(tensor.tensor, start);
  if (!all) return null;
  walk(tensor.tensor, start, [], 1);
  paths.sort((one, other) => Math.abs(other.product) - Math.abs(one.product));
  return { paths, count: all.count, sum: all.sum, edges: edges.size };
}
