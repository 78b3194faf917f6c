// The fields for a run's own inputs: back to the example, and to the one that could not be read.

export class CodeInputs {
  /** @param {HTMLFormElement} form */
  static find(form) {
    const place = form.querySelector("[data-inputs]");
    return place instanceof HTMLDetailsElement ? new CodeInputs(place) : null;
  }

  /** @param {HTMLDetailsElement} place */
  constructor(place) {
    this.place = place;
    place.querySelector("[data-inputs-reset]")?.addEventListener("click", () => this.reset());
    place.addEventListener("input", (event) => this.clear(event.target));
    document.addEventListener("inputs:refused", (event) => this.refuse(/** @type {CustomEvent} */ (event).detail.field));
  }

  /** @returns {HTMLTextAreaElement[]} */
  get fields() {
    return [...this.place.querySelectorAll("textarea")];
  }

  reset() {
    for (const field of this.fields) {
      field.value = field.dataset.example ?? "";
      this.clear(field);
    }
    this.fields[0]?.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {EventTarget | null} field */
  clear(field) {
    if (field instanceof HTMLElement) field.removeAttribute("aria-invalid");
  }

  /** @param {string} name */
  refuse(name) {
    const field = this.fields.find((each) => each.name === `inputs.${name}`);
    if (!field) return;
    this.place.open = true;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
}
