// The question whether to go on here, while another tab or another device has the sitting.

import { tabName } from "./tab.js";
import { Tabs } from "./tabs.js";
import { toast } from "./toast.js";
import { gettext } from "./words.js";

/** @typedef {{onLost: () => void, onHeld: () => void, onTaken: () => void}} Heard held on, or taken by hand */

export class TabsView {
  /**
   * @param {string} attempt @param {DOMStringMap} data of the page
   * @param {Heard} heard
   * @returns {TabsView | null} null where a page has no tabs to tell apart
   */
  static find(attempt, data, heard) {
    const dialog = document.querySelector("dialog[data-elsewhere]");
    return dialog instanceof HTMLDialogElement && data.tabUrl ? new TabsView(dialog, attempt, data, heard) : null;
  }

  /**
   * @param {HTMLDialogElement} dialog @param {string} attempt @param {DOMStringMap} data
   * @param {Heard} heard
   */
  constructor(dialog, attempt, data, { onLost, onHeld, onTaken }) {
    this.dialog = dialog;
    this.onLost = onLost;
    this.onHeld = onHeld;
    this.onTaken = onTaken;
    this.begun = false;
    this.tabs = new Tabs({
      attempt, url: data.tabUrl ?? "", holder: data.tab ?? "",
      onLost: () => this.lose("taken"),
      onClosed: () => location.assign(data.doneUrl ?? location.href),
    });
    // Only the button decides.
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.querySelector("[data-take]")?.addEventListener("click", () => void this.take());
    document.addEventListener("tab:elsewhere", () => this.lose("taken"));
  }

  /** Until it is known who saves, nothing goes out where another tab did so far. */
  async begin() {
    if (this.tabs.holder && this.tabs.holder !== tabName()) this.onLost();
    const held = await this.tabs.begin();
    this.begun = true;
    if (held) this.onHeld();
    else this.lose("opened");
  }

  /** @param {"opened" | "taken"} why */
  lose(why) {
    if (this.begun && !this.dialog.open) {
      this.dialog.dataset.elsewhere = why;
      this.dialog.showModal();
    }
    this.onLost();
  }

  async take() {
    if (!(await this.tabs.take())) return toast(gettext("No connection. Please try again in a moment."));
    this.dialog.close();
    this.onTaken();
  }
}
