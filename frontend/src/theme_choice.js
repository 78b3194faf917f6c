// The reader's theme: "auto" follows the system, "light" and "dark" are kept in this browser.

const KEY = "minima.theme";
export const CHOICES = ["auto", "light", "dark"];

/** @returns {string} the stored choice, "auto" where there is none */
export function stored() {
  try {
    const choice = localStorage.getItem(KEY) ?? "auto";
    return CHOICES.includes(choice) ? choice : "auto";
  } catch {
    return "auto"; // storage may be forbidden
  }
}

/** @param {string} choice */
export function apply(choice) {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.themeChoice = choice;
  root.dataset.bsTheme = choice === "auto" ? (dark ? "dark" : "light") : choice;
}

/** @param {string} choice */
export function choose(choice) {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // The choice then lasts as long as the page.
  }
  show(choice);
}

/** Paint the page in a theme, and have its pictures drawn anew. @param {string} choice */
export function show(choice) {
  apply(choice);
  document.dispatchEvent(new CustomEvent("themechange"));
}

/** @param {string} choice @returns {string} */
export function next(choice) {
  return CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
}
