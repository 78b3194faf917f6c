// One tab goes on with a sitting at a time. Another one asks first; the one that was left says so.

import { send } from "./draft_transport.js";
import { rename, tabName } from "./tab.js";

const ANSWER_MS = 250;
const MOST_NAMES = 30;

/** The tabs of this browser that had this sitting. @param {string} key @returns {string[]} */
function known(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]");
  } catch {
    return [];
  }
}

/** @param {string} key @param {string} name */
function remember(key, name) {
  try {
    const names = [name, ...known(key).filter((each) => each !== name)];
    localStorage.setItem(key, JSON.stringify(names.slice(0, MOST_NAMES)));
  } catch {
    // Then a tab that was closed is asked about like one that is open.
  }
}

export class Tabs {
  /**
   * @param {object} options
   * @param {string} options.attempt
   * @param {string} options.url where a tab claims the attempt
   * @param {string} options.holder the tab that saved when the page was made
   * @param {() => void} options.onLost
   * @param {() => void} options.onClosed
   */
  constructor({ attempt, url, holder, onLost, onClosed }) {
    this.key = `minima.tabs.${attempt}`;
    this.url = url;
    this.holder = holder;
    this.onLost = onLost;
    this.onClosed = onClosed;
    this.page = Math.random();
    /** @type {Set<string>} the names of other pages that are open here */
    this.others = new Set();
    this.channel = new BroadcastChannel(`minima.sitting.${attempt}`);
    this.channel.addEventListener("message", ({ data }) => this.hear(data));
    addEventListener("pagehide", () => this.channel.close());
  }

  /** @param {{kind: string, from: number, to?: number, name: string}} word */
  hear({ kind, from, to, name }) {
    if (kind === "asks") this.channel.postMessage({ kind: "here", from: this.page, to: from, name: tabName() });
    if (kind === "here" && to === this.page) this.others.add(name);
    if (kind === "takes" && name !== tabName()) this.onLost();
  }

  /**
   * On a new page: goes on where this tab was. A tab that was closed in this browser is gone on with,
   * too; any other is asked about.
   * @returns {Promise<boolean>} whether this tab saves
   */
  async begin() {
    this.channel.postMessage({ kind: "asks", from: this.page, name: tabName() });
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    if (this.others.has(tabName())) rename();
    if (this.holder === "") return this.claim();
    if (this.holder !== tabName()) return this.closed(this.holder) && this.take(true);
    remember(this.key, tabName());
    return true;
  }

  /** @returns {Promise<boolean>} false where another tab was faster */
  async claim() {
    const status = await this.post({});
    if (status === 200) remember(this.key, tabName());
    return status !== 423;
  }

  /** Whether it was open in this browser once, and no longer is. @param {string} name */
  closed(name) {
    return known(this.key).includes(name) && !this.others.has(name);
  }

  /** @param {boolean} [sameBrowser] @returns {Promise<boolean>} whether this tab saves from now on */
  async take(sameBrowser = false) {
    const status = await this.post({ take: true, same_browser: sameBrowser });
    if (status === 410) this.onClosed();
    if (status !== 200) return false;
    remember(this.key, tabName());
    this.channel.postMessage({ kind: "takes", from: this.page, name: tabName() });
    return true;
  }

  /** The server named the tab that saves; an answer may be older than what we did since. @param {string} holder */
  async learn(holder) {
    if (!holder || holder === tabName()) return;
    if ((await this.post({})) === 423) this.onLost();
  }

  /** @param {object} wish @returns {Promise<number>} the status, 0 where nobody answers */
  async post(wish) {
    try {
      return (await send(this.url, "POST", { tab: tabName(), ...wish })).status;
    } catch {
      return 0;
    }
  }
}
