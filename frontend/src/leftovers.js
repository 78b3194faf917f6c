// Drafts of other questions that a crash or a lost connection left in this browser: they are sent
// until the server has them, or a person has to choose.

import { equal } from "./contents.js";
import { PAUSES_MS } from "./drafts.js";
import { draftStore, leftovers } from "./draft_store.js";
import { sender } from "./draft_transport.js";

/** @typedef {{url: string, kept: any}} Leftover */
/** @typedef {"waiting" | "conflict" | "missed"} Fate */

export class Leftovers {
  /**
   * @param {string} attempt @param {string | null} except the question that the page itself is about
   * @param {(found: {leftover: Leftover, fate: Fate}[]) => void} onChange
   */
  constructor(attempt, except, onChange) {
    this.attempt = attempt;
    this.except = except;
    this.onChange = onChange;
    /** @type {Map<string, Fate>} */
    this.fates = new Map();
    this.failures = 0;
    this.timer = 0;
    addEventListener("online", () => void this.sendAll());
  }

  /** @returns {{leftover: Leftover, fate: Fate}[]} */
  get found() {
    const all = leftovers(this.attempt, this.except);
    return all.map((/** @type {Leftover} */ leftover) => ({ leftover, fate: this.fates.get(leftover.url) ?? "waiting" }));
  }

  /** @returns {Promise<boolean>} whether nothing waits any more for a server that answers */
  async sendAll() {
    clearTimeout(this.timer);
    let reached = true;
    for (const { leftover, fate } of this.found) {
      if (fate === "waiting") reached = (await this.send(leftover)) && reached;
    }
    this.onChange(this.found);
    if (reached) this.failures = 0;
    else this.sendLater();
    return reached;
  }

  sendLater() {
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)];
    this.failures += 1;
    this.timer = window.setTimeout(() => void this.sendAll(), pause);
  }

  /** @param {Leftover} leftover @param {number} [revision] @returns {Promise<boolean>} whether it was answered */
  async send({ url, kept }, revision = kept.base) {
    const reply = await sender(url, () => {})(kept.content, revision);
    if (reply.kind === "unreachable") return false;
    if (reply.kind === "saved") draftStore(this.attempt, url).clear(kept.content);
    if (reply.kind === "invalid") this.fates.set(url, "missed");
    if (reply.kind === "stale") return this.meet({ url, kept }, reply, revision);
    if (reply.kind === "closed") this.compare({ url, kept }, reply.content);
    return true;
  }

  /**
   * @param {Leftover} leftover @param {{revision: number, content: object}} stored @param {number} sentOn
   * @returns {Promise<boolean>}
   */
  async meet({ url, kept }, { revision, content }, sentOn) {
    if (equal(content, kept.content)) draftStore(this.attempt, url).clear(content);
    else if (revision > sentOn && (kept.sent ?? []).some((/** @type {object} */ each) => equal(each, content))) {
      // The last that arrived was our own: what came after it goes on top.
      return this.send({ url, kept }, revision);
    } else this.fates.set(url, "conflict");
    return true;
  }

  /** It is over; perhaps this arrived in time, and only the word of it did not. @param {Leftover} leftover @param {object} content */
  compare({ url, kept }, content) {
    if (equal(content, kept.content)) draftStore(this.attempt, url).clear(content);
    else this.fates.set(url, "missed");
  }
}
