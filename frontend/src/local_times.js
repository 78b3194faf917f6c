// Times that the server wrote in UTC, in the reader's own time zone. UTC stays in the title.

import { gettext, interpolate, language } from "./words.js";

/** @param {Date} moment @param {Intl.DateTimeFormatOptions} options @param {string} [locale] */
function parts(moment, options, locale = "en") {
  const found = new Intl.DateTimeFormat(locale, options).formatToParts(moment);
  return Object.fromEntries(found.map(({ type, value }) => [type, value]));
}

/**
 * @param {Date} moment
 * @param {string} shown letters of Django's `date` filter: j, M, F, Y, H, i, s and T
 * @param {string} [timeZone] the browser's own by default
 * @param {string} [locale] that of the page by default
 */
export function inZone(moment, shown, timeZone, locale = language()) {
  const { year, day, hour, minute, second } = parts(moment, {
    timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  const two = (/** @type {string} */ digits) => digits.padStart(2, "0");
  // With the day, for some languages bend the month's name.
  const month = (/** @type {"long" | "short"} */ length) => parts(moment, { timeZone, day: "numeric", month: length }, locale).month;
  /** @type {Record<string, () => string>} */
  const letters = {
    j: () => day, M: () => month("short"), F: () => month("long"), Y: () => year,
    H: () => two(hour), i: () => two(minute), s: () => two(second),
    T: () => zoneName(moment, timeZone, locale),
  };
  return shown.replace(/[jMFYHisT]/g, (letter) => letters[letter]());
}

/** "CET", or "GMT+1" where the language has no short name. @param {Date} moment @param {string} [timeZone] @param {string} [locale] */
function zoneName(moment, timeZone, locale = language()) {
  return parts(moment, { timeZone, timeZoneName: "short" }, locale).timeZoneName;
}

/** @param {ParentNode} place what came to the page */
export function localise(place) {
  const own = place instanceof HTMLTimeElement ? [place] : [];
  for (const time of [...own, ...place.querySelectorAll("time")]) {
    const moment = new Date(time.dateTime);
    if (!time.dataset.local || Number.isNaN(moment.getTime())) continue;
    time.textContent = inZone(moment, time.dataset.local);
  }
  for (const note of place.querySelectorAll("[data-zone]")) note.textContent = zoneNote();
}

/** Which zone the times of a page are in. */
function zoneNote() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const zone = `${timeZone.replaceAll("_", " ")} (${zoneName(new Date())})`;
  return interpolate(gettext("Times are in your time zone: %(zone)s"), { zone });
}
