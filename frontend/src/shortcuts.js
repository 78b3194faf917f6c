// Ctrl Enter runs, Ctrl Shift Enter submits, wherever in the form one types.

/** @param {{key: string, ctrlKey: boolean, metaKey: boolean, shiftKey: boolean, altKey: boolean}} event */
export function meant({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (key !== "Enter" || altKey || ctrlKey === metaKey) return null;
  return shiftKey ? "submit" : "run";
}

/** @param {HTMLFormElement} form @param {{run: () => void, submit: () => void}} actions */
export function watchShortcuts(form, actions) {
  // On the way down: the editor has a meaning of its own for Ctrl Enter.
  form.addEventListener("keydown", (event) => {
    const what = meant(event);
    if (!what || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) actions[what]();
  }, { capture: true });
}

/** Presses a button of the form, which is off while its last answer is on its way. @param {HTMLFormElement} form @param {string} selector */
export function press(form, selector) {
  const button = form.querySelector(selector);
  if (button instanceof HTMLButtonElement && !button.disabled) button.click();
}
