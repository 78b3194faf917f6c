// How code grew, step by step: texts, waits and places of a playback. Nothing of a page is in here.

/** @typedef {[from: number, to: number, text: string]} Change */
/** @typedef {{ at: number, kind: string, words: string }} Mark */
/** @typedef {{ starter: string, steps: [at: number, changes: Change[]][], marks: Mark[], whole: boolean }} Told */

// Every so many steps a text is kept, from which the others are made.
const EVERY = 64;
// A pause that is longer says nothing that a short one does not.
const IDLE = 2;
// No screen shows more pictures.
const FRAME = 1 / 60;

/** Places count characters as Python does, so that one beyond the first plane is one. @param {string} text @param {Change[]} changes */
export function applied(text, changes) {
  let characters = Array.from(text);
  for (const [from, to, inserted] of changes) {
    characters = [...characters.slice(0, from), ...Array.from(inserted), ...characters.slice(to)];
  }
  return characters.join("");
}

export class Film {
  /** @param {Told} told */
  constructor({ starter, steps, marks }) {
    this.starter = starter;
    this.steps = steps;
    this.marks = marks;
    /** @type {string[]} */
    this.kept = [starter];
  }

  get last() {
    return this.steps.length;
  }

  /** The code after so many steps. @param {number} step */
  text(step) {
    const near = Math.min(Math.floor(step / EVERY), this.kept.length - 1);
    let text = this.kept[near];
    for (let i = near * EVERY; i < step; i += 1) {
      if (i > 0 && i % EVERY === 0) this.kept[i / EVERY] ??= text;
      text = applied(text, this.steps[i][1]);
    }
    return text;
  }

  /** Seconds after the start; before the first step those of the first. @param {number} step */
  at(step) {
    return this.steps[Math.max(step, 1) - 1]?.[0] ?? 0;
  }

  /** The last step that was taken by then. @param {number} seconds */
  stepAt(seconds) {
    let [low, high] = [0, this.last];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.steps[middle - 1][0] <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Which step comes next, and after how many seconds: of steps too close for a screen the last one.
   * @param {number} step @param {number} speed @param {boolean} skips idle time */
  next(step, speed, skips) {
    let [next, wait] = [step, 0];
    while (next < this.last && (next === step || wait < FRAME)) {
      const gap = next === 0 ? 0 : this.at(next + 1) - this.at(next);
      const more = (skips ? Math.min(gap, IDLE) : gap) / speed;
      if (next > step && wait + more >= FRAME) break;
      wait += more;
      next += 1;
    }
    return { next, wait: Math.max(wait, FRAME) };
  }

  /** Where a moment lies along the steps, from 0 to 1. @param {number} seconds */
  place(seconds) {
    return this.last ? this.stepAt(seconds) / this.last : 0;
  }
}

/** "42 s", "12 min 5 s" or "1 h 5 min". @param {number} seconds */
export function span(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Control and format characters can hide or reorder what a reviewer reads.
const UNSEEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Code with each of them spelt out. @param {string} text */
export function visible(text) {
  return text.replace(UNSEEN, (found) => `[U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`);
}
