// What a browser and its connection are good for, judged: pure, so that each limit can be tested.

import { interpolate, ngettext } from "./words.js";

/** @typedef {"good" | "fair" | "poor"} State */
/** @typedef {{state: State, values?: Record<string, string>}} Judgement */

export const ROUND_TRIPS = 5;
const FAST_MS = 300;
const USABLE_MS = 1500;
const CLOCK_OFF_MS = 60_000;
const WIDE_PX = 1024;
const NARROWEST_PX = 320;

/** @param {number[]} numbers at least one */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Saves that were sent one after the other.
 * @param {(number | null)[]} trips milliseconds until the answer came, null where none came
 * @returns {Judgement}
 */
export function judgeConnection(trips) {
  const answered = trips.filter((trip) => trip !== null);
  if (answered.length === 0) return { state: "poor" };
  const typical = median(answered);
  const values = { ms: String(Math.max(1, Math.round(typical))), answered: String(answered.length), sent: String(trips.length) };
  const steady = answered.length === trips.length;
  if (steady && typical <= FAST_MS) return { state: "good", values };
  return { state: typical <= USABLE_MS || answered.length > trips.length / 2 ? "fair" : "poor", values };
}

/**
 * The device's clock beside the server's, which answered somewhere between sending and receiving.
 * @param {{sent: number, server: number, received: number}} moments milliseconds since 1970
 * @returns {Judgement}
 */
export function judgeClock({ sent, server, received }) {
  const off = (sent + received) / 2 - server;
  const uncertain = (received - sent) / 2;
  if (Math.abs(off) <= CLOCK_OFF_MS + uncertain) return { state: "good" };
  return { state: "fair", values: { off: span(Math.abs(off)), way: off > 0 ? "ahead" : "behind" } };
}

/** 95 000 → "2 min"; 7 500 000 → "2 h 5 min". @param {number} ms */
export function span(ms) {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return interpolate(ngettext("%(count)s day", "%(count)s days", Math.round(hours / 24)), { count: Math.round(hours / 24) });
  if (!hours) return `${minutes} min`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** @param {number} width CSS pixels of the window @returns {Judgement} */
export function judgeWindow(width) {
  const values = { width: String(width) };
  if (width >= WIDE_PX) return { state: "good", values };
  return { state: width >= NARROWEST_PX ? "fair" : "poor", values };
}

/** @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage @returns {Judgement} */
export function judgeStorage(storage) {
  const key = "minima.check";
  try {
    storage?.setItem(key, "kept");
    const kept = storage?.getItem(key) === "kept";
    storage?.removeItem(key);
    return { state: kept ? "good" : "fair" };
  } catch {
    return { state: "fair" };
  }
}

/** @param {State[]} states @returns {State} */
export function worst(states) {
  if (states.includes("poor")) return "poor";
  return states.includes("fair") ? "fair" : "good";
}
