// Rows of a tensor's ledger, and the zeros that a cleared gradient becomes.

/** @typedef {import('./types.js').Value} Value */
/** @typedef {import('./types.js').Row} Row */

/**
 * @param {number} seq
 * @param {Row['kind']} kind
 * @param {Partial<Row>} facts
 * @returns {Row}
 */
export function row(seq, kind, { call = null, before = null, added = null, after = null, function: sender = null, input = null, retained = false, op = null }) {
  return { kind, seq, call, before, added, after, function: sender, input, retained, op };
}

/** @param {any} data @returns {any} The same nesting with every number 0. */
function zeroed(data) {
  return Array.isArray(data) ? data.map(zeroed) : 0;
}

/** @param {Value} value @returns {Value} What `zero_()` makes of it. */
export function zeros(value) {
  if ('data' in value) return { ...value, data: zeroed(value.data) };
  return { ...value, min: 0, max: 0, mean: 0, norm: 0, nonfinite: 0, sample: zeroed(value.sample ?? []) };
}

/** @param {Value} left @param {Value} right */
export function sameValue(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}
