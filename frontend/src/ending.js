// When no time is left: what can still arrive is sent, and what did not is said, and offered as a file.

import { pause } from "./ways_out.js";

const TRY_MS = 3000;

export class Ending {
  /**
   * @param {object} options
   * @param {string} options.doneUrl leads to whatever comes next
   * @param {() => Promise<any>} options.askClock the server's clock, null without an answer
   * @param {import("./draft_view.js").DraftView | null} options.view
   * @param {import("./leftovers.js").Leftovers} options.leftovers
   */
  constructor({ doneUrl, askClock, view, leftovers }) {
    this.panel = document.querySelector("[data-ending]");
    this.doneUrl = doneUrl;
    this.askClock = askClock;
    this.view = view;
    this.leftovers = leftovers;
    this.begun = false;
  }

  async begin() {
    if (this.begun) return;
    this.begun = true;
    const patience = setTimeout(() => this.show("offline"), TRY_MS);
    await this.view?.closeAtDeadline();
    while (!(await this.settled())) {
      this.show("offline");
      await pause(TRY_MS);
    }
    clearTimeout(patience);
  }

  /** @returns {Promise<boolean>} whether nothing is left to be done here */
  async settled() {
    await this.view?.draft.flush();
    await this.leftovers.sendAll();
    if (this.missed) return this.show("missed");
    if (this.waiting) return false;
    const clock = await this.askClock();
    if (!clock) return false;
    // More time was given just now: the page opens again.
    if (!clock.closed && (clock.untimed || Date.parse(clock.deadline) > Date.parse(clock.now))) location.reload();
    else location.assign(this.doneUrl);
    return true;
  }

  /** Something that no server will take any more. */
  get missed() {
    const draft = this.view?.draft;
    const held = draft && draft.dirty && ["conflict", "elsewhere", "closed", "invalid"].includes(draft.state);
    return held || this.leftovers.found.some(({ fate }) => fate !== "waiting");
  }

  get waiting() {
    return this.view?.draft.dirty || this.leftovers.found.length > 0;
  }

  /** @param {"offline" | "missed"} state */
  show(state) {
    if (!(this.panel instanceof HTMLElement)) {
      location.assign(this.doneUrl);
      return true;
    }
    this.begun = true;
    const news = this.panel.hidden || this.panel.dataset.ending !== state;
    this.panel.dataset.ending = state;
    this.panel.hidden = false;
    if (news) this.panel.focus();
    return true;
  }
}
