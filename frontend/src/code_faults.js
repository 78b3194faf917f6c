// Lines that a run complained of, for the editor to underline, and the buttons that lead to them.

/** @typedef {{line: number, text: string, level: "error" | "warning"}} Fault */

/** @param {string | null} json @returns {Fault[]} */
export function readFaults(json) {
  try {
    const found = JSON.parse(json ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return [];
  }
}

/** @param {HTMLFormElement} form */
export function watchFaults(form) {
  const area = form.querySelector("textarea[data-editor]");
  if (!(area instanceof HTMLTextAreaElement)) return;
  const tell = () => {
    const panel = form.querySelector("[data-faults]");
    // Lines of other code than what stands there would mislead.
    const current = panel?.getAttribute("data-code") === area.value;
    const faults = current ? readFaults(panel?.getAttribute("data-faults") ?? null) : [];
    area.dispatchEvent(new CustomEvent("editor:faults", { detail: { faults } }));
  };
  document.addEventListener("htmx:load", tell);
  form.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-line]") : null;
    if (!button) return;
    area.dispatchEvent(new CustomEvent("editor:line", { detail: { line: Number(button.getAttribute("data-line")) } }));
  });
  // The editor's own script may come after this one.
  area.addEventListener("editor:ready", tell);
  tell();
}
