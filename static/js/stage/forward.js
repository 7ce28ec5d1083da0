/**
 * Forward mode on the teaching graph: beside its value each card says how fast it changes with one leaf, and what each edge adds to that travels along with the values.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./geometry.js').Geometry} Geometry
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').CardItem} CardItem
 * @typedef {import('./picture.js').Translate} Translate
 * @typedef {import('./notes.js').Unplaced} Unplaced
 * @typedef {import('./notes.js').Part} Part
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('../state/tangents.js').Tangent} Tangent
 */
import { label } from '../state/labels.js';
import { differential, tangentsFrom } from '../state/tangents.js';
import { laneOf } from './lane-width.js';
import { shortNumber } from './numbers.js';

/** @param {number} data */
const scalar = (data) => ({ shape: [], dtype: 'float32', data });
/** @param {number} value */
const bracketed = (value) => (value < 0 ? `(${shortNumber(value)})` : shortNumber(value));

/**
 * @param {Graph} graph @param {State} end the state at the scene's end @param {number} scene @param {number} leaf @param {Translate} translate
 * @returns {import('./scene.js').Teller}
 */
export function forwardTeller(graph, end, scene, leaf, translate) {
  const tangents = tangentsFrom(end, scene, leaf);
  const name = label(end, leaf);
  const cards = new Map(graph.cards.map((card) => [card.id, card]));
  const lanes = lanesOf(graph, tangents);

  /** @param {CardItem} item @param {string} id @returns {CardItem} */
  function shown(item, id) {
    const card = /** @type {import('./graph.js').Card} */ (cards.get(id));
    const tangent = tangents.get(card.tensor);
    const text = tangent === undefined ? '0' : tangent.value === null ? '·' : shortNumber(tangent.value);
    const said = [item.title || translate('stage.unnamed'), translate(`stage.kind.${card.kind}`), translate('stage.label.value', { value: item.value }), translate('stage.label.tangent', { name, value: text })];
    return {
      ...item, gradient: item.gradient && { style: tangent ? 'tangent' : 'passed', label: 'd', text, cells: null }, bar: null, waiting: null, mark: item.mark === 'made' || item.mark === 'fault' ? item.mark : '',
      label: item.visible ? said.join(translate('stage.label.separator')) : '',
    };
  }

  return {
    show: (made) => ({
      ...made,
      cards: new Map([...made.cards].map(([id, item]) => [id, shown(item, id)])),
      badges: new Map([...made.badges].map(([id, item]) => [id, { ...item, mark: item.mark === 'running' ? '' : item.mark }])),
      edges: new Map([...made.edges].map(([id, item]) => [id, { ...item, lane: item.visible ? lanes.get(id) ?? null : null }])),
    }),
    says: (geometry, state, from) => notesOf(graph, geometry, state, from, { tangents, leaf, name }),
  };
}

/** What each edge adds, as wide as it is large. @param {Graph} graph @param {import('../state/tangents.js').Tangents} tangents */
function lanesOf(graph, tangents) {
  /** @type {Map<string, number>} */
  const added = new Map([...tangents.values()].flatMap(({ terms }) => terms.map((term) => /** @type {const} */ ([`e${term.function}.${term.input}`, term.local * term.tangent]))));
  const sizes = [...added.values()].filter((value) => value !== 0 && Number.isFinite(value)).map((value) => Math.log10(Math.abs(value)));
  const scale = sizes.length === 0 ? { least: 0, most: 0 } : { least: Math.min(...sizes), most: Math.max(...sizes) };
  return new Map(graph.edges.flatMap(({ id, also }) => {
    const value = added.get(id);
    return value === undefined || also ? [] : [/** @type {const} */ ([id, { ...laneOf(scalar(value), scale), along: true }])];
  }));
}

/**
 * The arithmetic of what the step made; once a backward pass has begun, what forward mode found of its root.
 * @param {Graph} graph @param {Geometry} geometry @param {State} state @param {number} from @param {{tangents: import('../state/tangents.js').Tangents, leaf: number, name: string}} found
 * @returns {Unplaced[]}
 */
function notesOf(graph, geometry, state, from, { tangents, leaf, name }) {
  const roots = state.calls.length === 0 ? [] : state.calls[state.calls.length - 1].roots;
  return graph.cards.flatMap((card) => {
    const tensor = state.tensors.get(card.tensor);
    const tangent = tangents.get(card.tensor);
    const frame = geometry.cards.get(card.id);
    if (card.twin || !tensor || !frame || typeof tangent?.value !== 'number') return [];
    const made = roots.length === 0 && tensor.seq >= from && tensor.seq <= state.cursor;
    if (!made && !roots.includes(card.tensor)) return [];
    const title = differential(card.title || label(state, card.tensor));
    const parts = made ? arithmetic(title, tangent, card.tensor === leaf) : [{ text: `${title}/${differential(name)} = `, role: /** @type {const} */ ('sign') }, { text: shortNumber(tangent.value), role: /** @type {const} */ ('result') }];
    const middle = frame.x + frame.width / 2;
    return [{ kind: /** @type {const} */ ('note'), id: `d${card.id}`, says: /** @type {const} */ ('tangent'), tone: /** @type {const} */ ('forward'), parts, edge: null, card: card.id, anchors: /** @type {[number, number][]} */ ([[middle, frame.y + frame.height + 2], [middle, frame.y - (card.kind === 'leaf' ? 14 : 2)]]), moved: null }];
  });
}

/** "dy = 0.5 × 2.0 + 1.0 × 1.0 = 2.0" @param {string} title @param {Tangent} tangent @param {boolean} seed @returns {Part[]} */
function arithmetic(title, { value, terms }, seed) {
  const result = { text: shortNumber(/** @type {number} */ (value)), role: /** @type {const} */ ('result') };
  if (seed) return [{ text: `${title} = `, role: 'sign' }, result];
  const sums = terms.flatMap((term, index) => [
    ...(index === 0 ? [] : [{ text: ' + ', role: /** @type {const} */ ('sign') }]),
    { text: index === 0 ? shortNumber(term.local) : bracketed(term.local), role: /** @type {const} */ ('term') }, { text: ' × ', role: /** @type {const} */ ('sign') }, { text: bracketed(term.tangent), role: /** @type {const} */ ('operand') },
  ]);
  return [{ text: `${title} = `, role: 'sign' }, ...sums, { text: ' = ', role: 'sign' }, result];
}
