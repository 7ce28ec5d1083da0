/**
 * What a file carries of a run: enough to play it with no server.
 * @typedef {{
 *   edition: 1, title: string, language: string, theme: string, view: string, cursor: number | null, source: string,
 *   events: import('../state/types.js').Event[], ops: any[], places: [string, import('../stage/placed.js').Kept][],
 *   folds: [string[], string[]], letters: string, said: Record<import('../i18n.js').Language, import('../i18n.js').Catalogue>
 * }} Recording  `cursor` is where it opens, null at the end; `folds` is what is open and what is closed; `letters` are style rules with the
 *   glyphs of what is written in it beyond Latin, for machines that have none; `ops` are the rows of `/api/ops` that the run uses; `places` may be empty: then the graph is sketched;
 *   `said` are the texts of its errors and notices
 */
import { parsed } from './directions.js';
import { deflated, fromBase85, inflated, toBase85 } from './packing.js';

/** @param {Recording} recording @returns {Promise<string>} */
export async function packed(recording) {
  return toBase85(await deflated(new TextEncoder().encode(JSON.stringify(recording))));
}

/** @param {string} text @returns {Promise<Recording>} */
export async function unpacked(text) {
  return parsed(new TextDecoder('utf-8', { fatal: true }).decode(await inflated(fromBase85(text.trim()))));
}
