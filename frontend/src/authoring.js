// The editor of questions: tells what is saved, keeps trying where it is not, redraws the preview.

import { token } from "./csrf.js";

const RETRY_MS = 3000;
const page = document.querySelector("[data-write]");
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#editor"));

/** Whether something was typed that the server does not have. */
let dirty = false;
/** Requests whose answer has placed the focus: an answer settles in several places. */
const placed = new WeakSet();

/** @param {string} state @param {string} text */
function tell(state, text) {
  const place = document.querySelector("[data-save-state]");
  place?.setAttribute("data-save-state", state);
  const words = place?.querySelector("[data-save-text]");
  if (words && words.textContent !== text) words.textContent = text;
}

function saveAgain() {
  form?.dispatchEvent(new Event("again"));
}

/** @param {string} text */
function saveLater(text) {
  tell("lost", text);
  setTimeout(saveAgain, RETRY_MS);
}

/** @param {Event} event */
function detail(event) {
  return /** @type {CustomEvent} */ (event).detail;
}

function markInvalid() {
  for (const faults of document.querySelectorAll(".m-faults")) {
    const control = document.getElementById(faults.getAttribute("data-for") ?? "");
    if (faults.querySelector("[data-level='fault']")) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

/** What a button of a row asked for. @param {Event} event @returns {string} */
function wishOf(event) {
  return detail(event).requestConfig?.parameters.do ?? "";
}

/** After a row was added, moved or removed, the focus goes where one goes on from. @param {string} wish */
function focusAfter(wish) {
  const [verb, name] = wish.split(":");
  if (!name) return;
  const dot = name.lastIndexOf(".");
  const list = name.slice(0, dot);
  const index = Number(name.slice(dot + 1));
  if (verb === "add") {
    const rows = document.querySelectorAll(`[name="do"][value^="remove:${name}."]`);
    const card = rows[rows.length - 1]?.closest(".m-row-card");
    const field = card?.querySelector("input:not([type=hidden], .m-letter), textarea, select");
    if (field instanceof HTMLElement) field.focus();
  } else if (verb === "remove") {
    focusOn(`add:${list}`);
  } else {
    const place = index + (verb === "down" ? 1 : -1);
    if (!focusOn(`${verb}:${list}.${place}`)) focusOn(`${verb === "up" ? "down" : "up"}:${list}.${place}`);
  }
}

/** @param {string} value */
function focusOn(value) {
  const button = document.querySelector(`button[name="do"][value="${CSS.escape(value)}"]:not(:disabled)`);
  if (button instanceof HTMLElement) button.focus();
  return button !== null;
}

class Preview {
  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.frame = /** @type {HTMLElement} */ (pane.querySelector(".m-preview-frame"));
    this.address = this.frame.querySelector("iframe")?.getAttribute("data-preview") ?? "";
    this.seed = 1;
    this.size = "wide";
    pane.querySelector("[data-redraw]")?.addEventListener("click", () => {
      this.seed += 1;
      this.draw();
    });
    for (const button of pane.querySelectorAll("[data-sizes] [data-size]")) {
      button.addEventListener("click", () => this.resize(button, pane));
    }
  }

  /** @param {Element} button @param {HTMLElement} pane */
  resize(button, pane) {
    for (const each of pane.querySelectorAll("[data-sizes] [data-size]")) {
      each.setAttribute("aria-pressed", String(each === button));
    }
    this.size = button.getAttribute("data-size") ?? "wide";
    this.frame.dataset.size = this.size;
    this.draw();
  }

  /** Draws behind the old picture, so that nothing flickers, and stays where one had scrolled. */
  draw() {
    const old = /** @type {HTMLIFrameElement} */ (this.frame.querySelector("iframe:not([data-coming])"));
    this.frame.querySelector("[data-coming]")?.remove();
    const fresh = /** @type {HTMLIFrameElement} */ (old.cloneNode());
    fresh.dataset.coming = "yes";
    fresh.src = `${this.address}?seed=${this.seed}${this.size === "paper" ? "&paper" : ""}`;
    fresh.addEventListener("load", () => {
      const top = old.contentWindow?.scrollY ?? 0;
      delete fresh.dataset.coming;
      old.remove();
      fresh.contentWindow?.scrollTo(0, top);
    }, { once: true });
    this.frame.append(fresh);
  }
}

/** @param {HTMLFormElement} form @param {Preview} preview */
function watch(form, preview) {
  form.addEventListener("input", () => {
    dirty = true;
    tell("waiting", "Typing…");
  });
  form.addEventListener("submit", () => { dirty = false; });
  form.addEventListener("keydown", (event) => {
    // Enter in a field would press the first button of the form.
    const inField = event.target instanceof HTMLInputElement && event.target.type !== "submit";
    if (event.key !== "Enter" || !inField) return;
    event.preventDefault();
    saveAgain();
  });
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-keep], [data-use-theirs]");
    if (!button) return;
    dirty = false;
    if (!button.hasAttribute("data-keep")) return;
    event.preventDefault();
    /** @type {HTMLInputElement} */ (document.querySelector("#revision")).value = button.getAttribute("data-keep") ?? "";
    saveAgain();
  });
  form.addEventListener("htmx:configRequest", (event) => {
    const { elt, parameters } = detail(event);
    // The form sends the button that has the focus along, which nobody has pressed.
    if (elt === form) delete parameters.do;
    if (token()) parameters.csrfmiddlewaretoken = token();
  });
  form.addEventListener("htmx:beforeRequest", (event) => {
    dirty = false;
    tell("saving", "Saving…");
    // What is typed while rows move would be overtaken by them.
    if (wishOf(event)) document.querySelector("#fields")?.toggleAttribute("inert", true);
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    const swap = detail(event);
    if (swap.xhr.responseURL.includes("/accounts/login")) {
      swap.shouldSwap = false;
      dirty = true;
      saveLater("Not saved: sign in in another tab, and it will be.");
    } else if (swap.xhr.status === 409) {
      swap.shouldSwap = true;
      swap.isError = false;
      swap.swapOverride = "none";
      dirty = true;
      tell("lost", "Not saved");
    }
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    document.querySelector("#fields")?.toggleAttribute("inert", false);
    if (detail(event).successful && !dirty) preview.draw();
  });
  form.addEventListener("htmx:afterSettle", (event) => {
    markInvalid();
    if (dirty && document.querySelector("[data-save-state=saved]")) tell("waiting", "Typing…");
    const { requestConfig } = detail(event);
    if (requestConfig && !placed.has(requestConfig)) focusAfter(wishOf(event));
    if (requestConfig) placed.add(requestConfig);
    const conflict = document.querySelector("[data-conflict]:not([data-told])");
    if (conflict instanceof HTMLElement) {
      conflict.dataset.told = "yes";
      conflict.focus();
    }
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    form.addEventListener(name, (event) => {
      event.stopPropagation();
      dirty = true;
      saveLater("Not saved: no answer from the server. Trying again…");
    });
  }
}

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

/** Shows a whole question, however long it is. @param {HTMLIFrameElement} frame */
function fit(frame) {
  const inside = frame.contentDocument?.documentElement;
  if (!inside) return;
  const grow = () => {
    const body = frame.contentDocument?.querySelector("main");
    if (body) frame.style.height = `${body.scrollHeight + 4}px`;
  };
  grow();
  new ResizeObserver(grow).observe(inside);
}

for (const frame of document.querySelectorAll("iframe[data-fit]")) {
  if (!(frame instanceof HTMLIFrameElement)) continue;
  frame.addEventListener("load", () => fit(frame));
  if (frame.contentDocument?.readyState === "complete") fit(frame);
}

/** Says of a file that is too large, before it is sent. @param {HTMLInputElement} field */
function bound(field) {
  const most = Number(field.dataset.most);
  const large = [...(field.files ?? [])].some((file) => file.size > most);
  field.setCustomValidity(large ? "The file is too large: split it into several." : "");
  if (large) field.reportValidity();
}

for (const field of document.querySelectorAll("input[data-most]")) {
  if (field instanceof HTMLInputElement) field.addEventListener("change", () => bound(field));
}

if (page instanceof HTMLElement && form) {
  markInvalid();
  watch(form, new Preview(page));
}
