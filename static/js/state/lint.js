// An author's drawing of a run, held against what was recorded: each finding is something that the run contradicts.

import { claimsOf } from './drawn-labels.js';
import { label } from './labels.js';
import { numbers } from './format.js';
import { matched } from './matching.js';
import { recordedGraph } from './recorded-graph.js';

/** @typedef {import('./mermaid.js').Drawing} Drawing */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./types.js').TensorState} TensorState */
/** @typedef {import('./types.js').Value} Value */
/** @typedef {import('./recorded-graph.js').Item} Item */
/** @typedef {'unknown' | 'misnamed' | 'value' | 'gradient' | 'shape' | 'reversed' | 'invented' | 'missing' | 'leaf' | 'operation' | 'accumulate' | 'order'} Problem */
/** @typedef {{problem: Problem, node: string | null, text: string, other: string, said: string, is: string, tensor: number | null}} Finding  `node` is an id of the drawing; `text` and `other` are
 *  what the two things are called that it is about */

const GRADIENT = /(?:^|[\s.])(?:grad|gradient|∂|梯度)$/i;
const VALUE = /^(?:|value|val|v|data|值|数值)$/i;
const NEAR = 1e-6;
/** The node in which our own figures say what failed: a remark, and no part of the graph. */
const REMARK = 'fault';

/**
 * @param {Drawing} drawing @param {State} state at the end of a scene @param {number} scene
 * @returns {Finding[]} in the order of the drawing: its nodes, its edges, then what it leaves out
 */
export function lint(drawing, state, scene) {
  const graph = recordedGraph(state, scene);
  const nodes = drawing.nodes.map((node) => ({ ...node, claims: claimsOf(node.label) }));
  const { items, misnamed, unknown } = matched(nodes, drawing.edges, graph);
  const callName = (/** @type {string} */ id) => nodes.find((node) => node.id === id)?.claims.names[0] ?? id;
  /** @type {Finding[]} */
  const findings = [];
  const say = (/** @type {Problem} */ problem, /** @type {Partial<Finding>} */ rest) => findings.push({ problem, node: null, text: '', other: '', said: '', is: '', tensor: null, ...rest });

  for (const node of nodes) {
    const item = items.get(node.id);
    if (misnamed.has(node.id)) say('misnamed', { node: node.id, text: callName(node.id), is: misnamed.get(node.id), tensor: item?.tensor ?? null });
    else if (unknown.has(node.id) && node.id !== REMARK) say('unknown', { node: node.id, text: callName(node.id) });
    if (item) for (const finding of wrongNumbers(node, item, state)) findings.push(finding);
  }
  for (const [id, name] of accumulateOnNonLeaf(nodes, drawing, items)) {
    say('accumulate', { node: id, text: name, tensor: items.get(id)?.tensor ?? null });
    items.delete(id);
  }

  const known = drawing.edges.filter(({ from, to }) => items.has(from) && items.has(to) && items.get(from) !== items.get(to));
  const drawn = new Set([...items.values()].map(({ id }) => id));
  const flows = (/** @type {string} */ from, /** @type {string} */ to) => graph.reaches(from, to, drawn);
  const idOf = (/** @type {string} */ node) => /** @type {Item} */ (items.get(node)).id;
  const forwards = known.filter(({ from, to }) => graph.reaches(idOf(from), idOf(to), null)).length;
  const turned = known.filter(({ from, to }) => graph.reaches(idOf(to), idOf(from), null)).length > forwards;
  const edges = known.map(({ from, to }) => (turned ? { from: to, to: from } : { from, to }));
  const has = new Set(edges.map(({ from, to }) => `${idOf(from)}>${idOf(to)}`));
  for (const [index, { from, to }] of edges.entries()) {
    const [start, end] = [idOf(from), idOf(to)];
    if (flows(start, end)) continue;
    const ends = { node: known[index].from, text: callName(known[index].from), other: callName(known[index].to), tensor: items.get(to)?.tensor ?? null };
    if (!graph.reaches(end, start, null)) say('invented', ends);
    else if (!has.has(`${end}>${start}`)) say('reversed', ends);
  }
  const joined = (/** @type {string} */ start, /** @type {string} */ end) => has.has(`${start}>${end}`) || has.has(`${end}>${start}`);
  const byItem = new Map([...items].map(([node, item]) => [item.id, node]));
  for (const [start, end] of graph.links(drawn)) {
    const leaf = `a${start.slice(1)}`;
    if (!joined(start, end) && !(joined(start, leaf) && joined(leaf, end))) say('missing', { node: byItem.get(start), text: callName(byItem.get(start) ?? ''), other: callName(byItem.get(end) ?? ''), tensor: graph.items.get(end)?.tensor ?? null });
  }
  leftOut(graph, items, state, say);
  wrongOrder(nodes, items, state, scene, say);
  return findings;
}

/** @param {{id: string, claims: import('./drawn-labels.js').Claims}} node @param {Item} item @param {State} state @returns {Finding[]} */
function wrongNumbers({ id, claims }, item, state) {
  const tensor = item.tensor === null ? undefined : state.tensors.get(item.tensor);
  if (!tensor) return [];
  const name = label(state, tensor.tensor);
  const common = { node: id, text: name, other: '', tensor: tensor.tensor };
  /** @type {Finding[]} */
  const findings = [];
  if (claims.shape && claims.shape.join() !== tensor.value.shape.join()) findings.push({ ...common, problem: 'shape', said: `(${claims.shape.join(', ')})`, is: `(${tensor.value.shape.join(', ')})` });
  for (const { key, number } of claims.values) {
    const gradient = GRADIENT.test(key) || key.toLowerCase() === 'g';
    if (!gradient && !VALUE.test(key) && !tensor.names.includes(key) && key !== name) continue;
    const taken = (gradient ? gradientsOf(state, tensor) : valuesOf(tensor)).flatMap((value) => scalarOf(value));
    if (taken.length === 0 || taken.some((one) => Math.abs(one - number.said) <= toleranceOf(number, one))) continue;
    findings.push({ ...common, problem: gradient ? 'gradient' : 'value', said: String(number.said), is: String(Number(taken[taken.length - 1].toPrecision(6))) });
  }
  return findings;
}

/** Half of the last digit that was written, a little more for what rounds to even. @param {import('./drawn-labels.js').Said} number @param {number} is */
const toleranceOf = ({ said, digits }, is) => (digits < 0 ? 0.005 * Math.abs(said) : 0.501 * 10 ** -digits * (digits === 0 ? NEAR : 1)) + NEAR * Math.abs(is);

/** @param {Value | null} value */
const scalarOf = (value) => (value && 'data' in value && value.shape.length === 0 ? numbers(value).filter((one) => typeof one === 'number') : []);

/** Every value that a tensor took: a drawing may be of any moment. @param {TensorState} tensor */
const valuesOf = (tensor) => [...tensor.ledger.flatMap((row) => (row.kind === 'modify' ? [row.before, row.after] : [])), tensor.value];

/** @param {State} state @param {TensorState} tensor */
function gradientsOf(state, tensor) {
  const producer = tensor.producer === null ? undefined : state.functions.get(tensor.producer);
  return [...tensor.ledger.flatMap((row) => (row.kind === 'modify' ? [] : [row.added, row.after])), producer?.reached?.gradients[tensor.output] ?? null, tensor.flow, tensor.grad].filter((value) => value !== null);
}

/** AccumulateGrad that is drawn at a tensor which is no leaf, or needs no gradient. @param {{id: string, claims: import('./drawn-labels.js').Claims}[]} nodes @param {Drawing} drawing @param {Map<string, Item>} items */
function accumulateOnNonLeaf(nodes, drawing, items) {
  return nodes.flatMap((node) => {
    if (!node.claims.names.some((name) => /accumulate\s*grad/i.test(name))) return [];
    const beside = drawing.edges.flatMap(({ from, to }) => (from === node.id ? [to] : to === node.id ? [from] : []));
    const wrong = beside.map((id) => items.get(id)).find((item) => item?.kind === 'tensor' && !item.leaf);
    const right = beside.some((id) => items.get(id)?.leaf);
    return wrong && !right ? [/** @type {const} */ ([node.id, wrong.words[0]])] : [];
  });
}

/** Leaves that need a gradient, and operations where the drawing has operations. @param {import('./recorded-graph.js').Recorded} graph @param {Map<string, Item>} items @param {State} state
 * @param {(problem: Problem, rest: Partial<Finding>) => void} say */
function leftOut(graph, items, state, say) {
  const drawn = new Set([...items.values()].map(({ id }) => id));
  if (drawn.size === 0) return;
  const has = (/** @type {Item['kind']} */ kind) => [...items.values()].some((item) => item.kind === kind);
  const leads = (/** @type {string} */ id) => [...drawn].some((one) => graph.reaches(id, one, drawn));
  const comes = (/** @type {string} */ id) => [...drawn].some((one) => graph.reaches(one, id, new Set([...drawn, id])));
  for (const item of graph.items.values()) {
    if (drawn.has(item.id)) continue;
    if (item.kind === 'tensor' && item.leaf && has('tensor') && leads(item.id)) say('leaf', { text: item.words[0], tensor: item.tensor });
    if (item.kind === 'function' && item.recorded && has('function') && leads(item.id) && comes(item.id)) say('operation', { text: item.words[0], other: item.tensor === null ? '' : label(state, item.tensor), tensor: item.tensor });
  }
}

/** Numbers that stand for the order of the backward pass. @param {{id: string, claims: import('./drawn-labels.js').Claims}[]} nodes @param {Map<string, Item>} items @param {State} state @param {number} scene
 * @param {(problem: Problem, rest: Partial<Finding>) => void} say */
function wrongOrder(nodes, items, state, scene, say) {
  const numbered = nodes.flatMap(({ id, claims }) => {
    const item = items.get(id);
    return claims.order !== null && item?.kind === 'function' && item.recorded ? [{ id, item, said: claims.order }] : [];
  });
  const reached = state.calls.flatMap((call) => call.reached.filter((fn) => state.functions.get(fn)?.scene === scene));
  const ran = numbered.filter(({ item }) => reached.includes(/** @type {number} */ (item.function))).sort((one, other) => one.said - other.said);
  const right = [...ran].sort((one, other) => reached.indexOf(/** @type {number} */ (one.item.function)) - reached.indexOf(/** @type {number} */ (other.item.function)));
  ran.forEach((one, place) => {
    if (right[place] !== one) say('order', { node: one.id, text: one.item.words[0], said: String(one.said), is: String(ran[right.indexOf(one)].said), tensor: one.item.tensor });
  });
}
