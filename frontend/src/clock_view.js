// The clock in the page's header: calm, can be hidden, read out at 10, 5 and 1 minute. It follows the
// server's: time that is given, a break, the end.

import { Countdown, display, moved } from "./clock.js";
import { recall, remember } from "./preferences.js";
import { toast } from "./toast.js";
import { gettext } from "./words.js";

const HEARTBEAT_MS = 20_000;
const ASK_MS = 10_000;
const TICK_MS = 500;
// Machines that slept have timers and clocks that disagree.
const SLEPT_MS = 3000;

export class ClockView {
  /** @returns {ClockView | null} */
  static find() {
    const element = document.querySelector("[data-clock]");
    return element instanceof HTMLElement ? new ClockView(element) : null;
  }

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.time = /** @type {HTMLElement} */ (element.querySelector("[data-clock-time]"));
    this.toggle = /** @type {HTMLElement} */ (element.querySelector("[data-clock-toggle]"));
    this.announcer = document.querySelector("[data-announcer]");
    const data = element.dataset;
    this.countdown = new Countdown({
      deadline: data.deadline ?? "", serverNow: data.now ?? "", monotonic: () => performance.now(),
    });
    this.untimed = data.untimed === "yes";
    // On the page of a break it counts down to the end of that.
    this.resting = data.resting === "yes";
    this.over = false;
    this.drift = Date.now() - performance.now();
    this.onEnd = () => {};
    this.onWord = (/** @type {any} */ _) => {};
    this.toggle.hidden = this.untimed;
    this.toggle.addEventListener("click", () => this.hide(this.element.dataset.hidden !== "yes"));
    this.hide(recall("clock", "shown") === "hidden");
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.element.dataset.hidden = hidden ? "yes" : "no";
    this.toggle.textContent = hidden ? gettext("Show time") : gettext("Hide");
    this.toggle.setAttribute("aria-label", hidden ? gettext("Show the time left") : gettext("Hide the time left"));
    remember("clock", hidden ? "hidden" : "shown");
  }

  /** @param {{onEnd: () => void, onWord: (word: any) => void}} heard `onEnd` is called when no time is left */
  start({ onEnd, onWord }) {
    this.onEnd = onEnd;
    this.onWord = onWord;
    setInterval(() => this.tick(), TICK_MS);
    setInterval(() => this.ask(), HEARTBEAT_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    addEventListener("online", () => this.ask());
    this.show();
  }

  tick() {
    const drift = Date.now() - performance.now();
    if (Math.abs(drift - this.drift) > SLEPT_MS) void this.ask();
    this.drift = drift;
    this.show();
    if (this.untimed || this.over || this.countdown.secondsLeft() > 0) return;
    this.over = true;
    this.onEnd();
  }

  show() {
    if (this.untimed) {
      this.time.textContent = gettext("No time limit");
      this.element.dataset.left = "long";
      return;
    }
    const left = this.countdown.secondsLeft();
    this.time.textContent = display(left);
    this.element.dataset.left = this.countdown.short ? "short" : "long";
    const sentence = this.countdown.announcement();
    if (sentence) this.announce(sentence);
  }

  /** @param {string} sentence */
  announce(sentence) {
    if (this.announcer) this.announcer.textContent = sentence;
  }

  /** The server's word, from any of its answers. @param {{now: string, deadline: string, untimed?: boolean}} word */
  synchronise(word) {
    const untimed = word.untimed === true;
    const shift = this.countdown.synchronise(word.deadline, word.now);
    if (untimed !== this.untimed) this.say(untimed ? gettext("There is no time limit for you any more.") : gettext("A clock runs for you now."));
    else if (!untimed) this.say(moved(shift, this.countdown.secondsLeft()));
    this.untimed = untimed;
    this.toggle.hidden = untimed;
    this.show();
    this.onWord(word);
  }

  /** What has changed is seen and read out. @param {string} sentence */
  say(sentence) {
    if (!sentence) return;
    this.announce(sentence);
    toast(sentence);
  }

  /** @returns {Promise<any>} the server's clock, null without an answer */
  async fetch() {
    try {
      const options = { signal: AbortSignal.timeout(ASK_MS) };
      const response = await fetch(document.body.dataset.clockUrl ?? "", options);
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** Nothing is counted down any more. @param {{now: string, deadline?: string, closed?: boolean}} word */
  close(word) {
    if (word.deadline) this.countdown.synchronise(word.deadline, word.now);
    this.show();
    this.onWord(word);
  }

  async ask() {
    const word = await this.fetch();
    // Offline the countdown goes on by itself.
    if (!word) return;
    document.dispatchEvent(new Event("server:heard"));
    if (word.closed) this.close(word);
    else if (!this.resting) this.synchronise(word);
    else if (word.paused_until) this.countdown.synchronise(word.paused_until, word.now);
    else location.reload();
  }
}
