// Which line of a program is which of the same program after an edit.

const LARGEST = 4_000_000;
const HEAD = /^\s*(?:(?:for|while|if|elif|def|class|with|return)\s+)?[\w.]*/;

/**
 * Lines that stay are found by the longest text that both have in common; between them a changed line is that which begins alike, else that in the same place.
 * @param {string} before @param {string} after
 * @returns {Map<number, number>} from the lines of the one to those of the other, from 1
 */
export function linesBetween(before, after) {
  const [old, now] = [before.split('\n'), after.split('\n')].map((lines) => lines.map((line) => line.trimEnd()));
  /** @type {Map<number, number>} */
  const pairs = new Map();
  let [from, until] = [0, 0];
  for (const [i, j] of [...common(old, now), /** @type {const} */ ([old.length, now.length])]) {
    between(old, now, [from, i], [until, j], pairs);
    if (i < old.length) pairs.set(i + 1, j + 1);
    [from, until] = [i + 1, j + 1];
  }
  return pairs;
}

/** The longest common subsequence of lines, as pairs of places in order. @param {string[]} old @param {string[]} now @returns {[number, number][]} */
function common(old, now) {
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  const [rows, columns] = [old.length - start - end, now.length - start - end];
  /** @type {[number, number][]} */
  const pairs = Array.from({ length: start }, (_, index) => [index, index]);
  if (rows * columns > 0 && rows * columns <= LARGEST) {
    const width = columns + 1;
    const longest = new Uint32Array((rows + 1) * width);
    for (let i = rows - 1; i >= 0; i -= 1) {
      for (let j = columns - 1; j >= 0; j -= 1) {
        longest[i * width + j] = old[start + i] === now[start + j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
    for (let i = 0, j = 0; i < rows && j < columns;) {
      if (old[start + i] === now[start + j]) pairs.push([start + i++, start + j++]);
      else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i += 1;
      else j += 1;
    }
  }
  for (let index = end; index > 0; index -= 1) pairs.push([old.length - index, now.length - index]);
  return pairs;
}

/** Pairs the changed lines between two that stay. @param {string[]} old @param {string[]} now @param {[number, number]} rows @param {[number, number]} columns @param {Map<number, number>} pairs */
function between(old, now, [from, to], [start, end], pairs) {
  const head = (/** @type {string} */ line) => HEAD.exec(line)?.[0].trim() ?? '';
  let next = start;
  for (let i = from; i < to; i += 1) {
    for (let j = next; j < end; j += 1) {
      if (head(old[i]) === '' || head(old[i]) !== head(now[j])) continue;
      pairs.set(i + 1, j + 1);
      next = j + 1;
      break;
    }
  }
  if (to - from !== end - start) return;
  const taken = new Set(pairs.values());
  for (let by = 0; by < to - from; by += 1) if (!pairs.has(from + by + 1) && !taken.has(start + by + 1)) pairs.set(from + by + 1, start + by + 1);
}
