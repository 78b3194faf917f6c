// The pages of a sitting: saves drafts, shows the clock, marks results of older code, goes on when time is up.

import { ClockView } from "./clock_view.js";
import { DonePage } from "./done_page.js";
import { download, asText } from "./download.js";
import { DraftView } from "./draft_view.js";
import { Ending } from "./ending.js";
import { EventQueue } from "./event_queue.js";
import { Integrity } from "./integrity.js";
import { Leftovers } from "./leftovers.js";
import { listLeftovers, OfflineNotice } from "./notices.js";
import { watchResults } from "./older_results.js";
import { tabName } from "./tab.js";
import { TabsView } from "./tabs_view.js";

const RETRY_MS = 3000;

class Sitting {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.data = page.dataset;
    const attempt = this.data.sitting ?? "";
    const form = document.querySelector("form[data-draft]");
    this.notice = new OfflineNotice(() => this.download());
    this.clock = ClockView.find();
    /** @type {DraftView | null} */
    this.view = null;
    this.leftovers = new Leftovers(attempt, form instanceof HTMLFormElement ? (form.dataset.draft ?? "") : null, listLeftovers);
    this.tabs = TabsView.find(attempt, this.data, {
      onLost: () => this.view?.draft.yield(),
      onHeld: () => this.hold(),
      onTaken: () => this.goOnHere(),
    });
    if (form instanceof HTMLFormElement) this.openForm(form, attempt);
    this.ending = new Ending({
      doneUrl: this.data.doneUrl ?? location.href, view: this.view, leftovers: this.leftovers,
      askClock: async () => (this.clock ? this.clock.fetch() : null),
    });
    this.start(attempt);
  }

  /** @param {HTMLFormElement} form @param {string} attempt */
  openForm(form, attempt) {
    this.view = new DraftView(form, attempt, {
      onClock: (word) => this.clock?.synchronise(word),
      onState: (state, detail) => this.follow(state, detail),
    });
    watchResults(form);
    form.addEventListener("htmx:configRequest", (event) => {
      const { parameters } = /** @type {CustomEvent} */ (event).detail;
      parameters.tab = tabName();
      // Which save this code is, so that a Submit that is slow takes nothing back.
      if (this.view && !this.view.draft.dirty) parameters.saved_as = this.view.draft.revision;
    });
  }

  /** @param {string} attempt */
  start(attempt) {
    this.clock?.start({ onEnd: () => void this.ending.begin(), onWord: (word) => this.hear(word) });
    if (this.tabs) void this.tabs.begin();
    else this.hold();
    document.querySelector("[data-ending] [data-download]")?.addEventListener("click", () => this.download());
    document.querySelector("[data-finish]")?.addEventListener("submit", (event) => this.holdFinish(event));
    const { eventsUrl, question } = this.data;
    if (eventsUrl) new Integrity(new EventQueue(attempt, eventsUrl), question ? Number(question) : undefined);
  }

  /** What became of the draft. @param {import("./drafts.js").State} state @param {any} detail */
  follow(state, detail) {
    this.notice.show(state === "offline", this.view?.draft.kept ?? true);
    if (state === "elsewhere") this.tabs?.lose("taken");
    if (state === "saved" && detail && this.leftovers.found.length) void this.leftovers.sendAll();
    if (state !== "closed") return;
    void this.clock?.ask();
    if (detail?.missed) void this.ending.begin();
    else location.assign(this.data.doneUrl ?? location.href);
  }

  /** What the server's clock says beside the time. @param {{closed?: boolean, paused_until?: string | null, now: string, tab?: string}} word */
  hear({ closed, paused_until: pausedUntil, now, tab }) {
    if (closed) void this.ending.begin();
    else if (pausedUntil && Date.parse(pausedUntil) > Date.parse(now)) void this.pause();
    else if (tab) void this.tabs?.tabs.learn(tab);
  }

  /** The clock stands: the server shows what to do with a break, once what is typed is safe. */
  async pause() {
    const draft = this.view?.draft;
    await draft?.flush();
    if (!draft?.dirty || draft.kept) location.reload();
  }

  hold() {
    this.view?.draft.resume();
    void this.leftovers.sendAll();
  }

  /** Another tab may have gone further: a page that holds nothing of its own is made anew. */
  goOnHere() {
    if (this.view?.draft.dirty) this.view.draft.resume();
    else location.reload();
  }

  download() {
    download(asText([...(this.view?.unsent ?? []), ...this.leftovers.found.map(({ leftover }) => leftover.kept)]));
  }

  /** What another page left behind is sent before everything is handed in; pressed again, it is. */
  async holdFinish(/** @type {Event} */ event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset.finish === "asked" || !this.leftovers.found.length) return;
    event.preventDefault();
    await this.leftovers.sendAll();
    form.dataset.finish = "asked";
    if (!this.leftovers.found.length) form.requestSubmit();
    else document.querySelector("[data-leftovers]")?.scrollIntoView({ block: "center" });
  }
}

const page = document.querySelector("[data-sitting]");
if (page instanceof HTMLElement) new Sitting(page);

const done = document.querySelector("[data-sitting-done]");
if (done instanceof HTMLElement) new DonePage(done);

// A result that is waited for comes after a lost connection too.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const panel = event.target;
    if (!(panel instanceof HTMLElement) || !panel.matches("[data-waiting]")) return;
    event.stopImmediatePropagation();
    setTimeout(() => panel.dispatchEvent(new Event("again")), RETRY_MS);
  }, { capture: true });
}
