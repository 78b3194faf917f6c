// Ties one question's form to its draft: what is typed goes in, what happens to it is shown.

import { inWords, move, read, write } from "./answers.js";
import { Draft } from "./drafts.js";
import { draftStore } from "./draft_store.js";
import { sender } from "./draft_transport.js";
import { MergeView } from "./merge_view.js";
import { LEAVING_MS, pause, WaysOut } from "./ways_out.js";
import { gettext, interpolate } from "./words.js";

const AGE_MS = 5000;

const REAL_CLOCK = {
  set: (/** @type {() => void} */ run, /** @type {number} */ ms) => setTimeout(run, ms),
  clear: (/** @type {any} */ timer) => clearTimeout(timer),
  now: () => Date.now(),
};

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
  if (text) text.textContent = answered ? gettext("answered") : gettext("not answered");
}

export class DraftView {
  /**
   * @param {HTMLFormElement} form @param {string} attempt
   * @param {{onClock: (word: any) => void, onState: (state: import("./drafts.js").State, detail: any) => void}} heard
   */
  constructor(form, attempt, { onClock, onState }) {
    this.form = form;
    this.url = form.dataset.draft ?? "";
    this.savedAt = savedBefore(form.dataset);
    this.onState = onState;
    this.announcer = document.querySelector("[data-announcer]");
    this.indicator = document.querySelector("[data-save-state]");
    this.text = document.querySelector("[data-save-text]");
    this.troubled = false;
    this.merge = new MergeView((choice) => this.resolve(choice), () => this.read());
    this.draft = this.makeDraft(attempt, onClock);
    const restored = this.draft.restore();
    if (restored) this.write(restored);
    if (this.draft.state === "saved") this.show("saved");
    this.waysOut = new WaysOut(form, this.draft);
    this.listen();
  }

  /** @param {string} attempt @param {(word: any) => void} onClock */
  makeDraft(attempt, onClock) {
    return new Draft({
      stored: { revision: Number(this.form.dataset.revision), content: this.read() },
      store: draftStore(attempt, this.url, () => this.about()),
      send: sender(this.url, onClock),
      clock: REAL_CLOCK,
      onState: (state, detail) => this.show(state, detail),
    });
  }

  /** How a person would call it, for a file of answers. */
  about() {
    return { name: document.querySelector("h1")?.textContent?.trim() ?? "", words: inWords(this.form) };
  }

  /** What this page holds, as it would be kept. */
  get unsent() {
    return this.draft.dirty ? [{ ...this.about(), content: this.draft.content, at: Date.now() }] : [];
  }

  read() {
    return read(this.form);
  }

  /** @param {object} content */
  write(content) {
    write(this.form, content);
  }

  listen() {
    this.form.addEventListener("input", () => {
      this.draft.edit(this.read());
      this.merge.refresh();
    });
    this.form.addEventListener("click", (event) => move(event));
    this.form.addEventListener("focusout", () => void this.draft.flush());
    addEventListener("online", () => this.draft.wake());
    document.addEventListener("server:heard", () => this.draft.wake());
    document.addEventListener("answer:saved", (event) => {
      const { revision, content } = /** @type {CustomEvent} */ (event).detail;
      this.draft.learn({ revision, content });
    });
    setInterval(() => this.draft.state === "saved" && this.show("saved"), AGE_MS);
  }

  async closeAtDeadline() {
    for (const field of this.form.querySelectorAll("[data-answer], [data-editor-frame], button")) field.setAttribute("inert", "");
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
  }

  /** @param {"mine" | "theirs"} choice */
  resolve(choice) {
    this.draft.resolve(choice);
    if (choice === "theirs") this.write(this.draft.content);
    this.merge.hide();
    const field = this.form.querySelector("[data-answer]");
    if (field instanceof HTMLElement) field.focus();
  }

  /** @param {import("./drafts.js").State} state @param {any} [detail] */
  show(state, detail) {
    if (detail?.savedAt && state === "saved") this.savedAt = Date.now();
    if (state === "saved" && detail) markAnswered(detail.answered);
    const nothing = state === "saved" && this.savedAt === null;
    if (this.indicator instanceof HTMLElement) this.indicator.dataset.state = nothing ? "none" : state;
    const sentence = this.sentence(state, detail);
    if (this.text && this.text.textContent !== sentence) this.text.textContent = sentence;
    if (state === "conflict") this.merge.show(detail);
    this.announce(state);
    this.onState(state, detail);
  }

  /** Reads out what needs attention, and that it is over; not every single save. */
  announce(/** @type {import("./drafts.js").State} */ state) {
    const trouble = ["offline", "invalid", "conflict"].includes(state);
    if (this.announcer && trouble !== this.troubled && (trouble || state === "saved")) {
      this.announcer.textContent = trouble ? (this.text?.textContent ?? "") : gettext("Everything is saved.");
      this.troubled = trouble;
    }
  }

  /** @param {import("./drafts.js").State} state @param {any} [detail] @returns {string} */
  sentence(state, detail) {
    if (state === "saved") return this.savedSentence();
    if (state === "invalid") return this.refusal(detail?.message);
    if (state === "offline" && !this.draft.kept) return gettext("Offline: leave this page open");
    return {
      unsaved: gettext("Saving…"), saving: gettext("Saving…"),
      offline: gettext("Offline: keep working, it is kept here"),
      conflict: gettext("Changed elsewhere: please choose"),
      elsewhere: gettext("Not saved: you went on elsewhere"), closed: gettext("Time is up"),
    }[state];
  }

  /** @param {string | undefined} reason the server's */
  refusal(reason) {
    return reason ? interpolate(gettext("Not saved: %(reason)s"), { reason }) : gettext("Not saved: this cannot be stored.");
  }

  savedSentence() {
    if (this.savedAt === null) return "";
    const seconds = Math.max(0, Math.round((Date.now() - this.savedAt) / AGE_MS) * (AGE_MS / 1000));
    if (seconds === 0) return gettext("Saved");
    const minutes = Math.floor(seconds / 60);
    return interpolate(minutes ? gettext("Saved %(minutes)s min ago") : gettext("Saved %(seconds)s s ago"), { seconds, minutes });
  }
}
