// The time left, by the server's clock: this machine's clock may be wrong by hours.

import { gettext, interpolate, ngettext } from "./words.js";

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
    this.deadline = Date.parse(deadline);
    this.offset = 0;
    this.synchronise(deadline, serverNow);
    const left = this.secondsLeft();
    // What has passed before the page was opened is not announced late.
    for (const minutes of ANNOUNCED_MINUTES) if (left <= minutes * 60) this.announced.add(minutes);
  }

  /**
   * Takes the server's word anew: it may have been given more time.
   * @param {string} deadline @param {string} serverNow @returns {number} by how many seconds the end has moved
   */
  synchronise(deadline, serverNow) {
    const before = this.deadline;
    this.deadline = Date.parse(deadline);
    this.offset = Date.parse(serverNow) - this.monotonic();
    if (this.deadline > before) this.forget();
    return (this.deadline - before) / 1000;
  }

  /** What is further away again than it was is announced again. */
  forget() {
    const left = this.secondsLeft();
    for (const minutes of ANNOUNCED_MINUTES) if (left > minutes * 60) this.announced.delete(minutes);
  }

  /** Whole seconds, never below 0. */
  secondsLeft() {
    const now = this.offset + this.monotonic();
    return Math.max(0, Math.ceil((this.deadline - now) / 1000));
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
    return interpolate(ngettext("%(minutes)s minute left.", "%(minutes)s minutes left.", minutes), { minutes });
  }
}

/** What to say when the end has moved, "" for less than a second. @param {number} seconds @param {number} left */
export function moved(seconds, left) {
  if (Math.abs(seconds) < 1) return "";
  const now = interpolate(gettext("%(time)s left."), { time: inWords(left) });
  const given = interpolate(gettext("You were given %(time)s more."), { time: inWords(seconds) });
  return `${seconds > 0 ? given : gettext("The end was moved.")} ${now}`;
}

/** @param {number} seconds */
function inWords(seconds) {
  const whole = Math.round(seconds);
  if (whole < 60) return interpolate(ngettext("%(count)s second", "%(count)s seconds", whole), { count: whole });
  const minutes = Math.round(whole / 60);
  return interpolate(ngettext("%(count)s minute", "%(count)s minutes", minutes), { count: minutes });
}

/** 3725 → "1:02:05", 65 → "1:05". @param {number} seconds */
export function display(seconds) {
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
