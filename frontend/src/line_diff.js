// Which lines two texts have in common, for people who choose between them.

/** @typedef {{mark: "same" | "removed" | "added", line: string}} Line */

// Beyond this many pairs of lines the middle is shown as one change.
const MOST_PAIRS = 4_000_000;

/** @param {string} before @param {string} after @returns {Line[]} */
export function lineDiff(before, after) {
  const [one, other] = [before.split("\n"), after.split("\n")];
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const middle = between(one.slice(start, one.length - end), other.slice(start, other.length - end));
  return [...same(one.slice(0, start)), ...middle, ...same(one.slice(one.length - end))];
}

/** @param {string[]} lines @returns {Line[]} */
const same = (lines) => lines.map((line) => ({ mark: "same", line }));

/** @param {string[]} one @param {string[]} other @returns {Line[]} */
function between(one, other) {
  if (one.length * other.length > MOST_PAIRS) return changed(one, other);
  const lengths = commonLengths(one, other);
  /** @type {Line[]} */
  const found = [];
  let [i, j] = [0, 0];
  while (i < one.length && j < other.length) {
    if (one[i] === other[j]) {
      found.push({ mark: "same", line: one[i] });
      i += 1;
      j += 1;
    } else if (lengths[i + 1][j] >= lengths[i][j + 1]) found.push({ mark: "removed", line: one[i++] });
    else found.push({ mark: "added", line: other[j++] });
  }
  return [...found, ...changed(one.slice(i), other.slice(j))];
}

/** @param {string[]} one @param {string[]} other @returns {Line[]} */
function changed(one, other) {
  /** @type {Line[]} */
  const removed = one.map((line) => ({ mark: "removed", line }));
  return [...removed, ...other.map((line) => /** @type {Line} */ ({ mark: "added", line }))];
}

/** How many lines the ends of both have in common, from each place on. @param {string[]} one @param {string[]} other */
function commonLengths(one, other) {
  const lengths = Array.from({ length: one.length + 1 }, () => new Uint32Array(other.length + 1));
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      lengths[i][j] = one[i] === other[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}
