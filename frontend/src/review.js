// The page of an open answer: points by keyboard, the share they make, and a draft that is never lost.

import { DraftView } from "./draft_view.js";
import { Leftovers } from "./leftovers.js";
import { levelAfter, meantBy, shareOf } from "./rubric.js";

/** @param {Element} point @returns {HTMLInputElement[]} */
const levels = (point) => /** @type {HTMLInputElement[]} */ ([...point.querySelectorAll("input[type=radio]")]);

class ReviewForm {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.points = [...form.querySelectorAll("[data-point]")];
    this.shown = form.querySelector("[data-share]");
    const name = form.dataset.review ?? "review";
    this.view = new DraftView(form, name, {
      onClock: () => {},
      onState: (state) => this.follow(state),
    });
    void new Leftovers(name, form.dataset.draft ?? "", () => {}).sendAll();
    form.addEventListener("input", () => this.show());
    document.addEventListener("keydown", (event) => this.press(event));
    this.show();
  }

  /** Nobody takes points any more: the page says why. @param {string} state */
  follow(state) {
    this.show();
    if (state === "closed") location.reload();
  }

  show() {
    const given = this.points.map((point) => ({
      points: Number(point.getAttribute("data-points")),
      level: levels(point).find((input) => input.checked)?.value ?? null,
    }));
    this.points.forEach((point, place) => point.setAttribute("data-given", given[place].level ?? ""));
    const said = shareOf(given);
    if (this.shown && this.shown.textContent !== said) this.shown.textContent = said;
  }

  press(/** @type {KeyboardEvent} */ event) {
    const typing = event.target instanceof Element && event.target.matches("textarea, input:not([type=radio])");
    if (typing && event.key === "Escape") return void /** @type {HTMLElement} */ (event.target).blur();
    const meant = meantBy(event, typing, this.points.length);
    if (meant === null) return;
    event.preventDefault();
    if (typeof meant === "number") this.give(meant);
    else this.form.querySelector(`[data-${meant}]`)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
  }

  /** The next level of a point, which has the focus then. @param {number} place */
  give(place) {
    const inputs = levels(this.points[place]);
    const value = levelAfter(inputs.find((input) => input.checked)?.value ?? null);
    const input = inputs.find((each) => each.value === value);
    if (!input) return;
    input.checked = true;
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const form = document.querySelector("form[data-review]");
if (form instanceof HTMLFormElement) new ReviewForm(form);
