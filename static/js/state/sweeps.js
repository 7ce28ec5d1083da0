// What a gradient costs in reverse and in forward mode, counted over the recorded functions from the shapes that they worked on.

import { targetTensor, plan } from './gradients.js';
import { label, opName } from './labels.js';

/**
 * A sweep passes every edge of the graph once and multiplies by its local derivative, a matrix of which only the numbers that can differ from 0 count: one
 * multiply-add each, whichever way it is passed. So one sweep costs the same in both modes, but for what it does not reach, and the modes differ in how many there are:
 * one for each number of the result, or one for each number that it depends on.
 * @typedef {import('./trace.js').Trace} Trace
 * @typedef {import('./types.js').State} State
 * @typedef {import('./types.js').FunctionState} FunctionState
 * @typedef {import('./types.js').Target} Target
 * @typedef {{function: number, op: string, to: string, tensor: number, cost: number | null}} Edge  `to` is the node that receives the gradient, `cost` null where the op is not known
 * @typedef {{tensor: number, name: string, numbers: number, sweep: number}} Input  how many numbers it has, and what a forward sweep from one of them costs
 * @typedef {{op: string, edges: number, cost: number}} Share
 * @typedef {{call: number, root: string, outputs: number, inputs: Input[], numbers: number, reverse: {sweeps: number, sweep: number, total: number}, forward: {sweeps: number, total: number},
 *   ops: Share[], unknown: string[]}} Sweeps
 */

/** Ops that only hand numbers on to another place or under another shape. */
const MOVES = new Set(('alias view reshape_alias unsafe_view t t_ transpose transpose_ permute squeeze squeeze_ squeeze_dim squeeze_all_ unsqueeze unsqueeze_ expand slice select split split_with_sizes unsafe_split '
  + 'unbind clone copy to_copy copy_into copy_slices flip roll rot90 diagonal diagonal_copy as_strided strided cat stack gather index index_select take masked_select embedding pixel_shuffle pixel_unshuffle tril triu '
  + 'unfold im2col diag_embed block_diag constant_pad_nd max_pool2d_with_indices max min amax amin max_dim min_dim median median_dim kthvalue topk sort nll_loss nll_loss2d').split(' '));
/** Products of matrices: the slots of the two factors. @type {Record<string, [number, number]>} */
const PRODUCTS = { mm: [0, 1], bmm: [0, 1], mv: [0, 1], dot: [0, 1], vdot: [0, 1], addmm: [1, 2], addmv: [1, 2], baddbmm: [1, 2] };
/** Ops in which every number of a row depends on all of it, by what their rule does for each number: sums over the row, and what is made of them. @type {Record<string, number>} */
const ROWS = { softmax: 3, safe_softmax: 3, log_softmax: 2, native_layer_norm: 5, native_group_norm: 5, native_batch_norm: 5, cumsum: 1 };

/** @param {number[]} shape */
const sizeOf = (shape) => shape.reduce((size, length) => size * length, 1);

/**
 * How many multiply-adds it takes to pass an edge of a function; null where that cannot be told from shapes.
 * @param {FunctionState} applied @param {number} slot which of its inputs @param {State} state @returns {number | null}
 */
export function costOf(applied, slot, state) {
  const shapeOf = (/** @type {number | null | undefined} */ id) => (typeof id === 'number' ? state.tensors.get(id)?.value.shape ?? [] : []);
  const [input, output] = [shapeOf(applied.inputs[slot]), shapeOf(applied.outputs[0])];
  if (MOVES.has(applied.op)) return 0;
  const factors = Object.hasOwn(PRODUCTS, applied.op) ? PRODUCTS[applied.op] : null;
  if (factors?.includes(slot)) return sizeOf(output) * (shapeOf(applied.inputs[factors[0]]).at(-1) ?? 1);
  if (applied.op === 'convolution' || applied.op === 'conv_transpose') {
    if (slot === 2) return sizeOf(output);
    const kernel = shapeOf(applied.inputs[1]);
    return sizeOf(applied.op === 'convolution' ? output : shapeOf(applied.inputs[0])) * sizeOf(kernel.slice(1));
  }
  if (applied.op === 'avg_pool2d') return sizeOf(output) * sizeOf(applied.settings.kernel_size);
  if (Object.hasOwn(ROWS, applied.op) && slot === 0) return sizeOf(output) * ROWS[applied.op];
  if (spreads(input, output)) return sizeOf(output);
  return shrinks(input, output) ? sizeOf(input) : null;
}

/** Whether an array is used for each number of another, repeated where it is smaller. @param {number[]} input @param {number[]} output */
function spreads(input, output) {
  const offset = output.length - input.length;
  return offset >= 0 && input.every((length, axis) => length === 1 || length === output[axis + offset]);
}

/** Whether an array becomes the other when some of its axes are summed up, or all. @param {number[]} input @param {number[]} output */
function shrinks(input, output) {
  if (output.length === input.length) return output.every((length, axis) => length === 1 || length === input[axis]);
  let axis = 0;
  for (const length of output) {
    while (axis < input.length && input[axis] !== length) axis += 1;
    if (axis === input.length) return false;
    axis += 1;
  }
  return true;
}

/** What a backward call of a run costs, and what the same derivatives would in forward mode; null where there is no such call. @param {Trace} trace @param {number} call @returns {Sweeps | null} */
export function sweepsOf(trace, call) {
  const started = trace.events.first('backward-started', (event) => event.call === call);
  return started === undefined ? null : trace.peek(started.seq, (state) => count(state, started));
}

/** @param {State} state @param {import('./events.js').BackwardStarted} started @returns {Sweeps} */
function count(state, { call, roots, inputs: wanted }) {
  const asked = wanted ? new Set(wanted) : null;
  const { functions } = plan(state, roots, wanted ?? null);
  const edges = edgesOf(state, functions, asked);
  const found = asked ?? new Set(edges.filter(({ to }) => to.startsWith('t')).map(({ tensor }) => tensor));
  const inputs = [...found].sort((one, other) => one - other).map((tensor) => ({
    tensor, name: label(state, tensor), numbers: sizeOf(state.tensors.get(tensor)?.value.shape ?? []), sweep: sweepFrom(state, tensor, edges),
  }));
  const sweep = edges.reduce((sum, edge) => sum + (edge.cost ?? 0), 0);
  const outputs = roots.reduce((sum, root) => sum + sizeOf(state.tensors.get(root)?.value.shape ?? []), 0);
  const numbers = inputs.reduce((sum, input) => sum + input.numbers, 0);
  return {
    call, root: roots.map((root) => label(state, root)).join(', '), outputs, inputs, numbers,
    reverse: { sweeps: outputs, sweep, total: outputs * sweep },
    forward: { sweeps: numbers, total: inputs.reduce((sum, input) => sum + input.numbers * input.sweep, 0) },
    ops: sharesOf(edges), unknown: [...new Set(edges.filter((edge) => edge.cost === null).map((edge) => opName(edge.op)))],
  };
}

/** The edges that the call will pass, in the order in which values passed them. @param {State} state @param {number[]} functions @param {Set<number> | null} asked @returns {Edge[]} */
function edgesOf(state, functions, asked) {
  const needed = new Set(functions);
  return functions.flatMap((id) => {
    const applied = /** @type {FunctionState} */ (state.functions.get(id));
    return applied.next.flatMap((to, slot) => {
      const tensor = targetTensor(state, to);
      if (to === null || tensor === null) return [];
      const used = asked === null || asked.has(tensor) || (to[0] === 'function' && needed.has(to[1]));
      return used ? [{ function: id, op: applied.op, to: nodeOf(to), tensor, cost: costOf(applied, slot, state) }] : [];
    });
  });
}

/** @param {Target} to */
const nodeOf = ([sort, id]) => `${sort === 'function' ? 'f' : 't'}${id}`;

/** What a sweep costs that begins at one tensor and goes along with the values. @param {State} state @param {number} tensor @param {Edge[]} edges */
function sweepFrom(state, tensor, edges) {
  const producer = state.tensors.get(tensor)?.producer ?? null;
  const reached = new Set([producer === null ? `t${tensor}` : `f${producer}`]);
  let cost = 0;
  for (const edge of edges) {
    if (!reached.has(edge.to)) continue;
    reached.add(`f${edge.function}`);
    cost += edge.cost ?? 0;
  }
  return cost;
}

/** What a sweep spends in each op, the dearest first. @param {Edge[]} edges @returns {Share[]} */
function sharesOf(edges) {
  /** @type {Map<string, Share>} */
  const shares = new Map();
  for (const { op, cost } of edges) {
    const name = opName(op);
    const share = shares.get(name) ?? { op: name, edges: 0, cost: 0 };
    shares.set(name, { op: name, edges: share.edges + 1, cost: share.cost + (cost ?? 0) });
  }
  return [...shares.values()].sort((one, other) => other.cost - one.cost);
}
