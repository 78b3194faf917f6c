// Drafts in local storage, one entry a tab: two tabs must not overwrite each other's.

import { equal } from "./contents.js";
import { tabName } from "./tab.js";

const PREFIX = "minima.draft.";
// What the server last acknowledged to this tab: a page that was made before is older than that.
const HEARD = "minima.heard.";

/** @returns {{key: string, kept: any}[]} the entries under `prefix`, newest first */
function entries(/** @type {string} */ prefix) {
  const found = [];
  for (let i = 0; i < localStorage.length; i += 1) {
    const key = /** @type {string} */ (localStorage.key(i));
    if (!key.startsWith(prefix)) continue;
    try {
      found.push({ key, kept: JSON.parse(localStorage.getItem(key) ?? "null") });
    } catch {
      localStorage.removeItem(key);
    }
  }
  return found.filter(({ kept }) => kept).sort((a, b) => b.kept.at - a.kept.at);
}

/** Storage may be full or forbidden: then the draft lives in the page alone. */
function attempted(/** @type {() => any} */ run) {
  try {
    return run();
  } catch {
    return null;
  }
}

/**
 * @param {string} attempt @param {string} url where its drafts are saved
 * @param {() => object} [about] what else to keep of it, for people to read
 */
export function draftStore(attempt, url, about = () => ({})) {
  const prefix = `${PREFIX}${attempt}.${url}.`;
  return {
    /** This tab's entry, or else the newest that another left behind. */
    read: () =>
      attempted(() => {
        const found = entries(prefix);
        const own = found.find(({ key }) => key === prefix + tabName());
        return (own ?? found[0])?.kept ?? null;
      }),
    /** Whether it is kept. @param {any} kept @returns {boolean} */
    write: (kept) =>
      attempted(() => {
        localStorage.setItem(prefix + tabName(), JSON.stringify({ ...kept, ...about() }));
        return true;
      }) === true,
    /** Forgets every entry that holds this very content. @param {object} content */
    clear: (content) =>
      attempted(() => {
        for (const { key, kept } of entries(prefix)) {
          if (equal(kept.content, content)) localStorage.removeItem(key);
        }
      }),
    /** What the server has, as this tab last heard. @returns {import("./heard.js").Heard | null} */
    heard: () => attempted(() => JSON.parse(sessionStorage.getItem(HEARD + attempt + url) ?? "null")),
    /** @param {import("./heard.js").Heard} heard */
    hear: (heard) => attempted(() => sessionStorage.setItem(HEARD + attempt + url, JSON.stringify(heard))),
  };
}

/** Drafts of this attempt's other questions that were never acknowledged. @param {string} attempt @param {string | null} exceptUrl */
export function leftovers(attempt, exceptUrl) {
  const prefix = `${PREFIX}${attempt}.`;
  const found = attempted(() => entries(prefix)) ?? [];
  return found
    .map((/** @type {any} */ { key, kept }) => ({ url: key.slice(prefix.length, key.lastIndexOf(".")), kept }))
    .filter((/** @type {any} */ { url }) => url !== exceptUrl);
}

/** Nothing of a closed attempt stays in this browser. @param {string} attempt */
export function forget(attempt) {
  attempted(() => {
    for (const { key } of entries(`${PREFIX}${attempt}.`)) localStorage.removeItem(key);
    const heard = Object.keys(sessionStorage).filter((key) => key.startsWith(HEARD + attempt));
    for (const key of heard) sessionStorage.removeItem(key);
  });
}
