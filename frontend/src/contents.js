// The content of an answer, as the server and this browser compare it.

/** A database keeps no order of names. @param {object} one @param {object} other */
export function equal(one, other) {
  return ordered(one) === ordered(other);
}

/** @param {object} content */
export function ordered(content) {
  return JSON.stringify(content, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort()) : value);
}
