// The ways out of a question: each waits a moment for the save, so that the next page knows of it.

import { reachable } from "./draft_transport.js";
import { toast } from "./toast.js";
import { gettext } from "./words.js";

export const LEAVING_MS = 2000;

/** @param {number} ms */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class WaysOut {
  /** @param {HTMLFormElement} form @param {import("./drafts.js").Draft} draft */
  constructor(form, draft) {
    this.form = form;
    this.draft = draft;
    this.form.addEventListener("submit", (event) => this.goOn(event));
    document.addEventListener("click", (event) => this.follow(event));
    document.addEventListener("htmx:confirm", (event) => this.flushBefore(/** @type {CustomEvent} */ (event)));
    addEventListener("pagehide", () => this.draft.leave());
    addEventListener("pageshow", (event) => event.persisted && this.comeBack());
    addEventListener("beforeunload", (event) => this.warn(event));
    document.addEventListener("visibilitychange", () => document.hidden && void this.draft.flush());
  }

  async follow(/** @type {MouseEvent} */ event) {
    const link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!this.draft.dirty || link.getAttribute("target") || link.getAttribute("href")?.startsWith("#")) return;
    event.preventDefault();
    await this.saveAndGo(/** @type {HTMLAnchorElement} */ (link).href);
  }

  /** The button below the question: the draft is saved here already, so only the way on is left. */
  async goOn(/** @type {SubmitEvent} */ event) {
    event.preventDefault();
    if (this.draft.state === "conflict") return;
    const button = event.submitter;
    const url = button?.getAttribute("data-onward");
    if (url) await this.saveAndGo(url);
    else if (button instanceof HTMLButtonElement && button.hasAttribute("data-leave")) await this.leaveBehind(button);
  }

  /** A question without a way back: the answer goes along, so that nothing is left to be saved. */
  async leaveBehind(/** @type {HTMLButtonElement} */ button) {
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
    if (this.draft.dirty && !(await reachable(location.href))) return this.stay();
    const revision = this.form.elements.namedItem("revision");
    if (revision instanceof HTMLInputElement) revision.value = String(this.draft.revision);
    this.form.action = button.formAction;
    this.form.submit();
  }

  stay() {
    toast(gettext("No connection. What you typed is kept here; go on once it is back."));
  }

  /** Without a connection the page stays: the browser's error page would take its place. @param {string} url */
  async saveAndGo(url) {
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
    const connected = !this.draft.dirty && navigator.onLine;
    if (connected || (await reachable(url))) location.assign(url);
    else this.stay();
  }

  /** Run and Submit go out after the draft, so that no revision is overtaken. */
  async flushBefore(/** @type {CustomEvent} */ event) {
    if (!this.form.contains(event.detail.elt) || !this.draft.dirty) return;
    event.preventDefault();
    await Promise.race([this.draft.flush(), pause(LEAVING_MS)]);
    event.detail.issueRequest(true);
  }

  /** The browser shows the page as it was left: meanwhile the answer may have moved on. */
  comeBack() {
    if (this.draft.dirty) void this.draft.flush();
    else location.reload();
  }

  /** Only where nothing but this page has what was typed. */
  warn(/** @type {BeforeUnloadEvent} */ event) {
    if (this.draft.dirty && !this.draft.kept) event.preventDefault();
  }
}
