// The editor of assessments: tells what is saved, keeps trying where it is not, and keeps what is
// open or has the focus where it is when questions move.

import { token } from "./csrf.js";

const RETRY_MS = 3000;
const editor = document.querySelector("#editor");

/** Parts of which something was typed that the server does not have. @type {Set<HTMLFormElement>} */
const dirty = new Set();

/** What had the focus when the last request went out. */
let focused = "";

/** @param {HTMLFormElement} form @param {string} state @param {string} text */
function tell(form, state, text) {
  const place = form.querySelector("[data-save-state]");
  place?.setAttribute("data-save-state", state);
  const said = place?.querySelector("[data-save-text]");
  if (said && said.textContent !== text) said.textContent = text;
}

/** @param {Event} event */
function detail(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

/** The part that an event is about. @param {Event} event @returns {HTMLFormElement | null} */
function partOf(event) {
  const found = event.target instanceof Element && event.target.closest("form[data-part]");
  return found instanceof HTMLFormElement ? found : null;
}

/** @param {Node} node */
function words(node) {
  return (node.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** @param {HTMLFormElement} form @param {string} text */
function saveLater(form, text) {
  dirty.add(form);
  tell(form, "lost", text);
  setTimeout(() => form.isConnected && form.dispatchEvent(new Event("change")), RETRY_MS);
}

/** @param {Element} editor */
function watch(editor) {
  editor.addEventListener("input", (event) => {
    const form = partOf(event);
    // What a button takes along is no change by itself.
    const typed = event.target instanceof Element && event.target.closest(".m-field");
    if (!form || !typed) return;
    dirty.add(form);
    tell(form, "waiting", "Typing…");
  });
  editor.addEventListener("submit", (event) => {
    const form = partOf(event);
    if (form) dirty.delete(form);
  });
  editor.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = detail(event);
    // A form sends the button that has the focus along, which nobody has pressed.
    if (elt instanceof HTMLFormElement) for (const name of ["do", "keep"]) delete parameters[name];
    if (token()) parameters.csrfmiddlewaretoken = token();
  });
  editor.addEventListener("htmx:beforeRequest", (event) => {
    const form = partOf(event);
    if (!form) return;
    dirty.delete(form);
    tell(form, "saving", "Saving…");
    focused = document.activeElement?.id ?? "";
    // What is typed while questions move would be overtaken by them.
    if (detail(event).requestConfig?.parameters.do) form.toggleAttribute("inert", true);
  });
  editor.addEventListener("htmx:beforeSwap", (event) => {
    const form = partOf(event), swap = detail(event);
    if (form && swap.xhr.responseURL.includes("/accounts/login")) {
      swap.shouldSwap = false;
      saveLater(form, "Not saved: sign in in another tab, and it will be.");
    } else if ([409, 422].includes(swap.xhr.status)) {
      swap.shouldSwap = true;
      swap.isError = false;
      swap.swapOverride = "none";
    }
  });
  editor.addEventListener("htmx:afterRequest", (event) => partOf(event)?.toggleAttribute("inert", false));
  editor.addEventListener("htmx:afterSettle", () => {
    for (const form of dirty) if (form.isConnected) tell(form, "waiting", "Typing…");
  });
  editor.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = detail(event);
    // What is said already is not said again, and a button in it stays under the finger.
    if (target.matches(".m-told") && words(target) === words(fragment)) detail(event).shouldSwap = false;
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    editor.addEventListener(name, (event) => {
      const form = partOf(event);
      if (!form) return;
      event.stopPropagation();
      saveLater(form, "Not saved: no answer from the server. Trying again…");
    });
  }
}

/** What was unfolded stays so when its part is drawn anew. @param {Element} editor */
function keepUnfolded(editor) {
  /** @type {string[]} */
  let open = [];
  editor.addEventListener("htmx:beforeSwap", () => {
    open = [...editor.querySelectorAll("#questions details[open][id]")].map((each) => each.id);
  });
  editor.addEventListener("htmx:afterSettle", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (lost && focused) (document.getElementById(focused) ?? document.getElementById("questions-title"))?.focus();
  });
}

window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});

/** The questions that are ticked. @param {Element} form @returns {string[]} */
function ticked(form) {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[name=pick]:checked"));
  return [...boxes].map((box) => box.value);
}

/** Says how many questions are ticked, and takes them along to other pages. @param {Element} form */
function countTicks(form) {
  const told = form.querySelector("[data-ticks]");
  const count = () => {
    const keys = ticked(form);
    if (told) told.textContent = keys.length ? `${keys.length} ticked` : "";
    for (const link of form.querySelectorAll(".m-pages a")) {
      if (!(link instanceof HTMLAnchorElement)) continue;
      const address = new URL(link.href);
      address.searchParams.delete("pick");
      for (const key of keys) address.searchParams.append("pick", key);
      link.href = address.href;
    }
  };
  form.addEventListener("change", count);
  // A page that the browser goes back to has its ticks only after this.
  window.addEventListener("pageshow", count);
  count();
}

/** Another search keeps what is ticked. @param {Element} search */
function searchWithTicks(search) {
  search.addEventListener("formdata", (event) => {
    const form = document.querySelector("[data-tick-form]");
    const sent = /** @type {FormDataEvent} */ (event).formData;
    if (form) for (const key of ticked(form)) sent.append("pick", key);
  });
}

if (editor) {
  watch(editor);
  keepUnfolded(editor);
}
for (const form of document.querySelectorAll("[data-tick-form]")) countTicks(form);
for (const search of document.querySelectorAll("[data-tick-search]")) searchWithTicks(search);
