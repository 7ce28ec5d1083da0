/**
 * What a picture depends on at one cursor, beside its graph and the view: the facts of each tensor, badge and edge. Where they are as they were, so is what is drawn of them.
 * @typedef {import('./graph.js').Badge} Badge
 * @typedef {import('./graph.js').Edge} Edge
 * @typedef {import('./picture.js').Mark} Mark
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/types.js').TensorState} TensorState
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {{from: number, written?: Set<number>}} Step  the first event of the step, and the tensors that it wrote into
 * @typedef {{value: Value | undefined, grad: Value | null, flow: Value | null, passed: Value | null, leaf: boolean, retains: boolean, version: number, mark: Mark,
 *   counted: boolean, expected: number, arrived: number, done: boolean, pending: boolean, waiting: number, op: string | null}} TensorFacts  without a `value`: there is no tensor yet
 * @typedef {{fn: FunctionState | undefined, freed: boolean, mark: Mark}} BadgeFacts  a function is what it is, but for its buffers
 * @typedef {{visible: boolean, value: Value | null, count: number}} EdgeFacts  `value`: the gradient that came back, of several the largest; `count`: how many came
 */
import { normOf } from './numbers.js';

/** Where there is no tensor yet. @type {TensorFacts} */
const ABSENT = { value: undefined, grad: null, flow: null, passed: null, leaf: false, retains: false, version: 0, mark: '', counted: false, expected: 0, arrived: 0, done: false, pending: false, waiting: 0, op: null };

/**
 * @param {TensorState | undefined} tensor
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {Step} step
 * @returns {TensorFacts}
 */
export function tensorFacts(tensor, state, faults, { from, written }) {
  if (!tensor) return ABSENT;
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  const here = tensor.call === state.call;
  return {
    value: tensor.value, grad: tensor.grad, flow: tensor.flow, passed: passedGradient(tensor, state), leaf: tensor.is_leaf, retains: tensor.retains_grad, version: tensor.version,
    mark: markOf(tensor, state, faults, from, written?.has(tensor.tensor) ?? false),
    ...arrivalsOf(tensor, state), pending: tensor.is_leaf && tensor.flow !== null && here,
    waiting: here && state.phase === 'backward' ? tensor.expected - tensor.contributions.length : 0,
    op: producer?.op ?? null,
  };
}

/** What went through a non-leaf in this call: its node received it, nobody kept it. @param {TensorState} tensor @param {State} state @returns {Value | null} */
export function passedGradient(tensor, state) {
  const reached = tensor.producer === null ? null : state.functions.get(tensor.producer)?.reached ?? null;
  return reached !== null && reached.call === state.call ? reached.gradients[tensor.output] ?? null : null;
}

/** What has come of what comes to a buffer in this call, and whether it is counted on the card. @param {TensorState} tensor @param {State} state */
function arrivalsOf(tensor, state) {
  if (tensor.call === null || tensor.call !== state.call) return { counted: false, expected: 0, arrived: 0, done: false };
  const { expected, is_leaf: leaf } = tensor;
  const arrived = tensor.contributions.length;
  return { counted: tensor.requires_grad && (leaf || expected >= 2), expected, arrived, done: leaf ? wroteIn(tensor, tensor.call) : arrived >= expected };
}

/** Whether a leaf's `.grad` was written in a call; the newest rows come first, for a ledger may be long. @param {TensorState} tensor @param {number} call */
function wroteIn({ ledger }, call) {
  for (let at = ledger.length - 1; at >= 0; at -= 1) {
    const row = ledger[at];
    if (row.call === call && row.kind === 'accumulate' && row.retained !== true) return true;
    if (row.call !== null && row.call < call) return false;
  }
  return false;
}

/** Whether a ledger has a row, but for contributions and sums, from an event on. @param {TensorState} tensor @param {number} from */
function changedSince({ ledger }, from) {
  for (let at = ledger.length - 1; at >= 0 && ledger[at].seq >= from; at -= 1) if (ledger[at].kind !== 'contribution' && ledger[at].kind !== 'sum') return true;
  return false;
}

/**
 * @param {TensorState} tensor
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {number} from
 * @param {boolean} written in place
 * @returns {Mark}
 */
function markOf(tensor, state, faults, from, written) {
  if (faults.tensors.has(tensor.tensor) || (tensor.producer !== null && faults.functions.has(tensor.producer))) return 'fault';
  if (written || changedSince(tensor, from)) return 'written';
  if (state.phase === 'forward' && tensor.seq >= from) return 'made';
  if (state.phase !== 'backward') return '';
  if (state.calls.at(-1)?.from === state.cursor && tensor.contributions.length > 0 && tensor.call === state.call) return 'receiving';
  if (state.running !== null && tensor.producer === state.running) return 'running';
  const runner = state.running === null ? undefined : state.functions.get(state.running);
  if (runner?.sent.some((sent) => sent.tensor === tensor.tensor && sent.to !== null)) return 'receiving';
  return '';
}

/**
 * @param {Badge} badge
 * @param {State} state
 * @param {import('./faults.js').Faults} faults
 * @param {Step} step
 * @returns {BadgeFacts}
 */
export function badgeFacts(badge, state, faults, { from }) {
  if (badge.fold) return foldFacts(badge.fold, state, faults, { from });
  const fn = state.functions.get(badge.function);
  const mark = faults.functions.has(badge.function) ? 'fault' : state.phase === 'backward' && state.running === badge.function ? 'running' : fn && state.phase === 'forward' && fn.seq >= from ? 'made' : '';
  return { fn, freed: fn?.freed ?? false, mark };
}

/** A closed group is at work while any of its functions is. @param {import('./fold.js').Group} group @param {State} state @param {import('./faults.js').Faults} faults @param {Step} step @returns {BadgeFacts} */
function foldFacts(group, state, faults, { from }) {
  const ran = group.functions.flatMap((id) => state.functions.get(id) ?? []);
  const mark = group.functions.some((id) => faults.functions.has(id)) ? 'fault' : state.phase === 'backward' && state.running !== null && group.functions.includes(state.running) ? 'running'
    : state.phase === 'forward' && ran.some((fn) => fn.seq >= from) ? 'made' : '';
  return { fn: ran.find((fn) => fn.name !== null && fn.saved.length > 0) ?? ran[0], freed: !ran.some((fn) => fn.name !== null && fn.saved.length > 0 && !fn.freed), mark };
}

/** @param {Edge} edge @param {State} state @returns {EdgeFacts} */
export function edgeFacts(edge, state) {
  if (edge.function === null) return { visible: state.tensors.has(Number(edge.to.slice(1))), value: null, count: 0 };
  const value = cameBack(edge, state.functions.get(edge.function), state);
  const visible = state.functions.has(edge.function);
  if (!edge.also) return { visible, value, count: value ? 1 : 0 };
  const all = [value, ...edge.also.map(({ function: fn, input }) => sentBack(state.functions.get(fn), input, state))].filter((one) => one !== null);
  return { visible, value: all.reduce((/** @type {Value | null} */ most, one) => (most === null || normOf(one) > normOf(most) ? one : most), null), count: all.length };
}

/** @param {Edge} edge @param {FunctionState | undefined} fn @param {State} state */
function cameBack(edge, fn, state) {
  if (edge.kind !== 'output') return sentBack(fn, edge.input, state);
  return fn?.reached?.call === state.call ? fn.reached.gradients[fn.outputs.indexOf(edge.tensor)] ?? null : null;
}

/** What a function handed back to an input in this call. @param {FunctionState | undefined} fn @param {number} input @param {State} state @returns {Value | null} */
function sentBack(fn, input, state) {
  return fn?.reached?.call === state.call ? fn.sent.find((sent) => sent.input === input && sent.to !== null)?.value ?? null : null;
}

/* Each is compared by name: at every move of the cursor this is done for all that is drawn, and a loop over the names takes twenty times as long. */

/** @param {TensorFacts} one @param {TensorFacts} other */
export function sameTensor(one, other) {
  return one.value === other.value && one.grad === other.grad && one.flow === other.flow && one.passed === other.passed && one.leaf === other.leaf && one.retains === other.retains
    && one.version === other.version && one.mark === other.mark && one.counted === other.counted && one.expected === other.expected && one.arrived === other.arrived
    && one.done === other.done && one.pending === other.pending && one.waiting === other.waiting && one.op === other.op;
}

/** @param {BadgeFacts} one @param {BadgeFacts} other */
export function sameBadge(one, other) {
  return one.fn === other.fn && one.freed === other.freed && one.mark === other.mark;
}

/** @param {EdgeFacts} one @param {EdgeFacts} other */
export function sameEdge(one, other) {
  return one.visible === other.visible && one.value === other.value && one.count === other.count;
}
