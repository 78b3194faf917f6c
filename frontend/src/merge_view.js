// Two versions of an answer, for a person to choose from: side by side, line by line.

import { lineDiff } from "./line_diff.js";
import { gettext, interpolate, ngettext } from "./words.js";

/** @typedef {{mine: string | null, theirs: string | null, same: boolean}} Row */
/** @typedef {{said: string, sentSaid?: string}} Stale */

const LONG = 8;
const AROUND = 3;

/** Lines that only one side has stand beside each other. @param {string} mine @param {string} theirs @returns {Row[]} */
export function rows(mine, theirs) {
  /** @type {Row[]} */
  const found = [];
  /** @type {string[]} */
  let removed = [];
  /** @type {string[]} */
  let added = [];
  const settle = () => {
    for (let i = 0; i < Math.max(removed.length, added.length); i += 1) {
      found.push({ mine: removed[i] ?? null, theirs: added[i] ?? null, same: false });
    }
    [removed, added] = [[], []];
  };
  for (const { mark, line } of lineDiff(mine, theirs)) {
    if (mark === "removed") removed.push(line);
    else if (mark === "added") added.push(line);
    else {
      settle();
      found.push({ mine: line, theirs: line, same: true });
    }
  }
  settle();
  return found;
}

/** Long stretches that are equal are left out, but for their ends; a number is how many lines. @param {Row[]} all @returns {(Row | number)[]} */
export function shortened(all) {
  /** @type {(Row | number)[]} */
  const found = [];
  for (let i = 0; i < all.length; ) {
    let end = i;
    while (end < all.length && all[end].same) end += 1;
    const length = end - i;
    if (length <= LONG) found.push(...all.slice(i, Math.max(end, i + 1)));
    else found.push(...all.slice(i, i + AROUND), length - 2 * AROUND, ...all.slice(end - AROUND, end));
    i = Math.max(end, i + 1);
  }
  return found;
}

export class MergeView {
  /** @param {(choice: "mine" | "theirs") => void} onChoice @param {() => any} content what the page holds now */
  constructor(onChoice, content) {
    this.box = document.querySelector("[data-conflict]");
    this.content = content;
    /** @type {Stale} */
    this.stale = { said: "" };
    for (const button of this.box?.querySelectorAll("[data-resolve]") ?? []) {
      button.addEventListener("click", () => onChoice(button.getAttribute("data-resolve") === "mine" ? "mine" : "theirs"));
    }
    this.toggle = this.box?.querySelector("[data-compare]");
    this.toggle?.addEventListener("click", () => this.compare(this.toggle?.getAttribute("aria-expanded") !== "true"));
  }

  /** @param {Stale} stale */
  show(stale) {
    this.stale = stale;
    const theirs = this.box?.querySelector("[data-theirs]");
    if (theirs) theirs.textContent = stale.said || gettext("No answer.");
    this.box?.removeAttribute("hidden");
    this.compare(false);
    // The focus stays in the text: a key that is being pressed must not decide.
    this.box?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.box?.setAttribute("hidden", "");
  }

  /** @param {boolean} open */
  compare(open) {
    this.toggle?.setAttribute("aria-expanded", open ? "true" : "false");
    this.box?.querySelector("[data-both]")?.toggleAttribute("hidden", !open);
    this.box?.querySelector("[data-one]")?.toggleAttribute("hidden", open);
    if (open) this.draw();
  }

  /** What is typed goes on, and so does its comparison. */
  refresh() {
    if (this.toggle?.getAttribute("aria-expanded") === "true") this.draw();
  }

  draw() {
    const mine = this.content().source ?? this.stale.sentSaid ?? "";
    const body = this.box?.querySelector("[data-both] tbody");
    const all = shortened(rows(mine || gettext("No answer."), this.stale.said || gettext("No answer.")));
    body?.replaceChildren(...all.map((row) => (typeof row === "number" ? leftOut(row) : drawn(row))));
  }
}

/** @param {Row} row */
function drawn({ mine, theirs, same }) {
  const line = document.createElement("tr");
  line.dataset.same = same ? "yes" : "no";
  line.append(cell(mine, same ? "" : `${gettext("Only on this page:")} `), cell(theirs, same ? "" : `${gettext("Only in the other version:")} `));
  return line;
}

/** @param {string | null} text @param {string} said to those who do not see the colours */
function cell(text, said) {
  const found = document.createElement("td");
  if (text === null) return found;
  found.dataset.line = "yes";
  if (said) found.append(hidden(said));
  const code = document.createElement("code");
  code.textContent = text || " ";
  found.append(code);
  return found;
}

/** @param {string} text */
function hidden(text) {
  const found = document.createElement("span");
  found.className = "visually-hidden";
  found.textContent = text;
  return found;
}

/** @param {number} count */
function leftOut(count) {
  const line = document.createElement("tr");
  const found = document.createElement("td");
  line.dataset.gap = "yes";
  found.colSpan = 2;
  found.textContent = interpolate(ngettext("%(count)s equal line", "%(count)s equal lines", count), { count });
  line.append(found);
  return line;
}
