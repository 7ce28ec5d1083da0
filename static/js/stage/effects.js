/**
 * Beads, tokens and notes: drawn for one moment, from data alone.
 * @typedef {import('./motion.js').Effect} Effect
 */
import { leaderStart } from './placement.js';
import { shape } from './shape.js';

const BASELINE = 4.6;
const FIRST_LINE = 18.6;
const LINE_HEIGHT = 18;

/**
 * @param {Effect} effect
 * @param {import('./text.js').Measure} measure
 * @returns {import('./shape.js').Shape}
 */
export function effectShape(effect, measure) {
  if (effect.kind === 'bead') {
    return shape('g', { 'data-tone': effect.tone, transform: `translate(${effect.x} ${effect.y})` }, [shape('circle', { class: 'bead-halo', r: 13 }), shape('circle', { class: 'bead', r: 5 })]);
  }
  if (effect.kind === 'token') {
    const width = Math.ceil(measure(effect.text, 'value') + 18);
    return shape('g', { class: 'token', 'data-tone': effect.tone, opacity: effect.share < 1 ? effect.share : null, transform: `translate(${effect.x} ${effect.y})` }, [
      shape('rect', { x: -width / 2, y: -12, width, height: 24, rx: 12 }),
      shape('text', { 'text-anchor': 'middle', y: BASELINE }, [effect.text]),
    ]);
  }
  return noteShape(effect);
}

/** @param {import('./notes.js').Note & {share: number, tip?: import('./curve.js').Point}} note */
function noteShape(note) {
  const { box, lines } = note;
  if (lines.length === 0) return shape('g', {});
  const [x, y] = note.tip ?? note.anchor;
  /** @type {import('./shape.js').Shape[]} */
  const nodes = [[x, y], ...note.also].map(([toX, toY]) => shape('path', { class: 'note-leader', d: `M${leaderStart(box, [toX, toY]).join(' ')}L${toX} ${toY}` }));
  if (note.tone === 'leaf') nodes.push(shape('rect', { class: 'note-outer', x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6, rx: 10 }));
  nodes.push(shape('rect', { class: 'note-frame', x: box.x, y: box.y, width: box.width, height: box.height, rx: 7 }));
  const middle = box.x + box.width / 2;
  lines.forEach((line, index) => {
    const y = box.y + FIRST_LINE + index * LINE_HEIGHT;
    nodes.push(shape('text', { class: 'note-text', 'text-anchor': 'middle', x: middle, y, 'xml:space': 'preserve' }, line.map((part) => shape('tspan', { class: part.role }, [part.text]))));
  });
  if (!note.tip && note.edge !== null) {
    nodes.push(shape('g', { 'data-tone': 'backward', transform: `translate(${x} ${y})` }, [shape('circle', { class: 'bead', r: 4 })]));
  }
  return shape('g', { class: 'note', 'data-tone': note.tone, opacity: note.share < 1 ? note.share : null }, nodes);
}
