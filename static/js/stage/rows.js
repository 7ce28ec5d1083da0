/**
 * A long graph in rows, one below the other as the lines of a text: its columns stay whole, and an edge that leads from one row to another is carried on between them.
 * @typedef {import('./layout.js').Places} Places
 * @typedef {import('./layout.js').Box} Box
 * @typedef {import('./layout.js').Link} Link
 * @typedef {{width: number, height: number, least: number, most?: number, flow?: number}} Page  how much room there is in pixels, the scale below which nothing can be read, and the one up to which it is seen larger: its own size unless given;
 *   `flow`: the scale at which rows that are not seen whole are read downwards, as the lines of a long text
 * @typedef {number | Page} Rows  how many rows there are; or the page on which they are read: one where that can be, else the fewest that are seen well or nearly as large as any
 * @typedef {{left: number, right: number, ids: string[]}} Column
 */
import { groupBy } from './groups.js';
import { columnsBy, led, waysOf } from './leads.js';
import { GROUND } from './storeys.js';

const MOST = 12;
/** Between rows: for the tabs of leaves, and for each edge that is carried on, with its gradient beside it. */
const GAP = 46;
const LANE = 24;
/** Where an edge turns beside a column, with room for the head of its gradient. */
const TURN = { leaving: 28, arriving: 32 };
/** So many edges of one beginning go together as far as they can. */
const TOGETHER = 3;
/** Uneven rows are taken for fewer edges between them: one edge counts as much as a row that is wider than the others by the root of this share. */
const CARRIED = 0.06;
/** Fewer rows are taken for a scale that is nearly the best, or so many times the least. */
const NEARLY = 0.92;
const WELL = 1.4;

/**
 * @param {Places} places @param {Box[]} boxes with the sizes that they have there @param {Link[]} links @param {Rows} rows
 * @returns {Places} the same places where one row is enough
 */
export function wrapped(places, boxes, links, rows) {
  const columns = columnsOf(places, boxes);
  if (typeof rows === 'number') return inRows(places, boxes, links, columns, rows);
  if (isOneRow(places, rows)) return places;
  const scale = (/** @type {Places} */ choice) => scaleOn(rows, choice);
  /** @type {Places[]} */
  const choices = [];
  // Once the height is what limits a choice, more rows are only seen smaller.
  do choices.push(inRows(places, boxes, links, columns, choices.length + 1));
  while (choices.length < Math.min(MOST, columns.length) && choices[choices.length - 1].height * rows.width < choices[choices.length - 1].width * rows.height);
  if (rows.flow !== undefined && Math.max(...choices.map(scale)) < rows.least) {
    const fits = (/** @type {Places} */ { width }) => width * /** @type {number} */ (rows.flow) <= rows.width;
    while (!choices.some(fits) && choices.length < Math.min(MOST, columns.length)) choices.push(inRows(places, boxes, links, columns, choices.length + 1));
    return choices.find(fits) ?? places;
  }
  const enough = Math.min(Math.max(...choices.map(scale)) * NEARLY, rows.least * WELL);
  return choices.find((choice) => scale(choice) >= enough) ?? places;
}

/** Whether a graph of this size stands in one row. @param {{width: number, height: number}} size @param {Rows} rows */
export function isOneRow(size, rows) {
  return typeof rows === 'number' ? rows === 1 : scaleOn(rows, size) >= rows.least;
}

/** How large something is seen that is made to fit. @param {Page} page @param {{width: number, height: number}} size */
function scaleOn(page, { width, height }) {
  return Math.min(page.most ?? 1, page.width / width, page.height / height);
}

/** From left to right. @param {Places} places @param {Box[]} boxes @returns {Column[]} */
function columnsOf(places, boxes) {
  const widths = new Map(boxes.map(({ id, width }) => [id, width]));
  const reach = places.boxes.map(([id, x]) => ({ id, left: x - (widths.get(id) ?? 0) / 2, right: x + (widths.get(id) ?? 0) / 2 })).sort((one, other) => one.left - other.left);
  /** @type {Column[]} */
  const columns = [];
  for (const { id, left, right } of reach) {
    const last = columns.at(-1);
    if (last && left < last.right) {
      last.right = Math.max(last.right, right);
      last.ids.push(id);
    } else columns.push({ left, right, ids: [id] });
  }
  return columns;
}

/** @param {Places} whole @param {Box[]} boxes @param {Link[]} links @param {Column[]} all @param {number} count @returns {Places} */
function inRows(whole, boxes, links, all, count) {
  const cut = beginnings(all, crossings(all.length, waysOf(links, columnsBy(all))), count);
  if (cut.length < 2) return whole;
  const { places, columns, begins } = led(whole, boxes, links, all, cut);
  const of = columnsBy(columns);
  const rowOf = (/** @type {number} */ column) => begins.findLastIndex((begin) => begin <= column);
  const carried = links.filter(({ from, to }) => rowOf(of(from)) !== rowOf(of(to)));
  const centres = new Map(places.boxes.map(([id, x, y]) => [id, { x, y }]));
  const height = (/** @type {string} */ id) => /** @type {{y: number}} */ (centres.get(id)).y;
  const uses = groupBy(carried, ({ from }) => from);
  const name = (/** @type {Link} */ { id, from }) => (/** @type {Link[]} */ (uses.get(from)).length < TOGETHER ? id : from);
  // What comes from higher up turns further out, and what leads further down.
  const leaving = groupBy(carried.filter((link, index) => carried.findIndex((other) => name(other) === name(link)) === index).sort((one, other) => height(other.from) - height(one.from)), ({ from }) => String(of(from)));
  const arriving = groupBy([...carried].sort((one, other) => height(one.to) - height(other.to)), ({ to }) => String(of(to)));
  const room = (/** @type {number} */ column) => ({ out: (leaving.get(String(column))?.length ?? 0) * LANE, in: (arriving.get(String(column))?.length ?? 0) * LANE });

  /** How far each column moves. */
  const moved = columns.map(() => 0);
  let width = 0;
  for (const [row, begin] of begins.entries()) {
    let [spare, right] = [room(begin).in - columns[begin].left, 0];
    for (let column = begin; column < (begins[row + 1] ?? columns.length); column += 1) {
      if (column > begin) spare += room(column).in;
      moved[column] = spare;
      right = columns[column].right + spare + (room(column).out > 0 ? room(column).out - LANE + TURN.leaving : 0);
      spare += room(column).out;
    }
    width = Math.max(width, right);
  }
  const across = (/** @type {number} */ x) => {
    const next = columns.findIndex(({ right }) => x <= right);
    if (next < 0) return x + moved[columns.length - 1];
    const { left } = columns[next];
    if (x >= left || next === 0) return x + moved[next];
    const before = columns[next - 1].right;
    return x + moved[next - 1] + ((moved[next] - moved[next - 1]) * (x - before)) / (left - before);
  };

  const within = new Set(carried.map(({ id }) => id));
  const routes = places.links.filter(([id]) => !within.has(id));
  const ends = new Map(links.map(({ id, from }) => [id, from]));
  const sizes = new Map(boxes.map((box) => [box.id, box]));
  const reaches = begins.map(() => ({ top: Infinity, bottom: -Infinity }));
  const reach = (/** @type {string} */ id, /** @type {number} */ top, /** @type {number} */ bottom) => {
    const row = reaches[rowOf(of(id))];
    [row.top, row.bottom] = [Math.min(row.top, top), Math.max(row.bottom, bottom)];
  };
  for (const [id, , y] of places.boxes) {
    const { height: high, storey = 0 } = /** @type {Box} */ (sizes.get(id));
    reach(id, y - high / 2 - (storey > 0 ? GROUND.above : 0), y + high / 2);
  }
  for (const [id, points] of routes) for (const [, y] of points) reach(/** @type {string} */ (ends.get(id)), y, y);

  const turns = lanesOf(carried, { of, name, rowOf, out: (link) => columns[of(link.from)].right + moved[of(link.from)] + TURN.leaving + LANE * place(leaving.get(String(of(link.from))), (other) => name(other) === name(link)), in: (link) => columns[of(link.to)].left + moved[of(link.to)] - TURN.arriving - LANE * place(arriving.get(String(of(link.to))), (other) => other === link) });
  /** @type {number[]} */
  const lifts = [];
  /** Where the lanes of each row's gap begin. @type {number[]} */
  const lanes = [];
  let down = 0;
  for (const [row, { top, bottom }] of reaches.entries()) {
    lifts.push(down - top);
    down += bottom - top;
    lanes.push(down + GAP / 2);
    if (row < reaches.length - 1) down += GAP + LANE * turns.counts[row];
  }
  const lift = (/** @type {string} */ id) => lifts[rowOf(of(id))];
  return {
    width, height: down,
    boxes: places.boxes.map(([id, x, y, wide]) => [id, x + moved[of(id)], y + lift(id), wide]),
    links: routes.map(([id, points]) => [id, points.map(([x, y]) => [across(x), y + lift(/** @type {string} */ (ends.get(id)))])]),
    turns: turns.made.map(([id, made]) => [id, made.map((one) => (typeof one === 'number' ? one : lanes[one.gap] + LANE * one.lane))]),
    rows: new Map(places.boxes.map(([id]) => [id, rowOf(of(id))])),
  };
}

/** @param {Link[] | undefined} some @param {(link: Link) => boolean} is */
const place = (some, is) => /** @type {Link[]} */ (some).findIndex(is);

/**
 * The way of each carried edge, those of one `name` together: out of its column, along a lane of the gap under its row, and into its column; to a row further down along that row's gap too.
 * @param {Link[]} carried
 * @param {{of: (id: string) => number, name: (link: Link) => string, rowOf: (column: number) => number, out: (link: Link) => number, in: (link: Link) => number}} at
 */
function lanesOf(carried, at) {
  /** @type {number[]} */
  const counts = [];
  /** Lanes that are shared, by what leads along them. @type {Map<string, {gap: number, lane: number}>} */
  const shared = new Map();
  const lane = (/** @type {number} */ gap, /** @type {string} */ of) => {
    const found = shared.get(`${gap} ${of}`) ?? { gap, lane: (counts[gap] = (counts[gap] ?? 0) + 1) - 1 };
    shared.set(`${gap} ${of}`, found);
    return found;
  };
  /** @type {string[]} */
  const further = [];
  /** @type {[string, (number | {gap: number, lane: number})[]][]} */
  const made = [...carried].sort((one, other) => at.out(one) - at.out(other)).map((link) => {
    const [from, to] = [at.rowOf(at.of(link.from)), at.rowOf(at.of(link.to))];
    const name = at.name(link);
    const first = lane(from, name);
    if (to === from + 1) return [link.id, [at.out(link), first, at.in(link)]];
    if (!further.includes(name)) further.push(name);
    return [link.id, [at.out(link), first, -LANE * (further.indexOf(name) + 1), lane(to - 1, name), at.in(link)]];
  });
  return { made, counts: Array.from({ length: counts.length }, (_, gap) => counts[gap] ?? 0) };
}

/** How many boxes lead over the gap before each column. @param {number} count of columns @param {[number, number][]} ends */
function crossings(count, ends) {
  return Array.from({ length: count }, (_, column) => new Set(ends.flatMap(([from, to]) => (from < column && to >= column ? from : []))).size);
}

/**
 * The first column of each row: rows as even as can be, with few edges from one to another.
 * @param {Column[]} columns @param {number[]} crossed @param {number} count
 */
function beginnings(columns, crossed, count) {
  const rows = Math.min(count, columns.length);
  const first = columns[0].left;
  const target = (columns[columns.length - 1].right - first) / rows;
  const begins = [0];
  for (let row = 1; row < rows; row += 1) {
    const cost = (/** @type {number} */ at) => ((columns[at].left - first) / target - row) ** 2 + CARRIED * crossed[at];
    const choices = Array.from({ length: columns.length + 1 - (rows - row) }, (_, at) => at).slice(begins[row - 1] + 1);
    begins.push(choices.reduce((best, at) => (cost(at) < cost(best) ? at : best)));
  }
  return begins;
}
