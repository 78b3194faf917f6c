// The task beside the editor: how wide it is, and whether it is there at all, as the reader likes it.

import { recall, remember } from "./preferences.js";
import { gettext } from "./words.js";

const STEP = 2;

/** @param {number} share in percent @param {{least: number, most: number}} range */
export function clamp(share, { least, most }) {
  return Number.isFinite(share) ? Math.min(most, Math.max(least, Math.round(share))) : NaN;
}

export class TaskSplit {
  static find() {
    const place = document.querySelector("[data-split]");
    const handle = place?.querySelector("[data-split-handle]");
    return place instanceof HTMLElement && handle instanceof HTMLElement ? new TaskSplit(place, handle) : null;
  }

  /** @param {HTMLElement} place @param {HTMLElement} handle */
  constructor(place, handle) {
    this.place = place;
    this.handle = handle;
    this.toggle = place.querySelector("[data-task-toggle]");
    this.range = { least: Number(handle.getAttribute("aria-valuemin")), most: Number(handle.getAttribute("aria-valuemax")) };
    handle.hidden = false;
    this.resize(Number(recall("split", handle.getAttribute("aria-valuenow") ?? "")));
    this.show(recall("task", "shown") !== "hidden");
    handle.addEventListener("pointerdown", (event) => this.drag(event));
    handle.addEventListener("keydown", (event) => this.press(event));
    this.toggle?.addEventListener("click", () => this.show(this.place.dataset.task === "hidden"));
  }

  get share() {
    return Number(this.handle.getAttribute("aria-valuenow"));
  }

  /** @param {number} share */
  resize(share) {
    const found = clamp(share, this.range);
    if (Number.isNaN(found)) return;
    this.handle.setAttribute("aria-valuenow", String(found));
    this.place.style.setProperty("--m-task-share", `${found}%`);
    remember("split", String(found));
  }

  drag(/** @type {PointerEvent} */ event) {
    event.preventDefault();
    this.handle.setPointerCapture(event.pointerId);
    const { left, width } = this.place.getBoundingClientRect();
    const move = (/** @type {PointerEvent} */ { clientX }) => this.resize(((clientX - left) / width) * 100);
    const end = () => this.handle.removeEventListener("pointermove", move);
    this.handle.addEventListener("pointermove", move);
    this.handle.addEventListener("pointerup", end, { once: true });
    this.handle.addEventListener("pointercancel", end, { once: true });
  }

  press(/** @type {KeyboardEvent} */ event) {
    const { least, most } = this.range;
    const to = { ArrowLeft: this.share - STEP, ArrowRight: this.share + STEP, Home: least, End: most }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.resize(to);
  }

  /** @param {boolean} shown */
  show(shown) {
    this.place.dataset.task = shown ? "shown" : "hidden";
    this.toggle?.setAttribute("aria-expanded", String(shown));
    if (this.toggle) this.toggle.textContent = shown ? gettext("Hide the task") : gettext("Show the task");
    remember("task", shown ? "shown" : "hidden");
  }
}
