// What keys mean on the page of an open answer, and what the points given so far make.

// A point that was never touched is given first; then half, then not at all.
const AFTER = /** @type {Record<string, string>} */ ({ "": "1", 1: "0.5", 0.5: "0", 0: "1" });

/** @param {string | null} level @returns {string} */
export const levelAfter = (level) => AFTER[level ?? ""] ?? "1";

/**
 * The place of the point that a number key gives, the name of a button, or null.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, isComposing?: boolean}} event
 * @param {boolean} typing whether the key goes into a text
 * @param {number} points how many there are
 * @returns {number | "hand-in" | "next" | "previous" | "skip" | null}
 */
export function meantBy({ key, ctrlKey, metaKey, altKey, isComposing }, typing, points) {
  if (isComposing || altKey) return null;
  if (key === "Enter" && ctrlKey !== metaKey) return "hand-in";
  if (typing || ctrlKey || metaKey) return null;
  if (/^[0-9]$/.test(key)) {
    const place = (Number(key) + 9) % 10;
    return place < points ? place : null;
  }
  const buttons = /** @type {const} */ ({ n: "next", p: "previous", s: "skip" });
  return buttons[/** @type {"n" | "p" | "s"} */ (key.toLowerCase())] ?? null;
}

/** "62.5 %, 2 to go"; like the server never rounded up. @param {{points: number, level: string | null}[]} given */
export function shareOf(given) {
  const open = given.filter(({ level }) => level === null).length;
  if (open === given.length) return "No point given yet";
  const whole = given.reduce((sum, { points }) => sum + points, 0);
  const earned = given.reduce((sum, { points, level }) => sum + points * Number(level ?? 0), 0);
  const share = Math.floor((earned / whole) * 1000 + 1e-6) / 10;
  const said = `${Number.isInteger(share) ? share.toFixed(0) : share.toFixed(1)} %`;
  return open ? `${said}, ${open} to go` : said;
}
