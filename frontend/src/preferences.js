// How a reader likes the editor and the clock, kept in this browser.

const PREFIX = "minima.prefer.";

/** @param {string} name @param {string} otherwise @returns {string} */
export function recall(name, otherwise) {
  try {
    return localStorage.getItem(PREFIX + name) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {string} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // It then holds for this page.
  }
}
