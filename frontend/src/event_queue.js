// Integrity events on their way: kept in this browser until the server has them, each with its own time.

import { send } from "./draft_transport.js";
import { newName, tabName } from "./tab.js";

/** @typedef {{key: string, at: number, kind: string, question?: number, size?: number, seconds?: number, detail?: object}} Observed */

const PREFIX = "minima.events.";
const SEND_MS = 8000;
const LONGEST_MS = 120_000;
const MOST_KEPT = 300;
const MOST_AT_ONCE = 50;

export class EventQueue {
  /** @param {string} attempt @param {string} url */
  constructor(attempt, url) {
    this.prefix = `${PREFIX}${attempt}.`;
    this.url = url;
    this.pause = SEND_MS;
    this.timer = 0;
    this.sending = false;
    /** @type {Observed[]} */
    this.waiting = this.takeUp();
    addEventListener("pagehide", () => void this.flush());
    addEventListener("online", () => this.schedule(0));
    if (this.waiting.length) this.schedule(0);
  }

  /** What this tab and tabs before it left behind. @returns {Observed[]} */
  takeUp() {
    try {
      const keys = Object.keys(localStorage).filter((key) => key.startsWith(this.prefix));
      return keys.flatMap((key) => JSON.parse(localStorage.getItem(key) ?? "[]"));
    } catch {
      return [];
    }
  }

  /** @param {string} kind @param {{question?: number, size?: number, seconds?: number, detail?: object}} data */
  add(kind, data) {
    if (this.waiting.length >= MOST_KEPT) return;
    this.waiting.push({ key: newName(), at: Date.now(), kind, ...data });
    this.keep();
    if (!this.timer) this.schedule(this.pause);
  }

  keep() {
    try {
      if (this.waiting.length) localStorage.setItem(this.prefix + tabName(), JSON.stringify(this.waiting));
      else for (const key of Object.keys(localStorage)) if (key.startsWith(this.prefix)) localStorage.removeItem(key);
    } catch {
      // They live in the page alone.
    }
  }

  /** @param {number} ms */
  schedule(ms) {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      void this.flush();
    }, ms);
  }

  async flush() {
    if (this.sending || this.waiting.length === 0) return;
    this.sending = true;
    const batch = this.waiting.slice(0, MOST_AT_ONCE);
    const taken = await this.post(batch);
    this.sending = false;
    this.pause = taken ? SEND_MS : Math.min(this.pause * 2, LONGEST_MS);
    if (taken) this.drop(batch);
    if (this.waiting.length) this.schedule(this.pause);
  }

  /** @param {Observed[]} batch */
  drop(batch) {
    const keys = new Set(batch.map(({ key }) => key));
    this.waiting = this.waiting.filter(({ key }) => !keys.has(key));
    this.keep();
  }

  /** @param {Observed[]} batch @returns {Promise<boolean>} whether they need not be sent again */
  async post(batch) {
    const now = Date.now();
    const events = batch.map(({ at, ...event }) => ({ ...event, age: Math.max(0, now - at) / 1000 }));
    try {
      const { status } = await send(this.url, "POST", { events });
      return [204, 404, 410, 422].includes(status);
    } catch {
      return false;
    }
  }
}
