// A scene's graph as a drawing may show it: tensors, operations and AccumulateGrad nodes, with all that each may be called, and which leads to which.

import { label, opName } from './labels.js';
import { badgeText } from './signs.js';
import { infixSign, opSymbol } from './symbols.js';

/** @typedef {import('./types.js').State} State */
/** @typedef {{id: string, kind: 'tensor' | 'function' | 'accumulate', words: string[], tensor: number | null, function: number | null, leaf: boolean, named: boolean, recorded: boolean}} Item  `words` is what it may be called,
 *  the best first; `tensor` what it is or makes; `leaf` needs a gradient */
/** @typedef {ReturnType<typeof recordedGraph>} Recorded */

const RAISED = /[⁻⁰¹²³⁴-⁹ⁿ]+/g;

/** Blanks, powers and the sign of a product are written in many ways. @param {string} text */
export const folded = (text) => text.replace(RAISED, (raised) => `^${raised}`).normalize('NFKC').replaceAll('−', '-').replace(/[*·⋅]/g, '×').replace(/\s+/g, '').toLowerCase();

/** @param {State} state @param {number} scene */
export function recordedGraph(state, scene) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  /** @type {Map<string, string[]>} */
  const next = new Map();
  /** The last that made or wrote a tensor. @type {Map<number, string>} */
  const makers = new Map();
  const join = (/** @type {string} */ from, /** @type {string} */ to) => next.set(from, [...(next.get(from) ?? []), to]);

  /** @param {number} id */
  function tensor(id) {
    const made = state.tensors.get(id);
    if (!made || items.has(`t${id}`)) return;
    const leaf = made.is_leaf && made.requires_grad;
    items.set(`t${id}`, { id: `t${id}`, kind: 'tensor', words: [...new Set([label(state, id), ...made.names])], tensor: id, function: null, leaf, named: made.names.length > 0, recorded: made.requires_grad });
    if (made.producer === null && made.base !== null) {
      tensor(made.base);
      join(`t${made.base}`, `t${id}`);
    }
    if (!leaf) return;
    items.set(`a${id}`, { id: `a${id}`, kind: 'accumulate', words: ['AccumulateGrad'], tensor: id, function: null, leaf, named: false, recorded: true });
    join(`t${id}`, `a${id}`);
  }

  for (const applied of state.functions.values()) {
    if (applied.scene !== scene || applied.aside) continue;
    const id = `f${applied.function}`;
    const words = [applied.name, opName(applied.op), applied.op, opSymbol(applied.op), badgeText(applied), infixSign(opName(applied.op)), applied.name?.replace(/\d+$/, '')];
    items.set(id, { id, kind: 'function', words: [...new Set(words.filter((word) => typeof word === 'string' && word !== ''))].map(String), tensor: applied.outputs[0] ?? null, function: applied.function, leaf: false, named: false, recorded: applied.name !== null });
    for (const input of new Set(applied.inputs)) {
      if (input === null) continue;
      tensor(input);
      join(`t${input}`, id);
      if (items.has(`a${input}`) && applied.name !== null) join(`a${input}`, id);
    }
    for (const output of applied.outputs) {
      tensor(output);
      // What a Function of the program's own computes within itself leads to that Function, which hands it out.
      const within = applied.inputs.includes(output) ? undefined : makers.get(output);
      if (within) next.set(within, (next.get(within) ?? []).map((end) => (end === `t${output}` ? id : end)));
      makers.set(output, id);
      join(id, `t${output}`);
    }
  }
  for (const { tensor: id, scene: of, producer, aside, names } of state.tensors.values()) if (of === scene && producer === null && !aside && names.length > 0) tensor(id);

  /** Where ways lead from an item through what is not drawn. @param {string} from @param {ReadonlySet<string> | null} drawn null: through everything */
  function* ends(from, drawn) {
    const [seen, waiting] = [new Set([from]), [from]];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const one of next.get(at) ?? []) {
        if (seen.has(one)) continue;
        seen.add(one);
        if (drawn === null || drawn.has(one)) yield one;
        if (drawn === null || !drawn.has(one)) waiting.push(one);
      }
    }
  }

  return {
    items,
    next,
    /** Whether a way leads from one item to another through none that is drawn. @param {string} from @param {string} to @param {ReadonlySet<string> | null} drawn */
    reaches(from, to, drawn) {
      for (const end of ends(from, drawn)) if (end === to) return true;
      return false;
    },
    /** Every pair of drawn items with such a way between them. @param {ReadonlySet<string>} drawn @returns {[string, string][]} */
    links: (drawn) => [...drawn].flatMap((from) => [...ends(from, drawn)].map((to) => /** @type {[string, string]} */ ([from, to]))),
  };
}
