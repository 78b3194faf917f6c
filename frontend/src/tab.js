// This tab's name: it stays the same from page to page, through a reload and a crash.

const KEY = "minima.tab";

/** @returns {string} a name that nobody else has */
export function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Where storage is forbidden, the window itself remembers. @param {string} name */
function remember(name) {
  try {
    sessionStorage.setItem(KEY, name);
  } catch {
    window.name = `${KEY}.${name}`;
  }
  return name;
}

/** @returns {string | null} */
function recalled() {
  try {
    const name = sessionStorage.getItem(KEY);
    if (name) return name;
  } catch {
    // The window's own name is asked.
  }
  return window.name.startsWith(`${KEY}.`) ? window.name.slice(KEY.length + 1) : null;
}

let current = "";

/** @returns {string} */
export function tabName() {
  current ||= recalled() ?? remember(newName());
  return current;
}

/** A tab that was duplicated has the name of another one. @returns {string} */
export function rename() {
  current = remember(newName());
  return current;
}
