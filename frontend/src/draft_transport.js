// Puts a draft to the server and reads what it says about it.

import { tabName } from "./tab.js";

// Browsers refuse more than this, in all, of requests that may outlive their page.
const KEEPALIVE_BYTES = 60_000;
const TIMEOUT_MS = 15_000;
const PROBE_MS = 5000;

/** @typedef {import("./drafts.js").Reply} Reply */

let outliving = 0;

/** Members are signed in, so that their pages have to prove that they are ours. @returns {Record<string, string>} */
function permission() {
  const value = globalThis.document?.querySelector?.("input[name=csrfmiddlewaretoken]")?.getAttribute("value");
  return value ? { "X-CSRFToken": value } : {};
}

/**
 * Sends, if it is small enough even though its page goes away meanwhile.
 * @param {string} url @param {string} method @param {object} data @returns {Promise<Response>}
 */
export async function send(url, method, data) {
  const body = JSON.stringify(data);
  const bytes = new Blob([body]).size;
  const keepalive = outliving + bytes < KEEPALIVE_BYTES;
  const weight = keepalive ? bytes : 0;
  outliving += weight;
  try {
    return await fetch(url, {
      method, body, keepalive,
      headers: { "Content-Type": "application/json", ...permission() },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } finally {
    outliving -= weight;
  }
}

/**
 * @param {string} url
 * @param {(clock: any) => void} onClock
 * @returns {(content: object, revision: number, growth?: object[]) => Promise<Reply>}
 */
export function sender(url, onClock) {
  return async (content, revision, growth) => {
    try {
      const response = await send(url, "PUT", { content, revision, tab: tabName(), growth });
      const data = await response.json();
      if (data.clock) onClock(data.clock);
      return reading(response.status, data);
    } catch {
      return { kind: "unreachable" };
    }
  };
}

/** Whether anything at all answers at this address. @param {string} url */
export async function reachable(url) {
  try {
    await fetch(url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

/** @param {number} status @param {any} data @returns {Reply} */
function reading(status, data) {
  const { revision, content, answered, said, sent_said: sentSaid, saved_at: savedAt } = data;
  if (status === 200 && Number.isInteger(revision)) return { kind: "saved", revision, savedAt, answered };
  if (status === 409) return { kind: "stale", revision, content, said, sentSaid, savedAt, answered };
  if (status === 410) return { kind: "closed", content: content ?? {}, savedAt: savedAt ?? null };
  if (status === 422) return { kind: "invalid", message: data.detail };
  if (status === 423) return { kind: "elsewhere" };
  // A fault of the server's, or somebody else who answers in its place.
  return { kind: "unreachable" };
}
