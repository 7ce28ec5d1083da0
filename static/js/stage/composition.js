/**
 * What stands at a cursor: the picture of a scene, and what is said beside it.
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {import('./picture.js').Picture} Picture
 * @typedef {import('./picture.js').Translate} Translate
 */
import { notesOf } from './notes.js';
import { holds, reduced } from './parts.js';
import { pictureOf } from './picture.js';
import { touched, writesIn } from './writes.js';

/**
 * The picture of a scene, without its notes.
 * @param {Scene} scene
 * @param {number} cursor an event of the scene
 * @param {{view: import('./picture.js').View, translate: Translate, source: string, memory?: import('./picture.js').Memory, parts?: import('./parts.js').Parts}} options
 * @returns {Picture}
 */
export function composed({ trace, graph, faces, scale, told }, cursor, { view, translate, source, memory, parts = null }) {
  const state = trace.at(cursor);
  const from = stepFrom(trace, cursor);
  const made = reduced(pictureOf(graph, faces, state, { view, scale, translate, from, source, written: touched(writesIn(trace, from, cursor)), memory }), parts);
  return told ? told.show(made, state) : made;
}

/**
 * What is said of a picture, within the part of the scene that is seen.
 * @param {Scene} scene
 * @param {Picture} picture
 * @param {{measure: import('./text.js').Measure, translate: Translate, view: import('./geometry.js').Frame | null, brief: boolean, parts?: import('./parts.js').Parts}} options
 */
export function saidOf({ trace, graph, geometry, told }, picture, { parts = null, ...options }) {
  const from = stepFrom(trace, picture.cursor);
  const state = trace.at(picture.cursor);
  const notes = notesOf(graph, geometry, picture, state, { ...options, from, said: told?.says?.(geometry, state, from), writes: writesIn(trace, from, picture.cursor), worked: holds(parts, 'formulas') });
  return holds(parts, 'gradients') && holds(parts, 'values') ? notes : notes.filter(({ says }) => says === 'fault');
}

/**
 * Where a picture's step happens, and then where it leads, each card with its badge: at a card that runs or the closed group that it is in, else at the last card that is marked, with the others that are; a step
 * without a card stays where the one before it was.
 * @param {Scene} scene @param {Picture} picture @returns {import('./geometry.js').Frame[]}
 */
export function subjectsOf({ trace, scene, graph, geometry }, picture) {
  const group = graph.badges.find((badge) => badge.fold && picture.badges.get(badge.id)?.mark === 'running');
  const marked = graph.cards.filter((card) => !card.twin && picture.cards.get(card.id)?.mark);
  const subject = marked.find((card) => picture.cards.get(card.id)?.mark === 'running') ?? marked.at(-1) ?? cardBefore({ trace, scene, graph }, picture.cursor);
  const cards = subject ? [subject, ...marked.filter((card) => card !== subject)] : [];
  const frames = cards.flatMap(({ id, badge }) => [geometry.cards.get(id), geometry.badges.get(badge ?? '')]);
  return [group && geometry.badges.get(group.id), ...frames].filter((frame) => frame !== undefined);
}

/** The card that the last step with one was about. @param {Pick<Scene, 'trace' | 'scene' | 'graph'>} shown @param {number} cursor */
function cardBefore({ trace, scene, graph }, cursor) {
  const cards = new Map(graph.cards.filter((card) => !card.twin).map((card) => [card.tensor, card]));
  for (let at = cursor < 0 ? -1 : trace.stepAt(cursor); at >= 0 && trace.steps[at].scene === scene; at -= 1) {
    const { kind, tensor } = trace.steps[at];
    const card = tensor === null || kind === 'done' ? undefined : cards.get(tensor); // a call ends where it wrote, not at its root
    if (card) return card;
  }
  return undefined;
}

/** The first event of the step at a cursor. @param {import('../state/trace.js').Trace} trace @param {number} cursor */
function stepFrom(trace, cursor) {
  return cursor < 0 ? 0 : trace.steps[trace.stepAt(cursor)]?.from ?? cursor;
}
