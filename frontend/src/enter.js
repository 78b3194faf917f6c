// Enter in a field presses the button beside it, where the form has several: by itself a browser
// presses the first one of all, which says something else.

/**
 * @param {KeyboardEvent} event
 */
export function enter(event) {
  const { key, target, isComposing } = event;
  if (key !== "Enter" || isComposing || !(target instanceof HTMLInputElement)) return;
  const button = target.closest("[data-enter]")?.querySelector("button");
  if (!button) return;
  event.preventDefault();
  button.click();
}
