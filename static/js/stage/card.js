/**
 * The inside of a card and of a badge, drawn from an item and a face.
 * @typedef {import('./picture.js').CardItem} CardItem
 * @typedef {import('./picture.js').BadgeItem} BadgeItem
 * @typedef {import('./picture.js').Cell} Cell
 * @typedef {import('./faces.js').Face} Face
 * @typedef {import('./grids.js').Grid} Grid
 * @typedef {import('./geometry.js').Frame} Frame
 * @typedef {import('./text.js').Measure} Measure
 * @typedef {import('./shape.js').Shape} Shape
 */
import { PADDING, versionAfter } from './faces.js';
import { counting, NORM } from './numbers.js';
import { shape } from './shape.js';

const BASELINE = 4.6;
const RADIUS = 9;
/** A buffer hangs above its card, so that what was waiting drops into `.grad`. */
export const BUFFER_Y = -26;
const BUFFER_HEIGHT = 19;
const BAR_HEIGHT = 4;
const SEGMENT_GAP = 3;
const MOST_SEGMENTS = 16;
const TAB = { height: 17, padding: 7, clear: 52, raise: 5 };
/** How far the second badge of a stack looks out. */
const STACK = 3.5;
const LAMP = { radius: 3.2, gap: 9.5 };
const PIN = 'M0-4.5h5v1.2l-1 .8v2.6l1.6 1.5v1.2H3.2v3.4l-.7 1-.7-1V2.8H-.6V1.6L1-.1v-2.4l-1-.8z';

/**
 * @param {CardItem} item
 * @param {Face} face
 * @param {{measure: Measure, tab: string, appearing?: number}} options  `appearing`: how far, from 0 to 1: its number counts in
 * @returns {Shape[]}
 */
export function cardContent(item, face, { measure, tab, appearing = 1 }) {
  const { width, height } = face;
  /** @type {Shape[]} */
  const nodes = [shape('rect', { class: 'card-frame', width, height, rx: RADIUS })];
  if (item.kind === 'leaf') nodes.push(shape('rect', { class: 'card-inner', x: 3, y: 3, width: width - 6, height: height - 6, rx: RADIUS - 3 }));
  if (item.mark !== '') nodes.push(shape('rect', { class: 'card-ring', x: -3.5, y: -3.5, width: width + 7, height: height + 7, rx: RADIUS + 3.5 }));
  if (item.kind === 'leaf' && face.gradientRow !== null) nodes.push(tabOf(tab, measure));
  const titleRow = face.stack?.titleRow ?? face.valueRow;
  nodes.push(text('card-title', face.titleX, titleRow, item.title));
  if (face.titleRest) nodes.push(text('card-title', face.titleRest.x, face.titleRest.y, face.titleRest.text));
  if (item.version > 0) {
    nodes.push(text('card-version', face.titleX + versionAfter(item.title, measure), titleRow, `v${item.version}`));
  }
  nodes.push(text(item.muted ? 'card-shape' : 'card-value', width - PADDING, face.valueRow, item.muted ? item.value : counting(item.value, appearing), 'end'));
  if (face.grid && item.cells) nodes.push(gridOf(item.cells, face.grid, face.titleX, face.gridY));
  if (item.gradient && face.gradientRow !== null) nodes.push(...gradientRow(item, face));
  if (item.bar && face.barY !== null) nodes.push(barOf(item.bar, face));
  if (item.saved && face.saved) nodes.push(...savedNames(item.saved, face.saved));
  if (item.waiting !== null) nodes.push(bufferOf(item.waiting, face, measure));
  return nodes;
}

/** @param {string} name @param {number} x @param {number} y @param {string} words @param {'end' | 'middle' | null} [anchor] */
function text(name, x, y, words, anchor = null) {
  return shape('text', { class: name, x, y: y + BASELINE, 'text-anchor': anchor }, [words]);
}

/** @param {string} word @param {Measure} measure */
function tabOf(word, measure) {
  const width = Math.ceil(measure(word, 'label') + TAB.padding * 2);
  const x = 10;
  const y = -TAB.height / 2 - 3;
  return shape('g', { class: 'card-tab' }, [shape('rect', { x, y, width, height: TAB.height, rx: TAB.height / 2 }), text('', x + width / 2, y + TAB.height / 2 - 0.4, word, 'middle')]);
}

/** @param {CardItem} item @param {Face} face @returns {Shape[]} */
function gradientRow(item, face) {
  const gradient = /** @type {import('./picture.js').Gradient} */ (item.gradient);
  const y = /** @type {number} */ (face.gradientRow);
  const label = face.stack ? { x: face.stack.labelX, y: face.stack.labelRow } : { x: face.titleX, y };
  const parted = label.y !== y && gradient.text.startsWith(NORM);
  const row = shape('g', { class: 'card-gradient', 'data-style': gradient.style }, [
    text('gradient-label', label.x, label.y, gradient.label),
    ...(parted ? [text('gradient-value', face.width - PADDING, label.y, NORM.trim(), 'end')] : []),
    text('gradient-value', face.width - PADDING, y, parted ? gradient.text.slice(NORM.length) : gradient.text, 'end'),
  ]);
  if (item.pinned) row.children.push(shape('path', { class: 'card-pin', d: PIN, transform: `translate(${label.x + (gradient.label === '∂' ? 18 : 45)} ${label.y})` }));
  /** @type {Shape[]} */
  const nodes = [row];
  if (face.gradientGrid && face.gradientGridY !== null) {
    const grid = gradient.cells ? gridOf(gradient.cells, face.gradientGrid, face.titleX, face.gradientGridY) : gradient.style === 'none' ? emptyGrid(face.gradientGrid, face.titleX, face.gradientGridY) : null;
    if (grid) nodes.push({ ...grid, attributes: { ...grid.attributes, 'data-style': gradient.style } });
  }
  return nodes;
}

/** @param {Cell[][]} cells @param {Grid} grid @param {number} left @param {number} top */
function gridOf(cells, grid, left, top) {
  const height = grid.height / grid.rows;
  const gap = grid.digits > 0 ? 1 : 0.5;
  const nodes = cells.flatMap((row, r) => row.flatMap((cell, c) => {
    const broken = Number.isNaN(cell.level);
    const rect = shape('rect', {
      class: 'cell',
      'data-sign': broken ? 'broken' : cell.level < 0 ? 'negative' : 'positive',
      x: left + c * grid.cell + gap / 2,
      y: top + r * height + gap / 2,
      width: grid.cell - gap,
      height: height - gap,
      rx: grid.digits > 0 ? 3 : 1.5,
      'fill-opacity': broken ? 1 : Math.abs(cell.level),
    });
    if (grid.digits === 0) return [rect];
    return [rect, text('cell-text', left + c * grid.cell + grid.cell / 2, top + r * height + height / 2 - 0.3, cell.text, 'middle')];
  }));
  return shape('g', { class: 'grid' }, [
    shape('rect', { class: 'grid-ground', x: left, y: top, width: grid.columns * grid.cell, height: grid.height, rx: 3 }),
    ...nodes,
  ]);
}

/** Where a gradient will be kept. @param {Grid} grid @param {number} left @param {number} top */
function emptyGrid(grid, left, top) {
  return shape('g', { class: 'grid' }, [shape('rect', { class: 'grid-empty', x: left + 0.5, y: top + 0.5, width: grid.columns * grid.cell - 1, height: grid.height - 1, rx: 3 })]);
}

/** A segment for each contribution; of many, one for all that have arrived and one for the rest. @param {{expected: number, arrived: number, done: boolean}} bar @param {Face} face */
function barOf(bar, face) {
  const left = face.titleX;
  const parts = bar.expected <= MOST_SEGMENTS ? Array.from({ length: bar.expected }, (_, index) => ({ share: 1, filled: index < bar.arrived }))
    : [{ share: bar.arrived, filled: true }, { share: bar.expected - bar.arrived, filled: false }].filter(({ share }) => share > 0);
  const each = (face.width - left - PADDING - SEGMENT_GAP * (parts.length - 1)) / Math.max(1, bar.expected);
  let x = left;
  const segments = parts.map(({ share, filled }) => {
    const width = share * each;
    x += width + SEGMENT_GAP;
    return shape('rect', { class: 'bar-segment', 'data-filled': filled ? 'yes' : 'no', x: x - width - SEGMENT_GAP, y: /** @type {number} */ (face.barY), width: Math.max(1, width), height: BAR_HEIGHT, rx: BAR_HEIGHT / 2 });
  });
  return shape('g', { class: 'card-bar', 'data-done': bar.done ? 'yes' : 'no' }, segments);
}

/** The input buffer of a leaf: what has arrived but is not yet in `.grad`. @param {string} words @param {Face} face @param {Measure} measure */
function bufferOf(words, face, measure) {
  const width = Math.ceil(measure(words, 'value') + 16);
  const x = face.width - width - 4;
  const y = x < TAB.clear ? BUFFER_Y - TAB.raise : BUFFER_Y;
  return shape('g', { class: 'card-buffer' }, [shape('rect', { x, y, width, height: BUFFER_HEIGHT, rx: BUFFER_HEIGHT / 2 }), text('', x + width / 2, y + BUFFER_HEIGHT / 2 - 0.2, words, 'middle')]);
}

/**
 * @param {BadgeItem} item
 * @param {Frame} frame
 * @returns {Shape[]}
 */
export function badgeContent(item, frame) {
  const radius = frame.height / 2;
  const nodes = [];
  if (item.mark !== '') nodes.push(shape('rect', { class: 'badge-ring', x: -3.5, y: -3.5, width: frame.width + 7, height: frame.height + 7, rx: radius + 3.5 }));
  if (item.folded) nodes.push(shape('rect', { class: 'badge-frame badge-under', x: STACK, y: -STACK, width: frame.width, height: frame.height, rx: radius }));
  nodes.push(shape('rect', { class: 'badge-frame', width: frame.width, height: frame.height, rx: radius }));
  nodes.push(text(/^[+−×÷@·]$/u.test(item.text) ? 'badge-sign' : 'badge-text', frame.width / 2, radius + (/^[+−×÷@·]$/u.test(item.text) ? 0.6 : -0.3), item.text, 'middle'));
  item.lamps.forEach((lamp, index) => nodes.push(lampOf(lamp, frame.width - radius - 7 - (item.lamps.length - 1 - index) * LAMP.gap, -5.5)));
  return nodes;
}

/** The place over the lamps of a badge. @param {Frame} frame @param {number} count @returns {import('./curve.js').Point} */
export function lampsAt({ x, y, width, height }, count) {
  return [x + width - height / 2 - 7 - ((count - 1) * LAMP.gap) / 2, y - 5.5 - LAMP.radius - 4];
}

/** A lamp and a name for each tensor that a node saved. @param {{name: string, lit: boolean}[]} saved @param {import('./faces.js').Saved} places */
function savedNames(saved, places) {
  return places.map((place, index) => shape('g', { class: 'card-saved', 'data-lit': saved[index]?.lit ? 'yes' : 'no' }, [lampOf({ name: place.name, lit: saved[index]?.lit === true }, place.lamp, place.y), text('', place.text, place.y, place.name)]));
}

/** @param {{name: string, lit: boolean}} lamp @param {number} x @param {number} y */
function lampOf(lamp, x, y) {
  const { radius } = LAMP;
  const nodes = [shape('title', {}, [lamp.name]), shape('circle', { cx: x, cy: y, r: radius })];
  if (!lamp.lit) nodes.push(shape('path', { d: `M${x - radius - 1} ${y + radius + 1}L${x + radius + 1} ${y - radius - 1}` }));
  return shape('g', { class: 'lamp', 'data-lit': lamp.lit ? 'yes' : 'no' }, nodes);
}
