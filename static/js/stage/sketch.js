/**
 * A simple layered layout for when Graphviz is late or absent: longest path for columns, medians for rows.
 * @typedef {import('./layout-worker.js').Box} Box
 * @typedef {import('./layout-worker.js').Link} Link
 * @typedef {import('./layout-worker.js').Places} Places
 * @typedef {{id: string, width: number, height: number, column: number, y: number, before: Cell[], after: Cell[]}} Cell
 */

const COLUMN_GAP = 34;
const ROW_GAP = 28;
const SWEEPS = 6;
/** A link across more columns keeps no room in them: a leaf that is used at every step would fill each column. */
const LONGEST_BRIDGED = 24;

/**
 * @param {Box[]} boxes
 * @param {Link[]} links
 * @returns {Places}
 */
export function sketchLayout(boxes, links) {
  const cells = cellsOf(boxes);
  assignColumns(cells, links);
  const columns = columnsOf(withBridges(cells, links));
  for (const column of columns) stack(column);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const forwards = sweep % 2 === 0;
    for (const column of forwards ? columns : [...columns].reverse()) {
      for (const cell of column) cell.y = median(forwards ? cell.before : cell.after) ?? cell.y;
      column.sort((a, b) => a.y - b.y);
      spread(column);
    }
  }
  return placed(columns, cells);
}

/** How many columns a graph has. @param {Box[]} boxes @param {Link[]} links */
export function columnCount(boxes, links) {
  const cells = cellsOf(boxes);
  assignColumns(cells, links);
  return [...cells.values()].reduce((most, cell) => Math.max(most, cell.column + 1), 0);
}

/** @param {Box[]} boxes @returns {Map<string, Cell>} */
function cellsOf(boxes) {
  return new Map(boxes.map((box) => [box.id, { ...box, column: 0, y: 0, before: [], after: [] }]));
}

/** @param {Map<string, Cell>} cells @param {Link[]} links */
function assignColumns(cells, links) {
  const waiting = new Map([...cells.keys()].map((id) => [id, 0]));
  /** @type {Map<string, Link[]>} */
  const next = new Map();
  for (const link of links) {
    waiting.set(link.to, (waiting.get(link.to) ?? 0) + 1);
    next.set(link.from, [...(next.get(link.from) ?? []), link]);
  }
  const ready = [...cells.keys()].filter((id) => waiting.get(id) === 0);
  /** @type {string[]} */
  const order = [];
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    order.push(id);
    const column = /** @type {Cell} */ (cells.get(id)).column;
    for (const { to, span } of next.get(id) ?? []) {
      const cell = /** @type {Cell} */ (cells.get(to));
      cell.column = Math.max(cell.column, column + span);
      waiting.set(to, /** @type {number} */ (waiting.get(to)) - 1);
      if (waiting.get(to) === 0) ready.push(to);
    }
  }
  for (const id of order.reverse()) {
    const cell = /** @type {Cell} */ (cells.get(id));
    const columns = (next.get(id) ?? []).map(({ to, span }) => /** @type {Cell} */ (cells.get(to)).column - span);
    if (columns.length > 0) cell.column = Math.min(...columns);
  }
}

/**
 * Adds a thin cell in every column that a long link crosses, so that cards leave room for it.
 * @param {Map<string, Cell>} cells
 * @param {Link[]} links
 * @returns {Cell[]}
 */
function withBridges(cells, links) {
  const all = [...cells.values()];
  for (const link of links) {
    let from = /** @type {Cell} */ (cells.get(link.from));
    const to = /** @type {Cell} */ (cells.get(link.to));
    const bridged = to.column - from.column <= LONGEST_BRIDGED;
    for (let column = from.column + 1; bridged && column < to.column; column += 1) {
      /** @type {Cell} */
      const bridge = { id: '', width: 0, height: 12, column, y: 0, before: [from], after: [] };
      from.after.push(bridge);
      all.push(bridge);
      from = bridge;
    }
    from.after.push(to);
    to.before.push(from);
  }
  return all;
}

/** @param {Cell[]} cells */
function columnsOf(cells) {
  const least = cells.reduce((found, cell) => Math.min(found, cell.column), Infinity);
  /** @type {Cell[][]} */
  const columns = [];
  for (const cell of cells) (columns[cell.column - least] ??= []).push(cell);
  return columns.map((column) => column ?? []);
}

/** @param {Cell[]} column */
function stack(column) {
  let y = 0;
  for (const cell of column) {
    cell.y = y + cell.height / 2;
    y += cell.height + ROW_GAP;
  }
}

/** @param {Cell[]} neighbours */
function median(neighbours) {
  if (neighbours.length === 0) return null;
  const rows = neighbours.map((cell) => cell.y).sort((a, b) => a - b);
  return (rows[(rows.length - 1) >> 1] + rows[rows.length >> 1]) / 2;
}

/** Pushes cells of a column apart, keeping their order and their common centre. @param {Cell[]} column */
function spread(column) {
  const wanted = column.reduce((sum, cell) => sum + cell.y, 0);
  for (let row = 1; row < column.length; row += 1) {
    const least = column[row - 1].y + (column[row - 1].height + column[row].height) / 2 + ROW_GAP;
    column[row].y = Math.max(column[row].y, least);
  }
  const shift = (column.reduce((sum, cell) => sum + cell.y, 0) - wanted) / Math.max(1, column.length);
  for (const cell of column) cell.y -= shift;
}

/**
 * @param {Cell[][]} columns
 * @param {Map<string, Cell>} cells
 * @returns {Places}
 */
function placed(columns, cells) {
  let [top, bottom] = [Infinity, -Infinity];
  for (const { y, height } of cells.values()) [top, bottom] = [Math.min(top, y - height / 2), Math.max(bottom, y + height / 2)];
  let x = 0;
  /** @type {[string, number, number][]} */
  const boxes = [];
  for (const column of columns) {
    const width = Math.max(0, ...column.map((cell) => cell.width));
    for (const cell of column) if (cell.id !== '') boxes.push([cell.id, x + width / 2, cell.y - top]);
    x += width + COLUMN_GAP;
  }
  return { width: x - COLUMN_GAP, height: bottom - top, boxes, links: [] };
}
