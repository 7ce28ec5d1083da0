import { readFormula } from './formula.js';

/**
 * The engine's op table, as the page needs it.
 * @typedef {{inputs: string[], rules: Map<string, import('./formula.js').Formula>, note: (language: string) => string, spellings: string[]}} Op
 * @typedef {Map<string, Op>} OpTable
 */

/** @returns {Promise<OpTable>} */
export async function loadOps() {
  const response = await fetch('/api/ops');
  if (!response.ok) throw new Error(`the op table answered ${response.status}`);
  const { ops } = await response.json();
  return opTable(ops);
}

/** The rows of `/api/ops` by their names. @param {any[]} rows @returns {OpTable} */
export function opTable(rows) {
  return new Map(rows.map((row) => [row.name, readOp(row)]));
}

/** @param {any} row @returns {Op} */
function readOp(row) {
  /** @type {Record<string, {mathml: string}>} */
  const derivatives = row.derivatives;
  return {
    inputs: row.inputs,
    rules: new Map(Object.entries(derivatives).map(([name, faces]) => [name, readFormula(faces.mathml)])),
    note: (language) => row.note[language] ?? '',
    spellings: row.spellings,
  };
}
