// What stands above the question while something is wrong: no connection, answers that wait elsewhere.

import { gettext, interpolate } from "./words.js";

const PATIENCE_MS = 5000;

export class OfflineNotice {
  /** @param {() => void} onDownload */
  constructor(onDownload) {
    this.box = document.querySelector("[data-offline]");
    this.timer = 0;
    this.box?.querySelector("[data-download]")?.addEventListener("click", onDownload);
  }

  /** A connection that is back at once is no news. @param {boolean} offline @param {boolean} kept in this browser */
  show(offline, kept) {
    if (!offline) {
      clearTimeout(this.timer);
      this.timer = 0;
      this.box?.setAttribute("hidden", "");
      return;
    }
    this.box?.setAttribute("data-kept", kept ? "yes" : "no");
    this.timer ||= window.setTimeout(() => this.box?.removeAttribute("hidden"), PATIENCE_MS);
  }
}

/** @typedef {{leftover: {url: string, kept: any}, fate: "waiting" | "conflict" | "missed"}} Found */

/** @type {Record<string, (name: string) => string>} */
const SENTENCES = {
  waiting: (name) => interpolate(gettext("“%(name)s” has not reached the server yet. It is kept here and sent by itself."), { name }),
  conflict: (name) => interpolate(gettext("“%(name)s” has two versions. Open it and choose."), { name }),
  missed: (name) => interpolate(gettext("“%(name)s” could not be stored as it was typed. Open it and look."), { name }),
};

/** Answers to other questions that are not where they belong. @param {Found[]} found */
export function listLeftovers(found) {
  const box = document.querySelector("[data-leftovers]");
  const items = found.map(({ leftover: { url, kept }, fate }) => {
    const [item, link] = [document.createElement("li"), document.createElement("a")];
    link.href = url.replace(/draft\/$/, "");
    link.textContent = SENTENCES[fate](kept.name || gettext("Another answer"));
    item.append(link);
    return item;
  });
  box?.querySelector("ul")?.replaceChildren(...items);
  box?.toggleAttribute("hidden", items.length === 0);
}
