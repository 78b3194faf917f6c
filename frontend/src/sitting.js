// The pages of a sitting: saves drafts, shows the clock, marks results of older code, goes on when time is up.

import { ClockView } from "./clock_view.js";
import { DraftView } from "./draft_view.js";
import { draftStore, forget, leftovers } from "./draft_store.js";
import { sender } from "./draft_transport.js";
import { watchResults } from "./older_results.js";

const RETRY_MS = 3000;
const page = document.querySelector("[data-sitting]");

/** Drafts of other questions that a crash or a lost connection left in this browser. */
async function sendLeftovers(/** @type {string} */ attempt, /** @type {string | null} */ current) {
  for (const { url, kept } of leftovers(attempt, current)) {
    const reply = await sender(url, () => {})(kept.content, kept.base);
    if (reply.kind === "saved") draftStore(attempt, url).clear(kept.content);
  }
}

if (page instanceof HTMLElement) {
  const attempt = page.dataset.sitting ?? "";
  const form = document.querySelector("form[data-draft]");
  const clock = ClockView.find();
  const draft = form instanceof HTMLFormElement ? new DraftView(form, attempt, clock) : null;
  if (form instanceof HTMLFormElement) watchResults(form);
  clock?.start(async () => {
    await draft?.closeAtDeadline();
    location.assign(page.dataset.doneUrl ?? location.href);
  });
  void sendLeftovers(attempt, draft?.url ?? null);
}

const done = document.querySelector("[data-sitting-done]");
if (done instanceof HTMLElement) forget(done.dataset.sittingDone ?? "");

// A result that is waited for comes after a lost connection too.
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    const panel = event.target;
    if (!(panel instanceof HTMLElement) || !panel.matches("[data-waiting]")) return;
    event.stopImmediatePropagation();
    setTimeout(() => panel.dispatchEvent(new Event("again")), RETRY_MS);
  }, { capture: true });
}
