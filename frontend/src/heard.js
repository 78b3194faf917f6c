// What the server told this tab of one answer, and what led to it. So a page that was made before is
// known, and a server that was put back to a copy: what both lack is sent once more.

import { equal, ordered } from "./contents.js";

/**
 * @typedef {import("./drafts.js").Stored} Stored
 * @typedef {Stored & {before?: string[]}} Heard the newest, and the marks of what led to it, oldest first
 */

// More saves of one answer than the longest sitting has; a mark is some 15 characters.
const MOST_MARKS = 5000;

/** @param {Heard | null} heard @param {Stored} stored what the server has now @returns {Heard} */
export function heardNow(heard, stored) {
  const earlier = heard ? [...(heard.before ?? []), mark(heard)] : [];
  const before = earlier.filter((each) => Number.parseInt(each) < stored.revision).slice(-MOST_MARKS);
  return { ...stored, before };
}

/** Whether a page, or the server itself, lacks what this tab heard of. @param {Heard | null} heard @param {Stored} stored */
export function goesBeyond(heard, stored) {
  if (!heard || heard.revision < stored.revision) return false;
  return heard.revision > stored.revision || !equal(heard.content, stored.content);
}

/** Whether it is what this tab heard of earlier, and nobody else's. @param {Heard | null} heard @param {Stored} stored */
export function grewFrom(heard, stored) {
  if (!heard || heard.revision <= stored.revision) return false;
  return stored.revision === 0 || (heard.before ?? []).includes(mark(stored));
}

/** Short, and unlikely to be that of another content. @param {Stored} stored */
function mark({ revision, content }) {
  let [one, two] = [17, 31];
  for (const letter of ordered(content)) {
    const code = letter.codePointAt(0) ?? 0;
    one = Math.imul(one, 16_777_619) ^ code;
    two = Math.imul(two ^ code, 2_654_435_761) ^ (two >>> 15);
  }
  return [revision, (one >>> 0).toString(36), (two >>> 0).toString(36)].join(".");
}
