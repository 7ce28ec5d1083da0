/**
 * What nothing flows into, such as a weight's twin or a constant, in a graph that stands in rows: it begins the row of its first use, so that no edge is carried on for it alone.
 * @typedef {import('./layout.js').Places} Places
 * @typedef {import('./layout.js').Box} Box
 * @typedef {import('./layout.js').Link} Link
 * @typedef {import('./rows.js').Column} Column
 */

/** Between what stands one below the other at a row's beginning. */
const BETWEEN = 14;

/** The column of a box. @param {Column[]} columns */
export function columnsBy(columns) {
  const found = new Map(columns.flatMap(({ ids }, index) => ids.map((id) => /** @type {const} */ ([id, index]))));
  return (/** @type {string} */ id) => /** @type {number} */ (found.get(id));
}

/** For each link the columns that it leads from and to; of what nothing flows into, from its first use. @param {Link[]} links @param {(id: string) => number} of @returns {[number, number][]} */
export function waysOf(links, of) {
  const first = firstUses(links, of);
  return links.map(({ from, to }) => [first.get(from) ?? of(from), of(to)]);
}

/** Of each box that nothing flows into the column of its first use. @param {Link[]} links @param {(id: string) => number} of */
function firstUses(links, of) {
  const made = new Set(links.map(({ to }) => to));
  /** @type {Map<string, number>} */
  const first = new Map();
  for (const { from, to } of links) if (!made.has(from)) first.set(from, Math.min(first.get(from) ?? Infinity, of(to)));
  return first;
}

/**
 * The same with what nothing flows into in the row of its first use: in a column of its own at the row's beginning, where it stood in a row above.
 * @param {Places} places @param {Box[]} boxes @param {Link[]} links @param {Column[]} columns @param {number[]} begins
 */
export function led(places, boxes, links, columns, begins) {
  const of = columnsBy(columns);
  const rowOf = (/** @type {number} */ column) => begins.findLastIndex((begin) => begin <= column);
  const leads = new Map([...firstUses(links, of)].map(([id, column]) => /** @type {const} */ ([id, rowOf(column)])).filter(([id, row]) => row > rowOf(of(id))));
  if (leads.size === 0) return { places, columns, begins };
  const sizes = new Map(boxes.map((box) => [box.id, box]));
  const size = (/** @type {string} */ id) => /** @type {Box} */ (sizes.get(id));
  /** @type {{columns: Column[], begins: number[], shifts: number[]}} `shifts`: how far each row goes to the right */
  const made = { columns: [], begins: [], shifts: [] };
  let shift = 0;
  for (const [row, begin] of begins.entries()) {
    const ids = [...leads].filter(([, into]) => into === row).map(([id]) => id);
    const { left } = columns[begin];
    const first = made.columns.length;
    if (ids.length > 0) {
      const width = Math.max(...ids.map((id) => size(id).width));
      made.columns.push({ left: left + shift, right: left + shift + width, ids });
      shift += width + left - columns[begin - 1].right;
    }
    made.shifts.push(shift);
    for (const column of columns.slice(begin, begins[row + 1])) {
      const staying = column.ids.filter((id) => !leads.has(id));
      if (staying.length > 0) made.columns.push({ left: column.left + shift, right: column.right + shift, ids: staying });
    }
    if (made.columns.length > first) made.begins.push(first);
  }
  const now = columnsBy(made.columns);
  /** How far down each lead goes, to stand clear of those above it. @type {Map<number, number>} */
  const below = new Map();
  const ends = new Map(links.map(({ id, from }) => [id, from]));
  const moved = (/** @type {string} */ id) => made.shifts[rowOf(of(id))];
  return {
    columns: made.columns, begins: made.begins,
    places: {
      ...places, width: places.width + shift,
      boxes: [...places.boxes].sort((one, other) => one[2] - other[2]).map(([id, x, y, wide]) => {
        if (!leads.has(id)) return /** @type {Places['boxes'][number]} */ ([id, x + moved(id), y, wide]);
        const { width, height } = size(id);
        const middle = Math.max(y, (below.get(now(id)) ?? -Infinity) + height / 2);
        below.set(now(id), middle + height / 2 + BETWEEN);
        return /** @type {Places['boxes'][number]} */ ([id, made.columns[now(id)].right - width / 2, middle, wide]);
      }),
      links: places.links.flatMap(([id, points]) => {
        const from = /** @type {string} */ (ends.get(id));
        return leads.has(from) ? [] : [/** @type {Places['links'][number]} */ ([id, points.map(([x, y]) => [x + moved(from), y])])];
      }),
    },
  };
}
