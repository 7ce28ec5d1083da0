// Which recorded item each node of a drawing means: by what it is called, and among its like by its neighbours.

import { folded } from './recorded-graph.js';

/** @typedef {import('./recorded-graph.js').Recorded} Recorded */
/** @typedef {import('./recorded-graph.js').Item} Item */
/** @typedef {{id: string, label: string, claims: import('./drawn-labels.js').Claims}} Node */
/** @typedef {{from: string, to: string}} Edge */

const ROUNDS = 4;
/** So much of a word may be wrong for it to be taken as a slip. */
const SLIP = 0.34;

/** @param {Node[]} nodes @param {Edge[]} edges @param {Recorded} graph */
export function matched(nodes, edges, graph) {
  const all = [...graph.items.values()];
  /** @type {Map<string, Item[]>} */
  const byWord = new Map();
  for (const item of all) for (const word of item.words) byWord.set(folded(word), [...(byWord.get(folded(word)) ?? []), item]);
  /** @type {Map<string, string>} */
  const misnamed = new Map();
  /** @type {Set<string>} */
  const unknown = new Set();
  /** @type {Map<string, Item[]>} */
  const candidates = new Map();
  for (const node of nodes) {
    const told = wordsOf(node);
    const found = told.map((word) => byWord.get(folded(word)) ?? []).find((items) => items.length > 0);
    if (found) {
      candidates.set(node.id, found);
      continue;
    }
    const { names, values, shape, array } = node.claims;
    if (names.length === 0 && (values.length > 0 || shape || array)) {
      candidates.set(node.id, all.filter(({ kind, named }) => kind === 'tensor' && !named));
      continue;
    }
    const best = told.length === 0 ? null : nearest(told[0], all);
    if (best) {
      misnamed.set(node.id, best);
      candidates.set(node.id, byWord.get(folded(best)) ?? []);
    } else unknown.add(node.id);
  }
  narrow(candidates, edges, graph);
  return { items: assigned(candidates, edges, graph), misnamed, unknown };
}

/** What a node may mean by its label, else by its id. @param {Node} node */
function wordsOf({ id, label, claims }) {
  const keys = claims.values.map(({ key }) => key).filter((key) => key !== '');
  const own = [...claims.names, ...keys.map((key) => key.replace(/\.grad$/, ''))].flatMap((name) => [name, ...name.split(/\s+=\s+|\s*:\s*/)]);
  return [...own, ...(label === id || own.length === 0 ? [] : [id]), ...(own.length === 0 ? [id] : [])].map((word) => word.replace(/\s*\((?:leaf|non-leaf|parameter|input|output|loss)\)$/i, '').trim()).filter((word) => word !== '' && !/^[-+−]?\s*[\d.][-+\d.e\s]*$/.test(word));
}

/** Of several that a node may mean those that lead to most of what its neighbours may mean. @param {Map<string, Item[]>} candidates @param {Edge[]} edges @param {Recorded} graph */
function narrow(candidates, edges, graph) {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [id, items] of candidates) {
      if (items.length < 2) continue;
      const scored = items.map((item) => ({ item, score: scoreOf(id, item, candidates, edges, graph) }));
      const most = Math.max(...scored.map(({ score }) => score));
      candidates.set(id, scored.filter(({ score }) => score === most).map(({ item }) => item));
    }
  }
}

/** How many of a node's neighbours an item has a way to, straight ones counting most. @param {string} id @param {Item} item @param {Map<string, Item[]>} candidates @param {Edge[]} edges @param {Recorded} graph */
function scoreOf(id, item, candidates, edges, graph) {
  const near = (/** @type {Item} */ one, /** @type {Item} */ other) => {
    const steps = graph.next.get(one.id) ?? [];
    return steps.includes(other.id) ? 2 : steps.some((step) => graph.next.get(step)?.includes(other.id)) ? 1 : 0;
  };
  return edges.reduce((sum, { from, to }) => {
    const other = from === id ? to : to === id ? from : null;
    if (other === null || other === id) return sum;
    return sum + Math.max(0, ...(candidates.get(other) ?? []).map((one) => Math.max(near(item, one), near(one, item))));
  }, 0);
}

/** One item for each node, no item twice where there is another: nodes with least choice first. @param {Map<string, Item[]>} candidates @param {Edge[]} edges @param {Recorded} graph */
function assigned(candidates, edges, graph) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  const taken = new Set();
  const left = new Map(candidates);
  while (left.size > 0) {
    const [id, choice] = [...left].reduce((best, one) => (one[1].length < best[1].length ? one : best));
    left.delete(id);
    const free = choice.filter((item) => !taken.has(item.id));
    const settled = new Map([...items].map(([node, item]) => [node, [item]]));
    const scored = free.map((item) => ({ item, score: scoreOf(id, item, settled, edges, graph) }));
    const most = Math.max(...scored.map(({ score }) => score));
    const item = scored.find(({ score }) => score === most)?.item;
    if (!item) continue;
    items.set(id, item);
    taken.add(item.id);
    for (const [other, those] of left) if (those.length > 1 && those.includes(item)) left.set(other, those.filter((one) => one !== item));
  }
  return items;
}

/** The word that a slip of the pen probably meant; null where none is near. @param {string} text @param {Item[]} items */
function nearest(text, items) {
  const asked = folded(text);
  if (asked.length < 3) return null;
  let best = null;
  let least = Math.max(1, Math.floor(asked.length * SLIP)) + 1;
  for (const word of new Set(items.flatMap((item) => item.words))) {
    if (word.length < 3 || Math.abs(word.length - asked.length) >= least) continue;
    const off = distance(asked, folded(word));
    if (off < least) [best, least] = [word, off];
  }
  return best;
}

/** How many letters to change, add or leave out. @param {string} one @param {string} other */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(one[i - 1] !== other[j - 1])));
    row = next;
  }
  return row[other.length];
}
