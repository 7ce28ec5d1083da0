/**
 * The size of every card and where its rows are. Fixed for a scene, so that nothing moves while time moves.
 * @typedef {import('./graph.js').Graph} Graph
 * @typedef {import('./graph.js').Card} Card
 * @typedef {import('./graph.js').Badge} Badge
 * @typedef {import('../state/types.js').State} State
 * @typedef {import('./text.js').Measure} Measure
 * @typedef {import('./grids.js').Grid} Grid
 * @typedef {import('../state/types.js').Value} Value
 * @typedef {{width: number, height: number, reach: number, approach: number, badgeWidth: number, titleX: number, title: string,
 *   valueRow: number, grid: Grid | null, gridY: number, gradientRow: number | null, gradientGrid: Grid | null, gradientGridY: number | null, barY: number | null,
 *   saved?: Saved, stack?: Stack, titleRest?: {x: number, y: number, text: string}, barred?: boolean, digits?: Digits}} Face  `badgeWidth`: 0 where none is drawn; `titleRest`: what of a name stands under its first row; `barred`: a norm stands between bars; `digits`: how many have room, where not all
 * @typedef {{value?: number, gradient?: number}} Digits  significant digits of a card's numbers
 * @typedef {'wide' | 'high' | 'small' | 'close'} Form  where room is short from left to right cards are high: row under row; where it is short in both directions arrays are small besides: one grid shows value or gradient;
 *   where it is short from top to bottom wide cards stand closer
 * @typedef {{titleRow: number, labelRow: number, labelX: number}} Stack  of a card whose rows are parted: where its name and the label of its gradient stand
 * @typedef {{name: string, lamp: number, text: number, end: number, y: number}[]} Saved  on a card of the backward graph: what its node saved, and where that stands
 */
import { HEAT, gridsOf } from './grids.js';
import { groupBy } from './groups.js';
import { isScalar, NORM, shapeText, sizeText, summary } from './numbers.js';
import { holds } from './parts.js';
import { fitted } from './text.js';

export const BADGE_HEIGHT = 26;
export const PADDING = 8;
const ROW = 22;
const EDGE = 4;
const LEAST_WIDTH = { tracked: 72, plain: 56 };
const LABEL = { grad: 44, flow: 16, pin: 12 };
/** A version stands behind a name even where its letters are by this share wider, as in a viewer without our fonts. */
const VERSION = { gap: 5, wider: 0.1 };
const BADGE_GAP = 5;
const MOST_TITLE = 132;
/** An expression is left out where it would make its card wider than this: the badge says it already. */
const MOST_EXPRESSION_CARD = 92;
const TITLE_GAP = 7;
/** How wide a grid may make its card, and a heat map be. */
const MOST = { wide: { card: 146, heat: 104 }, high: { card: 106, heat: 62 }, small: { card: 106, heat: 62 }, close: { card: 146, heat: 104 } };
const GRID_GAP = 5;
/** Room for parallel edges to part. */
const APPROACH = 76;
/** A short number, four digits with sign and point, the same with leading zeros, one with an exponent. */
const LETTERS = [4, 7, 9, 11];
const NO_GRIDS = { grid: null, gradientGrid: null };
const TWIN_HEIGHT = 28;
/** As many as a number is written in. @type {Digits} */
const ALL = {};

/**
 * @param {Graph} graph
 * @param {State} state the state at the scene's end
 * @param {Measure} measure
 * @param {Map<number, Value[]>} [written] what tensors held before and after writes in place
 * @param {number} [from] the scene's first event
 * @param {import('./parts.js').Parts} [parts] what has room on them
 * @param {Form} [form]
 * @param {Digits} [digits] where cards cannot be as wide as all of them need
 * @returns {Map<string, Face>}
 */
export function facesOf(graph, state, measure, written = new Map(), from = 0, parts = null, form = 'wide', digits = ALL) {
  const badges = new Map(graph.badges.map((badge) => [badge.id, badge]));
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const edge of graph.edges) if (edge.kind === 'data' && !edge.cut) uses.set(edge.from, (uses.get(edge.from) ?? 0) + 1);
  const shared = parallels(graph.edges);
  const crowded = new Set(graph.edges.filter((edge) => shared.has(edge.id)).map((edge) => edge.to));
  return new Map(graph.cards.map((card) => {
    const badge = card.twin ? null : badges.get(card.badge ?? '') ?? null;
    const counted = card.keepsGrad && (card.kind === 'leaf' || (uses.get(card.id) ?? 0) > 1);
    const shape = isHigh(form) && card.keepsGrad && !card.twin && isScalar(/** @type {import('../state/types.js').TensorState} */ (state.tensors.get(card.tensor)).value) ? highFace : faceOf;
    return [card.id, { ...shape(card, badge, counted, state, measure, written.get(card.tensor) ?? [], from, parts, form, digits), approach: crowded.has(card.id) ? APPROACH : 0, ...(digits === ALL ? {} : { digits }) }];
  }));
}

/** Whether a card's rows stand one below the other. @param {Form} form */
export function isHigh(form) {
  return form === 'high' || form === 'small';
}

/**
 * Edges that join the same two items, as those of `a + a`: each is seen by itself.
 * @param {import('./graph.js').Edge[]} edges
 * @returns {Map<string, number>} edge id -> its side: below 0 above the middle, above 0 below it
 */
export function parallels(edges) {
  const bundles = groupBy(edges.filter((edge) => edge.kind === 'data'), (edge) => `${edge.from}>${edge.to}`);
  return new Map([...bundles.values()].filter((bundle) => bundle.length > 1).flatMap((bundle) => bundle.map((edge, index) => /** @type {const} */ ([edge.id, index - (bundle.length - 1) / 2]))));
}

/** How far behind the beginning of a name its version stands. @param {string} title @param {Measure} measure */
export function versionAfter(title, measure) {
  return title === '' ? 0 : measure(title, 'title') * (1 + VERSION.wider) + VERSION.gap;
}

/** What a version takes of the row of its name. @param {import('../state/types.js').TensorState} tensor @param {string} title @param {Measure} measure @param {import('./parts.js').Parts} parts */
function versionRoom(tensor, title, measure, parts) {
  return tensor.version > 0 && holds(parts, 'versions') ? versionAfter(title, measure) - measure(title, 'title') + measure(`v${tensor.version}`, 'cell') : 0;
}

/** How much of a row a card takes, with its badge and the room before it. @param {Face} face */
export function spanOf(face) {
  return face.width + face.reach + face.approach;
}

/** @param {Badge} badge @param {Measure} measure */
export function badgeWidth(badge, measure) {
  const width = measure(badge.text, 'label');
  return width <= BADGE_HEIGHT - 10 ? BADGE_HEIGHT : Math.ceil(width + 15);
}

/**
 * @param {Card} card
 * @param {Badge | null} badge
 * @param {boolean} counted gradients of several uses meet here
 * @param {State} state
 * @param {Measure} measure
 * @param {Value[]} written
 * @param {number} from
 * @param {import('./parts.js').Parts} parts
 * @param {Form} form
 * @param {Digits} digits
 * @returns {Face}
 */
function faceOf(card, badge, counted, state, measure, written, from, parts, form, digits) {
  const tensor = /** @type {import('../state/types.js').TensorState} */ (state.tensors.get(card.tensor));
  const badgeRoom = badge ? badgeWidth(badge, measure) : 0;
  const reach = badge ? badgeRoom - BADGE_HEIGHT / 2 : 0;
  const titleX = badge ? BADGE_HEIGHT / 2 + BADGE_GAP : PADDING;
  const scalar = isScalar(tensor.value);
  const right = scalar ? widest(measure, [tensor.value, ...written], inDigits(digits.value)) : measure(shapeText(tensor.value), 'label');
  const drawn = scalar ? right : measure(shapeText(tensor.value), 'cell');
  const version = versionRoom(tensor, card.title, measure, parts);
  const room = card.named ? MOST_TITLE : MOST_EXPRESSION_CARD - titleX - TITLE_GAP - right - version - PADDING;
  const title = card.named || measure(card.title, 'title') <= room ? fitted(card.title, room, measure, 'title') : '';
  const titleWidth = titleX + (title === '' ? 0 : measure(title, 'title') + TITLE_GAP);
  if (card.twin) {
    return { width: Math.ceil(titleWidth + 4), height: TWIN_HEIGHT, reach, approach: 0, badgeWidth: badgeRoom, titleX, title, valueRow: TWIN_HEIGHT / 2, grid: null, gridY: 0, gradientRow: null, gradientGrid: null, gradientGridY: null, barY: null };
  }
  const values = { value: [tensor.value, ...written], gradient: gradientsOf(tensor, from) };
  const shared = form === 'small' && card.keepsGrad;
  const all = shared ? [...values.value, ...values.gradient] : values.value;
  const { grid, gradientGrid } = scalar || !holds(parts, 'values') ? NO_GRIDS : gridsOf(all, card.keepsGrad && !shared ? values.gradient : null, tensor.is_leaf, MOST[form].card - titleX - PADDING, measure, MOST[form].heat);
  const gridWidth = titleX + Math.max(grid ? grid.columns * grid.cell : 0, gradientGrid ? gradientGrid.columns * gradientGrid.cell : 0) + PADDING;
  const least = measure('None', 'label');
  const parted = form === 'high' && card.keepsGrad && !scalar && !gradientGrid?.digits;
  const say = parted || (shared && !scalar) ? (/** @type {Value} */ value) => sizeText(value, !parted, digits.gradient) : inDigits(digits.gradient);
  const said = gradientGrid?.digits ? least : Math.max(least, widest(measure, values.gradient, say));
  const labelled = tensor.is_leaf || tensor.retains_grad || tensor.grad !== null;
  const label = titleX + (labelled ? LABEL.grad : LABEL.flow) + (labelled && !tensor.is_leaf ? LABEL.pin : 0);
  const gradientWidth = !card.keepsGrad ? 0 : parted ? Math.max(label + measure(NORM, 'value'), titleX + said) + PADDING : label + said + PADDING;

  const width = Math.ceil(Math.max(card.keepsGrad ? LEAST_WIDTH.tracked : LEAST_WIDTH.plain, titleWidth + drawn + version + PADDING, gradientWidth, gridWidth));

  let y = EDGE;
  const valueRow = y + ROW / 2;
  y += ROW;
  const gridY = y + 1;
  if (grid) y += grid.height + GRID_GAP;
  const labelRow = y + ROW / 2;
  if (parted) y += ROW;
  const gradientRow = card.keepsGrad ? y + ROW / 2 : null;
  if (card.keepsGrad) y += ROW;
  const gradientGridY = gradientGrid ? y + 1 : null;
  if (gradientGrid) y += gradientGrid.height + GRID_GAP;
  const barY = counted ? y + 2 : null;
  if (counted) y += 4;
  /** @type {Face} */
  const face = { width, height: Math.ceil(y + EDGE), reach, approach: 0, badgeWidth: badgeRoom, titleX, title, valueRow, grid, gridY, gradientRow, gradientGrid, gradientGridY, barY };
  if (parted) face.stack = { titleRow: valueRow, labelRow, labelX: titleX };
  face.barred = shared && !scalar;
  fillWidth(face);
  return face;
}

/**
 * The face of a number with a gradient where room is short from left to right: row under row, so that only its longest number makes it wide.
 * @type {typeof faceOf}
 */
function highFace(card, badge, counted, state, measure, written, from, parts, _, digits) {
  const tensor = /** @type {import('../state/types.js').TensorState} */ (state.tensors.get(card.tensor));
  const badgeRoom = badge ? badgeWidth(badge, measure) : 0;
  const beside = badge ? BADGE_HEIGHT / 2 + BADGE_GAP : PADDING;
  const labelled = tensor.is_leaf || tensor.retains_grad || tensor.grad !== null;
  const value = widest(measure, [tensor.value, ...written], inDigits(digits.value));
  const said = Math.max(measure('None', 'label'), widest(measure, gradientsOf(tensor, from), inDigits(digits.gradient)));
  const version = versionRoom(tensor, card.title, measure, parts);
  const gradientWidth = labelled ? Math.max(beside + LABEL.grad + (tensor.is_leaf ? 0 : LABEL.pin), beside + said) : PADDING + LABEL.flow + said;
  const least = Math.max(LEAST_WIDTH.tracked, beside + value + PADDING, gradientWidth + PADDING);
  const title = card.named || PADDING + measure(card.title, 'title') + version + PADDING <= least ? fitted(card.title, MOST_TITLE, measure, 'title') : '';
  const titled = title === '' ? 0 : PADDING + measure(title, 'title') + version;
  const inRow = titled + TITLE_GAP + value + PADDING;
  const shared = badge === null && title !== '' && inRow <= Math.max(least, MOST_EXPRESSION_CARD);
  const row = (/** @type {number} */ index) => EDGE + ROW * (index + 0.5);
  const valueRow = title === '' || shared ? 0 : 1;
  const labelRow = valueRow + 1;
  const gradientRow = labelled ? labelRow + 1 : labelRow;
  const bottom = EDGE + ROW * (gradientRow + 1);
  return {
    width: Math.ceil(Math.max(least, shared ? inRow : titled + PADDING)), height: bottom + (counted ? 4 : 0) + EDGE, reach: badge ? badgeRoom - BADGE_HEIGHT / 2 : 0, approach: 0, badgeWidth: badgeRoom, titleX: PADDING, title,
    valueRow: row(valueRow), grid: null, gridY: 0, gradientRow: row(gradientRow), gradientGrid: null, gradientGridY: null, barY: counted ? bottom + 2 : null,
    stack: { titleRow: row(0), labelRow: row(labelRow), labelX: gradientRow === 2 && !labelled ? PADDING : beside },
  };
}

/** Cells grow to fill their card, as far as they stay cells. @param {Face} face */
export function fillWidth(face) {
  const room = face.width - face.titleX - PADDING;
  for (const grid of [face.grid, face.gradientGrid]) {
    if (grid) grid.cell = Math.max(grid.cell, Math.min(grid.digits > 0 ? room : HEAT.widest, Math.floor(room / grid.columns)));
  }
}

/**
 * Every gradient that a tensor shows from an event on: of a loop's weight the ledger holds those of all turns, a scene shows those of one.
 * @param {import('../state/types.js').TensorState} tensor the state at the scene's end @param {number} from the scene's first event
 */
export function gradientsOf({ ledger, grad }, from) {
  const values = [grad];
  for (let at = ledger.length - 1; at >= 0 && ledger[at].seq >= from; at -= 1) if (ledger[at].kind !== 'modify') values.push(ledger[at].before, ledger[at].added, ledger[at].after);
  return values.filter((value) => value !== null);
}

/** @param {number | undefined} digits @returns {(value: Value) => string} */
function inDigits(digits) {
  return (value) => summary(value, digits);
}

/** Room for the longest of some numbers, in few sizes: another number mostly needs no other place. @param {Measure} measure @param {Value[]} values @param {(value: Value) => string} [say] */
export function widest(measure, values, say = summary) {
  const most = values.reduce((longest, value) => Math.max(longest, say(value).length), 0);
  return most === 0 ? 0 : measure('0'.repeat(LETTERS.find((count) => count >= most) ?? most), 'value');
}
