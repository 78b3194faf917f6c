// Times that the server wrote in UTC, in the reader's own time zone. UTC stays in the title.

const MONTHS = [
  "January", "February", "March", "April", "May", "June",
  "July", "August", "September", "October", "November", "December",
];

/**
 * @param {Date} moment
 * @param {string} shown letters of Django's `date` filter: j, M, F, Y, H, i and s
 * @param {string} [timeZone] the browser's own by default
 */
export function inZone(moment, shown, timeZone) {
  const format = new Intl.DateTimeFormat("en", {
    timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const month = MONTHS[Number(parts.month) - 1] ?? "";
  const two = (/** @type {string} */ digits) => digits.padStart(2, "0");
  /** @type {Record<string, string>} */
  const letters = {
    j: parts.day, M: month.slice(0, 3), F: month, Y: parts.year,
    H: two(parts.hour), i: two(parts.minute), s: two(parts.second),
  };
  return shown.replace(/[jMFYHis]/g, (letter) => letters[letter]);
}

/** @param {ParentNode} place what came to the page */
export function localise(place) {
  const own = place instanceof HTMLTimeElement ? [place] : [];
  for (const time of [...own, ...place.querySelectorAll("time")]) {
    const moment = new Date(time.dateTime);
    if (!time.dataset.local || Number.isNaN(moment.getTime())) continue;
    time.textContent = inZone(moment, time.dataset.local);
  }
}
