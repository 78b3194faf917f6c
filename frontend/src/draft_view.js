// Ties one question's form to its draft: what is typed goes in, what happens to it is shown.

import { move, read, write } from "./answers.js";
import { Draft } from "./drafts.js";
import { draftStore } from "./draft_store.js";
import { reachable, sender } from "./draft_transport.js";
import { toast } from "./toast.js";

const LEAVING_MS = 2000;
const AGE_MS = 10_000;

const REAL_CLOCK = {
  set: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  clear: (/** @type {any} */ timer) => clearTimeout(timer),
  now: () => Date.now(),
};

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @param {DOMStringMap} data @returns {number | null} when it was saved, by this machine's clock */
function savedBefore({ savedAt, now }) {
  return savedAt && now ? Date.now() - (Date.parse(now) - Date.parse(savedAt)) : null;
}

/** In the list of questions, where the server had marked it when the page was made. @param {boolean} answered */
function markAnswered(answered) {
  const link = document.querySelector('.m-steps [aria-current="step"][data-answered]');
  if (!(link instanceof HTMLElement)) return;
  link.dataset.answered = answered ? "yes" : "no";
  const text = link.querySelector("[data-answered-text]");
  if (text) text.textContent = answered ? "answered" : "not answered";
}

export class DraftView {
  /** @param {HTMLFormElement} form @param {string} attempt @param {import("./clock_view.js").ClockView | null} clock */
  constructor(form, attempt, clock) {
    this.form = form;
    this.url = form.dataset.draft ?? "";
    this.savedAt = savedBefore(form.dataset);
    this.announcer = document.querySelector("[data-announcer]");
    this.indicator = document.querySelector("[data-save-state]");
    this.text = document.querySelector("[data-save-text]");
    this.troubled = false;
    this.conflictBox = document.querySelector("[data-conflict]");
    const revision = Number(form.dataset.revision);
    this.draft = new Draft({
      stored: { revision, content: this.read() },
      store: draftStore(attempt, this.url),
      send: sender(this.url, (word) => clock?.synchronise(word)),
      clock: REAL_CLOCK,
      onState: (state, detail) => this.show(state, detail),
    });
    const restored = this.draft.restore();
    if (restored) this.write(restored);
    else this.show("saved");
    this.listen();
  }

  read() {
    return read(this.form);
  }

  /** @param {object} content */
  write(content) {
    write(this.form, content);
  }

  listen() {
    this.form.addEventListener("input", () => this.draft.edit(this.read()));
    this.form.addEventListener("click", (event) => move(event));
    this.form.addEventListener("focusout", () => void this.draft.flush());
    this.form.addEventListener("submit", (event) => this.goOn(event));
    addEventListener("online", () => this.draft.wake());
    addEventListener("pagehide", () => void this.draft.flush());
    document.addEventListener("visibilitychange", () => document.hidden && void this.draft.flush());
    document.addEventListener("click", (event) => this.leave(event));
    document.addEventListener("htmx:confirm", (event) => this.flushBefore(/** @type {CustomEvent} */ (event)));
    document.addEventListener("answer:saved", (event) => {
      const { revision, content } = /** @type {CustomEvent} */ (event).detail;
      this.draft.learn({ revision, content });
    });
    for (const button of document.querySelectorAll("[data-resolve]")) {
      button.addEventListener("click", () => this.resolve(button.getAttribute("data-resolve")));
    }
    setInterval(() => this.draft.state === "saved" && this.show("saved"), AGE_MS);
  }

  /** Following a link waits a moment for the save, so that the next page knows of it. */
  async leave(/** @type {MouseEvent} */ event) {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!this.draft.dirty || link.getAttribute("target") || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    await this.saveAndGo(/** @type {HTMLAnchorElement} */ (link).href);
  }

  /** The button below the question: the draft is saved here already, so only the way on is left. */
  async goOn(/** @type {SubmitEvent} */ event) {
    const url = event.submitter?.getAttribute("data-onward");
    if (!url || this.draft.state === "conflict") return event.preventDefault();
    event.preventDefault();
    await this.saveAndGo(url);
  }

  /** Without a connection the page stays: the browser's error page would take its place. @param {string} url */
  async saveAndGo(url) {
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
    const connected = !this.draft.dirty && navigator.onLine;
    if (connected || (await reachable(url))) location.assign(url);
    else toast("No connection. What you typed is kept here; go on once it is back.");
  }

  /** Run and Submit go out after the draft, so that no revision is overtaken. */
  async flushBefore(/** @type {CustomEvent} */ event) {
    if (!this.form.contains(event.detail.elt) || !this.draft.dirty) return;
    event.preventDefault();
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
    event.detail.issueRequest(true);
  }

  async closeAtDeadline() {
    for (const field of this.form.querySelectorAll("[data-answer], button")) field.setAttribute("inert", "");
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
  }

  /** @param {string | null} choice */
  resolve(choice) {
    this.draft.resolve(choice === "mine" ? "mine" : "theirs");
    if (choice !== "mine") this.write(this.draft.content);
    this.conflictBox?.setAttribute("hidden", "");
    const field = this.form.querySelector("[data-answer]");
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {import("./drafts.js").State} state @param {any} [detail] */
  show(state, detail) {
    if (detail?.savedAt) this.savedAt = Date.now();
    if (state === "saved" && detail) markAnswered(detail.answered);
    const nothing = state === "saved" && this.savedAt === null;
    if (this.indicator instanceof HTMLElement) this.indicator.dataset.state = nothing ? "none" : state;
    const sentence = this.sentence(state, detail);
    if (this.text && this.text.textContent !== sentence) this.text.textContent = sentence;
    if (state === "conflict") this.showConflict(detail);
    this.announce(state);
    if (state === "closed") location.assign(document.body.dataset.doneUrl ?? location.href);
  }

  /** Reads out what needs attention, and that it is over; not every single save. */
  announce(/** @type {import("./drafts.js").State} */ state) {
    const trouble = ["offline", "invalid", "conflict"].includes(state);
    if (this.announcer && trouble !== this.troubled && (trouble || state === "saved")) {
      this.announcer.textContent = trouble ? (this.text?.textContent ?? "") : "Everything is saved.";
      this.troubled = trouble;
    }
  }

  /** @param {import("./drafts.js").State} state @param {any} [detail] @returns {string} */
  sentence(state, detail) {
    if (state === "saved") return this.savedSentence();
    if (state === "invalid") return `Not saved: ${detail?.message ?? "this cannot be stored."}`;
    return {
      unsaved: "Saving…", saving: "Saving…",
      offline: "Offline: keep working, it is kept here",
      conflict: "Changed elsewhere: please choose", closed: "Time is up",
    }[state];
  }

  savedSentence() {
    if (this.savedAt === null) return "";
    const seconds = Math.round((Date.now() - this.savedAt) / 1000);
    if (seconds < 10) return "Saved";
    return seconds < 60 ? `Saved ${seconds} s ago` : `Saved ${Math.floor(seconds / 60)} min ago`;
  }

  /** @param {{said: string}} detail */
  showConflict({ said }) {
    const theirs = this.conflictBox?.querySelector("[data-theirs]");
    if (theirs) theirs.textContent = said || "No answer.";
    this.conflictBox?.removeAttribute("hidden");
    // The focus stays in the text: a key that is being pressed must not decide.
    this.conflictBox?.scrollIntoView({ block: "nearest" });
  }
}
