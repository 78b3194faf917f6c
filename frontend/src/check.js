// Checks browser and connection: each line on its page, or in short on the invitation page.

import {
  judgeClock, judgeConnection, judgeStorage, judgeWindow, ROUND_TRIPS, worst,
} from "./browser_check.js";
import { language } from "./words.js";

const TRIP_TIMEOUT_MS = 8000;
const SANDBOX_PATIENCE_MS = 30_000;
const EDITOR_PATIENCE_MS = 5000;
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** @typedef {import("./browser_check.js").Judgement} Judgement */
/** @typedef {import("./browser_check.js").State} State */

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Shows the sentence for a state and hides the others; the sentences stand in the page. */
function show(/** @type {HTMLElement} */ place, /** @type {string} */ state, /** @type {Record<string, string>} */ values = {}) {
  place.dataset.state = state;
  for (const sentence of place.querySelectorAll("[data-says]")) {
    sentence.toggleAttribute("hidden", sentence.getAttribute("data-says") !== state);
  }
  for (const slot of place.querySelectorAll("[data-value]")) {
    slot.textContent = values[slot.getAttribute("data-value") ?? ""] ?? slot.textContent;
  }
  for (const slot of place.querySelectorAll("[data-when]")) {
    slot.toggleAttribute("hidden", !Object.values(values).includes(slot.getAttribute("data-when") ?? ""));
  }
}

/** @returns {Storage | null} where it is forbidden, even to look is an error */
function storage() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** One save and its answer. @param {string} url */
async function trip(url) {
  const text = Math.random().toString(36).slice(2);
  const sent = Date.now();
  const began = performance.now();
  try {
    const response = await fetch(url, {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text }),
      signal: AbortSignal.timeout(TRIP_TIMEOUT_MS),
    });
    const reply = await response.json();
    if (reply.text !== text) return null;
    return { ms: performance.now() - began, sent, server: Date.parse(reply.now), received: Date.now() };
  } catch {
    return null;
  }
}

/** Saves several times in a row. @param {string} url @returns {Promise<{connection: Judgement, clock: Judgement | null}>} */
async function travel(url) {
  const trips = [];
  for (let i = 0; i < ROUND_TRIPS; i += 1) trips.push(await trip(url));
  const answered = trips.filter((each) => each !== null);
  // The quickest answer says most about the clock.
  const [quickest] = answered.toSorted((one, other) => one.ms - other.ms);
  return {
    connection: judgeConnection(trips.map((each) => each?.ms ?? null)),
    clock: quickest ? judgeClock(quickest) : null,
  };
}

/** @returns {Promise<Judgement>} whether the code editor took the place of the text area */
async function editor() {
  for (let waited = 0; waited < EDITOR_PATIENCE_MS; waited += 100) {
    if (document.querySelector(".cm-content")) return { state: "good" };
    await pause(100);
  }
  return { state: "fair" };
}

/** Has a line of code run. @param {string} url @returns {Promise<{state: string, values?: Record<string, string>}>} */
async function sandbox(url) {
  const began = performance.now();
  try {
    const asked = await fetch(url, { method: "POST" });
    if (asked.status === 429) return { state: "often" };
    if (!asked.ok) return { state: "poor" };
    const place = (await asked.json()).url;
    while (performance.now() - began < SANDBOX_PATIENCE_MS) {
      const answer = await (await fetch(place)).json();
      const seconds = new Intl.NumberFormat(language(), ONE_DIGIT).format((performance.now() - began) / 1000);
      if (answer.graded) return { state: "good", values: { seconds } };
      await pause(500);
    }
    return { state: "fair" };
  } catch {
    return { state: "poor" };
  }
}

class CheckPage {
  /** @param {HTMLElement} page */
  constructor(page) {
    this.page = page;
    this.verdict = /** @type {HTMLElement} */ (page.querySelector("[data-verdict]"));
    this.again = /** @type {HTMLButtonElement} */ (page.querySelector("[data-again]"));
    this.again.hidden = false;
    this.again.addEventListener("click", () => void this.run());
    const announce = page.querySelector("[data-announce]");
    announce?.removeAttribute("hidden");
    announce?.addEventListener("click", () => void this.announce());
  }

  async run() {
    this.again.disabled = true;
    for (const line of this.page.querySelectorAll("[data-check]")) show(/** @type {HTMLElement} */ (line), "waiting");
    show(this.verdict, "waiting");
    const states = await Promise.all([
      this.say("scripts", { state: "good" }),
      this.say("storage", judgeStorage(storage())),
      this.say("window", judgeWindow(innerWidth)),
      this.say("editor", editor()),
      this.connection(),
      this.sandbox(),
    ]);
    show(this.verdict, worst(/** @type {State[]} */ (states)));
    this.again.disabled = false;
  }

  /** @param {string} name @param {Judgement | Promise<Judgement>} judging @returns {Promise<string>} */
  async say(name, judging) {
    const { state, values } = await judging;
    const line = this.page.querySelector(`[data-check="${name}"]`);
    if (line instanceof HTMLElement) show(line, state, values);
    return state;
  }

  async connection() {
    const { connection, clock } = await travel(this.page.dataset.echo ?? "");
    // Without an answer nobody knows the server's clock.
    if (clock) await this.say("clock", clock);
    return this.say("connection", connection);
  }

  async sandbox() {
    const url = this.page.dataset.run;
    if (!url) return "good";
    const { state, values } = await sandbox(url);
    await this.say("sandbox", /** @type {any} */ ({ state, values }));
    return state === "often" ? "good" : state;
  }

  /** As results are announced in a sitting: a sentence that appears in a live region. */
  async announce() {
    const region = /** @type {HTMLElement} */ (this.page.querySelector("[data-announced]"));
    region.textContent = "";
    await pause(200);
    region.textContent = region.dataset.announced ?? "";
  }
}

/** The line on the invitation page: what nobody sees by looking. */
async function summarise(/** @type {HTMLElement} */ place) {
  show(place, "waiting");
  const { connection } = await travel(place.dataset.echo ?? "");
  const states = [connection.state, judgeStorage(storage()).state];
  show(place, worst(states), connection.values);
}

const page = document.querySelector("[data-check-page]");
if (page instanceof HTMLElement) void new CheckPage(page).run();
const summary = document.querySelector("[data-check-summary]");
if (summary instanceof HTMLElement) void summarise(summary);
