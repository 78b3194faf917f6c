// After the end: what this browser still holds is sent if there is time, and told if it did not arrive.

import { asText, download } from "./download.js";
import { forget } from "./draft_store.js";
import { EventQueue } from "./event_queue.js";
import { Leftovers } from "./leftovers.js";

export class DonePage {
  /** @param {HTMLElement} box about what did not arrive */
  constructor(box) {
    this.box = box;
    this.attempt = box.dataset.sittingDone ?? "";
    this.leftovers = new Leftovers(this.attempt, null, () => this.show());
    if (box.dataset.eventsUrl) void new EventQueue(this.attempt, box.dataset.eventsUrl).flush();
    box.querySelector("[data-download]")?.addEventListener("click", () => this.download());
    box.querySelector("[data-forget]")?.addEventListener("click", () => this.forget());
    void this.leftovers.sendAll();
  }

  show() {
    const missed = this.leftovers.found.some(({ fate }) => fate !== "waiting");
    this.box.hidden = !missed;
    if (this.leftovers.found.length === 0) forget(this.attempt);
  }

  download() {
    download(asText(this.leftovers.found.map(({ leftover }) => leftover.kept)));
  }

  forget() {
    forget(this.attempt);
    this.box.hidden = true;
  }
}
