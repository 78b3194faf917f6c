// The clock in the page's header: calm, can be hidden, read out at 10, 5 and 1 minute.

import { Countdown, display } from "./clock.js";
import { recall, remember } from "./preferences.js";

const HEARTBEAT_MS = 20_000;
const TICK_MS = 500;

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
    this.toggle.hidden = false;
    this.toggle.addEventListener("click", () => this.hide(this.element.dataset.hidden !== "yes"));
    this.hide(recall("clock", "shown") === "hidden");
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.element.dataset.hidden = hidden ? "yes" : "no";
    this.toggle.textContent = hidden ? "Show time" : "Hide";
    this.toggle.setAttribute("aria-label", hidden ? "Show the time left" : "Hide the time left");
    remember("clock", hidden ? "hidden" : "shown");
  }

  /** @param {() => void} onEnd called once, when no time is left */
  start(onEnd) {
    const tick = setInterval(() => {
      this.show();
      if (this.countdown.secondsLeft() > 0) return;
      clearInterval(tick);
      onEnd();
    }, TICK_MS);
    setInterval(() => this.ask(), HEARTBEAT_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    this.show();
  }

  show() {
    const left = this.countdown.secondsLeft();
    this.time.textContent = display(left);
    this.element.dataset.left = this.countdown.short ? "short" : "long";
    const sentence = this.countdown.announcement();
    if (sentence && this.announcer) this.announcer.textContent = sentence;
  }

  /** @param {{now: string, deadline: string}} clock the server's word, from any of its answers */
  synchronise({ now, deadline }) {
    this.countdown.synchronise(deadline, now);
  }

  async ask() {
    try {
      const response = await fetch(document.body.dataset.clockUrl ?? "");
      if (!response.ok) return;
      const clock = await response.json();
      if (clock.closed) location.reload();
      else this.synchronise(clock);
    } catch {
      // Offline: the countdown goes on by itself.
    }
  }
}
