/** The papers that a figure is fitted to, in millimetres, and how high its letters are there. */

/** @type {Record<string, [number, number]>} */
const SHEETS = { a4: [297, 210], letter: [279.4, 215.9], slide: [338.7, 190.5] };
export const MARGIN = 10;
export const PIXEL = 25.4 / 96;
const POINT = 25.4 / 72;
/** What the text of an A4 page leaves a figure, in width and in height; and the height in pixels of what most of it is written in. */
const COLUMN = 160;
const COLUMN_HEIGHT = 200;
const LETTER = 13;
/** Smaller print is hard to read. */
const LEAST = 5;
export const LEAST_SCALE = (LEAST * POINT) / (LETTER * PIXEL);

/** Width and height of the sheet; null where the figure is its own. @param {string | undefined} paper */
export const sheetOf = (paper) => SHEETS[paper ?? ''] ?? null;

/** The room that a figure has: on a sheet, or in a column of text. @param {string} [paper] @returns {import('../stage/rows.js').Page} */
export function roomOn(paper) {
  const [width, height] = sheetOf(paper)?.map((side) => side - 2 * MARGIN) ?? [COLUMN, COLUMN_HEIGHT];
  return { width: width / PIXEL, height: height / PIXEL, least: LEAST_SCALE };
}

/**
 * The height of a figure's letters in points: on the sheet that it fills, or without one in a column of text that it is made as wide as; there also its height in millimetres, and how many pages that takes.
 * @param {number} width @param {number} height in pixels @param {string | undefined} paper
 */
export function printed(width, height, paper) {
  const sheet = sheetOf(paper);
  const room = sheet ? Math.min((sheet[0] - 2 * MARGIN) / width, (sheet[1] - 2 * MARGIN) / height) / PIXEL : Math.min(1, COLUMN / (width * PIXEL));
  const points = (LETTER * PIXEL * room) / POINT;
  const high = height * PIXEL * room;
  return { points, column: COLUMN, small: points < LEAST, high, pages: sheet ? 1 : Math.ceil(high / COLUMN_HEIGHT) };
}
