// Puts a draft to the server and reads what it says about it.

// Browsers refuse larger bodies for requests that may outlive their page.
const KEEPALIVE_BYTES = 60_000;
const TIMEOUT_MS = 15_000;
const PROBE_MS = 5000;

/** @typedef {import("./drafts.js").Reply} Reply */

/**
 * @param {string} url
 * @param {(clock: {now: string, deadline: string}) => void} onClock
 * @returns {(content: object, revision: number) => Promise<Reply>}
 */
export function sender(url, onClock) {
  return async (content, revision) => {
    const body = JSON.stringify({ content, revision });
    try {
      const response = await fetch(url, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body,
        keepalive: body.length < KEEPALIVE_BYTES,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const reply = reading(response.status, await response.json());
      if (reply.clock) onClock(reply.clock);
      return reply.reply;
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

/** @param {number} status @param {any} data @returns {{reply: Reply, clock?: any}} */
function reading(status, data) {
  if (status === 200) return { reply: { kind: "saved", revision: data.revision, savedAt: data.saved_at, answered: data.answered }, clock: data.clock };
  if (status === 409) {
    return { reply: { kind: "stale", revision: data.revision, content: data.content, said: data.said, savedAt: data.saved_at, answered: data.answered }, clock: data.clock };
  }
  if (status === 410) return { reply: { kind: "closed" } };
  if (status === 422) return { reply: { kind: "invalid", message: data.detail } };
  return { reply: { kind: "unreachable" } };
}
