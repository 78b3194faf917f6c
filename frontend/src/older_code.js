// Older results: opened in their panel, and their code put back into the editor.

import { toast } from "./toast.js";
import { gettext } from "./words.js";

export class OlderCode {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    /** @type {Element | null} the panel that an older result was asked for in */
    this.awaited = null;
    form.addEventListener("click", (event) => this.click(event));
    document.addEventListener("htmx:beforeRequest", (event) => this.ask(/** @type {CustomEvent} */ (event)));
    document.addEventListener("htmx:afterSettle", (event) => this.show(/** @type {CustomEvent} */ (event)));
  }

  click(/** @type {MouseEvent} */ event) {
    const button = event.target instanceof Element ? event.target.closest("[data-restore], [data-keep-working]") : null;
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-restore]")) this.restore(button.closest("[data-code]")?.getAttribute("data-code"));
    else this.keepWorking(button);
  }

  /** What stands there was sent off when the focus left it; one undo brings it back. @param {string | null | undefined} code */
  restore(code) {
    const area = this.form.querySelector("textarea[data-editor]");
    if (!(area instanceof HTMLTextAreaElement) || typeof code !== "string") return;
    this.form.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
    if (area.hidden) {
      area.value = code;
      area.dispatchEvent(new Event("draft:replaced"));
    } else {
      area.focus();
      area.select();
      // The one way to change a text area that its undo knows of.
      document.execCommand("insertText", false, code);
    }
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.dispatchEvent(new CustomEvent("editor:line", { detail: { line: 1 } }));
    toast(gettext("The code of that result is back in the editor. Undo brings back what was there."));
  }

  /** @param {Element} button */
  keepWorking(button) {
    button.closest("[data-asked]")?.remove();
    const submit = this.form.querySelector("[data-submit]");
    if (submit instanceof HTMLElement) submit.focus();
  }

  ask(/** @type {CustomEvent} */ event) {
    if (event.detail.elt instanceof Element && event.detail.elt.matches("[data-older-result]")) this.awaited = event.detail.target;
  }

  /** The reader asked for it: the focus goes there. */
  show(/** @type {CustomEvent} */ event) {
    if (!this.awaited || event.detail.target !== this.awaited) return;
    const panel = this.awaited.querySelector("section");
    this.awaited = null;
    panel?.scrollIntoView({ block: "start" });
    panel?.focus({ preventScroll: true });
  }
}
