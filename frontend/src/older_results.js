// Results stay on the page while the code goes on: says of each whether it is for what stands there now.

/** @param {HTMLFormElement} form whose panels carry the code that they are for in data-code */
export function markOlder(form) {
  const area = form.querySelector("textarea[name=source]");
  if (!(area instanceof HTMLTextAreaElement)) return;
  for (const panel of form.querySelectorAll("[data-code]")) {
    const mark = panel.querySelector("[data-older]");
    mark?.toggleAttribute("hidden", panel.getAttribute("data-code") === area.value);
  }
}

/** @param {HTMLFormElement} form */
export function watchResults(form) {
  const mark = () => markOlder(form);
  form.addEventListener("input", mark);
  // It does not bubble, so it is met on its way down.
  form.addEventListener("draft:replaced", mark, { capture: true });
  document.addEventListener("htmx:load", mark);
  mark();
}
