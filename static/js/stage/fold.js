/**
 * Folding: what ran inside a function, a module, a turn of a loop, or all its turns, as one badge on what it gave back.
 * @typedef {import('../state/types.js').FunctionState} FunctionState
 * @typedef {import('../state/types.js').Scope} Scope
 * @typedef {{key: string, kind: string, label: string, depth: number, functions: number[]}} Group  `key` names it by the scopes around it and its place among its like, so that the next
 *   run's group is known by it; `functions` are those that are drawn, in order
 * @typedef {{open: ReadonlySet<string>, closed: ReadonlySet<string>}} Folds  what a person opened and closed; of other groups a large graph has as many closed as it needs
 */

const FOLDABLE = new Set(['function', 'module', 'loop', 'turns']);
/** All turns of a loop lie around each of them, and inside what the loop is in. */
const HALF = 0.5;
/** A graph of more functions begins with groups closed. */
const MOST_OPEN = 150;
/** Where it does, so many turns of a loop may stand in a row; more of them begin as one. */
const MOST_TURNS = 24;

/** @type {Folds} */
export const NO_FOLDS = { open: new Set(), closed: new Set() };

/** Folds as plain JSON: what is open, and what is closed. @param {Folds} folds @returns {[string[], string[]]} */
export function plainFolds({ open, closed }) {
  return [[...open], [...closed]];
}

/** What plain JSON says of folds; none where it says nothing of the kind. @param {unknown} plain @returns {Folds} */
export function foldsFrom(plain) {
  const [open, closed] = Array.isArray(plain) ? plain : [];
  const set = (/** @type {unknown} */ keys) => new Set(Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : []);
  return { open: set(open), closed: set(closed) };
}

/**
 * Every group of at least two functions, an outer one before those inside it. Of groups that hold the same functions only the outermost counts, and none whose tensors others write into.
 * @param {FunctionState[]} functions those that are drawn, in order
 * @returns {Group[]}
 */
export function groupsOf(functions) {
  /** @type {Map<Scope, Group>} */
  const known = new Map();
  /** How many like a group there are inside another. @type {Map<string, number>} */
  const counted = new Map();
  for (const fn of functions) {
    let around = '';
    fn.scopes.forEach((scope, depth) => {
      let group = known.get(scope);
      if (!group) {
        const like = `${around}/${scope.scope}:${scope.label}`;
        const place = counted.get(like) ?? 0;
        counted.set(like, place + 1);
        group = { key: `${like}#${place}`, kind: scope.scope, label: scope.label.replace(/^for /, ''), depth, functions: [] };
        known.set(scope, group);
      }
      group.functions.push(fn.function);
      around = group.key;
    });
  }
  const writers = writersOf(functions);
  const taken = new Set();
  return [...stacksOf(functions, known), ...known.values()].sort((a, b) => a.depth - b.depth).filter((group) => {
    const all = group.functions.join();
    if (!FOLDABLE.has(group.kind) || group.functions.length < 2 || taken.has(all)) return false;
    const members = new Set(group.functions);
    if (![...writers.values()].every((those) => those.every((fn) => members.has(fn)) || !those.some((fn) => members.has(fn)))) return false;
    taken.add(all);
    return true;
  }).sort((a, b) => a.depth - b.depth || a.functions[0] - b.functions[0]);
}

/**
 * All turns of a loop as one group around them: turns that follow one another and whose labels differ.
 * @param {FunctionState[]} functions @param {Map<Scope, Group>} known the group of each scope
 * @returns {Group[]}
 */
function stacksOf(functions, known) {
  /** @type {typeof open} */
  const stacks = [];
  /** How many of a loop there are inside a group. @type {Map<string, number>} */
  const counted = new Map();
  /** The stacks that the last function is in, by their depth, and the turns in each. @type {{stack: Group, around: string, turns: Set<Group>}[]} */
  let open = [];
  for (const fn of functions) {
    /** @type {typeof open} */
    const here = [];
    let around = '';
    fn.scopes.forEach((scope, depth) => {
      const turn = /** @type {Group} */ (known.get(scope));
      if (turn.kind === 'loop') {
        const word = turn.label.split(' ')[0];
        let found = open[depth];
        if (found?.around !== `${around}/${word}` || (!found.turns.has(turn) && [...found.turns].some(({ label }) => label === turn.label))) {
          const like = `${around}/turns:${word}`;
          const place = counted.get(like) ?? 0;
          counted.set(like, place + 1);
          found = { stack: { key: `${like}#${place}`, kind: 'turns', label: '', depth: depth - HALF, functions: [] }, around: `${around}/${word}`, turns: new Set() };
          stacks.push(found);
        }
        found.turns.add(turn);
        found.stack.functions.push(fn.function);
        found.stack.label = spanOf([...found.turns].map(({ label }) => label));
        here[depth] = found;
      }
      around = turn.key;
    });
    open = here;
  }
  return stacks.filter(({ turns }) => turns.size > 1).map(({ stack }) => stack);
}

/** What the first and the last turn are called, together: `i = 0 … 9`, `while · 1 … 9`. @param {string[]} labels */
function spanOf(labels) {
  const last = labels[labels.length - 1];
  return labels.length < 2 ? last : `${labels[0]} … ${last.replace(/^.*?[=·]/, '').trim()}`;
}

/** The functions that wrote each tensor which more than one wrote. @param {FunctionState[]} functions @returns {Map<number, number[]>} */
function writersOf(functions) {
  /** @type {Map<number, number[]>} */
  const writers = new Map();
  for (const fn of functions) for (const id of fn.outputs) writers.set(id, [...(writers.get(id) ?? []), fn.function]);
  for (const [id, those] of writers) if (those.length < 2) writers.delete(id);
  return writers;
}

/**
 * The groups that are drawn closed: no two hold the same function.
 * @param {Group[]} groups @param {Folds} folds @param {number} count how many functions are drawn where all is open
 * @returns {Group[]}
 */
export function closedOf(groups, folds, count) {
  const wished = groups.filter((group) => folds.closed.has(group.key));
  const opened = groups.filter((group) => folds.open.has(group.key));
  const free = groups.filter((group) => !opened.some((one) => one.depth >= group.depth && group.functions.includes(one.functions[0])));
  let closed = outermost(wished);
  const depths = left(closed, count) <= MOST_OPEN ? [] : [...new Set(groups.map((group) => group.depth))].sort((a, b) => b - a);
  for (const depth of depths) {
    closed = outermost([...wished, ...free.filter((group) => group.depth >= depth)]);
    if (left(closed, count) <= MOST_OPEN && !free.some((group) => longRow(group, closed))) break;
  }
  return closed;
}

/** Whether these are all turns of a loop and too many of them are closed one by one. @param {Group} stack @param {Group[]} closed */
function longRow({ kind, depth, functions }, closed) {
  const last = functions[functions.length - 1];
  return kind === 'turns' && closed.filter((one) => one.depth === depth + HALF && one.functions[0] >= functions[0] && one.functions[0] <= last).length > MOST_TURNS;
}

/**
 * Names by which the server finds the same groups closed (app/exports/folds.py): one for all turns of a loop, or all calls of a function, where none is open; else their keys.
 * @param {Group[]} groups @param {Group[]} closed @returns {string[]}
 */
export function namesOf(groups, closed) {
  const likeOf = (/** @type {Group} */ { kind, label }) => `${kind}:${label.split(' ')[0]}`;
  const open = new Set(groups.filter((group) => !closed.includes(group)).map(likeOf));
  return [...new Set(closed.map((group) => (open.has(likeOf(group)) ? group.key : likeOf(group))))];
}

/** @param {Group[]} groups @returns {Group[]} */
function outermost(groups) {
  const taken = new Set();
  return [...new Set(groups)].sort((a, b) => a.depth - b.depth).filter((group) => {
    if (taken.has(group.functions[0])) return false;
    for (const fn of group.functions) taken.add(fn);
    return true;
  });
}

/** @param {Group[]} closed @param {number} count */
function left(closed, count) {
  return closed.reduce((rest, group) => rest - group.functions.length + 1, count);
}

/**
 * The tensors that closed groups keep to themselves: made or used in one group alone, and not what it gives back, which is what others use, what a variable of the program names in the end, or nothing uses.
 * @param {Group[]} closed @param {Map<number, FunctionState>} drawn @param {import('../state/types.js').State} state
 * @returns {Set<number>}
 */
export function insideOf(closed, drawn, state) {
  if (closed.length === 0) return new Set();
  const groupOf = new Map(closed.flatMap((group) => group.functions.map((id) => /** @type {const} */ ([id, group]))));
  /** The groups that use a tensor; null is for functions of none. @type {Map<number | null, Set<Group | null>>} */
  const users = new Map();
  for (const fn of drawn.values()) for (const id of fn.inputs) users.set(id, (users.get(id) ?? new Set()).add(groupOf.get(fn.function) ?? null));
  const roots = new Set(state.calls.flatMap((call) => call.roots));
  const last = lastNamed(closed, drawn, state);
  return new Set([...users].flatMap(([id, groups]) => {
    const [group] = groups;
    const tensor = id === null ? undefined : state.tensors.get(id);
    if (!tensor || !group || groups.size > 1 || roots.has(tensor.tensor) || (tensor.producer !== null && groupOf.get(tensor.producer) !== group)) return [];
    return tensor.names.some((name) => !name.includes('.') && (tensor.producer === null || last.get(group)?.get(name) === tensor.tensor)) ? [] : [tensor.tensor];
  }));
}

/** The last tensor of each closed group that a variable names. @param {Group[]} closed @param {Map<number, FunctionState>} drawn @param {import('../state/types.js').State} state @returns {Map<Group, Map<string, number>>} */
function lastNamed(closed, drawn, state) {
  return new Map(closed.map((group) => [group, new Map(group.functions.flatMap((fn) => drawn.get(fn)?.outputs ?? []).flatMap((id) => (state.tensors.get(id)?.names ?? []).map((name) => /** @type {const} */ ([name, id]))))]));
}

/** The groups that are drawn closed. @param {import('./graph.js').Graph | undefined} graph */
export function closedIn(graph) {
  return new Set((graph?.badges ?? []).flatMap(({ fold }) => fold?.key ?? []));
}
