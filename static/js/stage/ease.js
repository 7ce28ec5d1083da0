/** Easings: shares of a movement from shares of its time, both 0 to 1. */

/** Starts and ends gently: for what travels. @param {number} t */
export function easeTravel(t) {
  const x = Math.min(1, Math.max(0, t));
  return x * x * (3 - 2 * x);
}

/** Starts at once and settles: for what appears. @param {number} t */
export function easeOut(t) {
  const x = Math.min(1, Math.max(0, t));
  return 1 - (1 - x) ** 3;
}

/** Falls: for a coin dropping into `.grad`. @param {number} t */
export function easeFall(t) {
  const x = Math.min(1, Math.max(0, t));
  return x * x;
}
