// The time left, by the server's clock: this machine's clock may be wrong by hours.

export const ANNOUNCED_MINUTES = [10, 5, 1];
const SHORT_SECONDS = 300;

export class Countdown {
  /**
   * @param {object} options
   * @param {string} options.deadline ISO
   * @param {string} options.serverNow ISO, the server's clock when it answered
   * @param {() => number} options.monotonic milliseconds that only ever grow
   */
  constructor({ deadline, serverNow, monotonic }) {
    this.monotonic = monotonic;
    this.announced = new Set();
    this.synchronise(deadline, serverNow);
    const left = this.secondsLeft();
    // What has passed before the page was opened is not announced late.
    for (const minutes of ANNOUNCED_MINUTES) if (left <= minutes * 60) this.announced.add(minutes);
  }

  /** Takes the server's word anew: it may have been given more time. @param {string} deadline @param {string} serverNow */
  synchronise(deadline, serverNow) {
    if (this.deadline !== undefined && Date.parse(deadline) > this.deadline) this.announced.clear();
    this.deadline = Date.parse(deadline);
    this.offset = Date.parse(serverNow) - this.monotonic();
  }

  /** Whole seconds, never below 0. */
  secondsLeft() {
    const now = /** @type {number} */ (this.offset) + this.monotonic();
    return Math.max(0, Math.ceil((/** @type {number} */ (this.deadline) - now) / 1000));
  }

  get short() {
    return this.secondsLeft() <= SHORT_SECONDS;
  }

  /** The sentence to read out now, once each; null for none. */
  announcement() {
    const left = this.secondsLeft();
    const due = ANNOUNCED_MINUTES.filter((minutes) => left <= minutes * 60 && !this.announced.has(minutes));
    if (due.length === 0 || left === 0) return null;
    for (const minutes of due) this.announced.add(minutes);
    const minutes = Math.min(...due);
    return minutes === 1 ? "1 minute left." : `${minutes} minutes left.`;
  }
}

/** 3725 → "1:02:05", 65 → "1:05". @param {number} seconds */
export function display(seconds) {
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
