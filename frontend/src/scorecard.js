// A scorecard: what an interviewer types between two questions is never lost.

import { DraftView } from "./draft_view.js";
import { Leftovers } from "./leftovers.js";

const form = document.querySelector("form[data-scorecard]");
if (form instanceof HTMLFormElement) {
  const name = form.dataset.scorecard ?? "scorecard";
  new DraftView(form, name, {
    onClock: () => {},
    // It was handed in elsewhere: the page says so.
    onState: (state) => { if (state === "closed") location.reload(); },
  });
  void new Leftovers(name, form.dataset.draft ?? "", () => {}).sendAll();
}
