// How code grew since the server last had it: small steps with their times, some seconds apart.
// Places count whole characters, as the server does, not the halves that JavaScript counts.

/** @typedef {[number, number, string]} Change from, to, and what stands there instead */
/** @typedef {{at: number, changes: Change[]}} Step */

export const STEP_MS = 3000;
const MOST_STEPS = 400;

/** The one change from a text to another; null where they are equal. @param {string} before @param {string} after @returns {Change | null} */
export function difference(before, after) {
  if (before === after) return null;
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  // A character of two halves is never cut.
  if (isLow(before, start) || isLow(after, start)) start -= 1;
  let end = 0;
  while (end < shortest - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  if (end > 0 && (isLow(before, before.length - end) || isLow(after, after.length - end))) end -= 1;
  const from = characters(before.slice(0, start));
  const removed = characters(before.slice(start, before.length - end));
  return [from, from + removed, after.slice(start, after.length - end)];
}

/** Whether the second half of a character stands at a place, behind its first. @param {string} text @param {number} place */
function isLow(text, place) {
  return place > 0 && /[\uDC00-\uDFFF]/.test(text[place] ?? "") && /[\uD800-\uDBFF]/.test(text[place - 1]);
}

/** @param {string} text */
function characters(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** @param {string} text @param {Step[]} steps @returns {string} */
export function replay(text, steps) {
  const letters = [...text];
  for (const { changes } of steps) {
    for (const [from, to, inserted] of changes) letters.splice(from, to - from, ...inserted);
  }
  return letters.join("");
}

export class Growth {
  base = "";
  last = "";
  lastAt = -Infinity;
  /** @type {Step[]} */
  steps = [];
  /** @type {{text: string, count: number}[]} what was sent, and after how many steps */
  marks = [];

  /** @param {string} text what the server has */
  constructor(text) {
    this.restart(text);
  }

  /** @param {string} text */
  restart(text) {
    this.base = text;
    this.last = text;
    this.lastAt = -Infinity;
    this.steps = [];
    this.marks = [];
  }

  /** Takes up the steps that an earlier page left behind. @param {Step[]} steps */
  takeUp(steps) {
    this.steps = steps;
    this.last = replay(this.base, steps);
  }

  /** The text changed; not every letter is a step. @param {string} text @param {number} now */
  note(text, now) {
    if (now - this.lastAt >= STEP_MS) this.step(text, now);
  }

  /** @param {string} text @param {number} now */
  step(text, now) {
    const change = difference(this.last, text);
    if (!change) return;
    if (this.steps.length >= MOST_STEPS) this.restart(this.base);
    else this.steps.push({ at: now, changes: [change] });
    if (this.steps.length) [this.last, this.lastAt] = [text, now];
  }

  /** The steps to send along with a text. @param {string} text @param {number} now @returns {{age: number, changes: Change[]}[]} */
  upTo(text, now) {
    this.step(text, now);
    this.marks.push({ text, count: this.steps.length });
    return this.steps.map(({ at, changes }) => ({ age: Math.max(0, now - at) / 1000, changes }));
  }

  /** The server has this text now. @param {string} text */
  acknowledge(text) {
    const mark = this.marks.find((each) => each.text === text);
    if (!mark) return this.restart(text);
    this.base = text;
    this.steps.splice(0, mark.count);
    this.marks = [];
  }
}
