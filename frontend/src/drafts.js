// One answer's way to the server. What was typed is kept in this browser until the server has
// acknowledged it, is sent again with growing pauses, and never overwrites a newer answer.

import { equal } from "./contents.js";
import { Growth } from "./growth.js";
import { goesBeyond, grewFrom, heardNow } from "./heard.js";

/**
 * @typedef {import("./growth.js").Step} Step
 * @typedef {import("./heard.js").Heard} Heard
 * @typedef {{content: object, base: number, at: number, sent?: object[], steps?: Step[]}} Kept a draft,
 *   the revision it builds on, what may have arrived of it without our knowing, and how its code grew
 * @typedef {{revision: number, content: object}} Stored what the server has
 * @typedef {{read: () => Kept | null, write: (kept: Kept) => boolean, clear: (content: object) => void,
 *   heard: () => Heard | null, hear: (heard: Heard) => void}} Store
 * @typedef {{kind: "saved", revision: number, savedAt: string, answered: boolean}
 *   | {kind: "stale", revision: number, content: object, said: string, sentSaid: string, savedAt: string, answered: boolean}
 *   | {kind: "closed", content: object, savedAt: string | null} | {kind: "elsewhere"}
 *   | {kind: "invalid", message: string} | {kind: "unreachable"}} Reply
 * @typedef {{set: (run: () => void, ms: number) => any, clear: (timer: any) => void, now: () => number}} Clock
 * @typedef {"saved" | "unsaved" | "saving" | "offline" | "conflict" | "invalid" | "elsewhere" | "closed"} State
 */

export const DEBOUNCE_MS = 1500;
// Whoever types without a pause is saved all the same.
export const LONGEST_MS = 5000;
export const PAUSES_MS = [1000, 2000, 4000, 8000, 15000, 30000];

// Until a person decides, nothing is sent.
const HELD = ["conflict", "elsewhere", "closed"];

/** @param {any} content @returns {string} the code of an answer that is code */
const source = (content) => content.source ?? "";

export class Draft {
  /**
   * @param {object} options
   * @param {Stored} options.stored what the page was made from
   * @param {Store} options.store
   * @param {(content: object, revision: number, growth?: object[]) => Promise<Reply>} options.send
   * @param {Clock} options.clock
   * @param {(state: State, detail: any) => void} options.onState
   */
  constructor({ stored, store, send, clock, onState }) {
    this.revision = stored.revision;
    this.acknowledged = stored.content;
    this.content = stored.content;
    this.store = store;
    this.send = send;
    this.clock = clock;
    this.onState = onState;
    /** @type {object[]} sent, but the answer never came: each may have arrived all the same */
    this.unconfirmed = [];
    /** @type {object | null} */
    this.underWay = null;
    /** @type {object | null} sent beside it, by a page that was about to go away */
    this.left = null;
    /** @type {Stored | null} */
    this.conflict = null;
    // Whether this browser keeps what is typed; the page alone does where storage is full or forbidden.
    this.kept = true;
    this.growth = "source" in stored.content ? new Growth(source(stored.content)) : null;
    /** @type {number | null} */
    this.unsentSince = null;
    this.timer = null;
    this.failures = 0;
    /** @type {Promise<void> | null} */
    this.sending = null;
    /** @type {State} */
    this.state = "saved";
  }

  /** Takes up what an earlier page left behind; returns it, or null where this page is as new. */
  restore() {
    const newer = this.catchUp();
    const kept = this.store.read();
    if (kept && !equal(kept.content, newer?.content ?? this.acknowledged)) return this.takeUp(kept, newer);
    if (newer) this.begin();
    else if (kept) this.store.clear(kept.content);
    return newer?.content ?? null;
  }

  /**
   * A page that was made while a save was under way does not have it, nor has a server that was put
   * back to a copy: which of the two it is only the server can say, so it is sent once more.
   * @returns {Stored | null} what the page lacks
   */
  catchUp() {
    const page = { revision: this.revision, content: this.content };
    const heard = this.store.heard();
    if (!heard || !goesBeyond(heard, page)) {
      this.store.hear(heardNow(heard, page));
      return null;
    }
    this.content = heard.content;
    this.unconfirmed = [heard.content];
    // As it was saved then: a server that has it knows it again. Where somebody else saved what the
    // page has, on a base that no server takes.
    this.revision = grewFrom(heard, page) ? heard.revision - 1 : Math.max(0, page.revision - 1);
    return heard;
  }

  /** @param {Kept} kept @param {Stored | null} newer @returns {object} */
  takeUp(kept, newer) {
    this.content = kept.content;
    // Whatever the page has, it may not be what the server has.
    this.unconfirmed = [...(kept.sent ?? []), ...(newer ? [kept.content] : [])];
    if (newer && kept.base >= newer.revision) this.growth?.restart(source(newer.content));
    this.growth?.takeUp(kept.steps ?? []);
    // On its old base: if the answer moved on meanwhile, the server says so and a person decides.
    this.revision = kept.base;
    this.begin();
    return kept.content;
  }

  /** What an earlier page left goes out at once, and is kept until it is answered. */
  begin() {
    this.keep();
    this.become("unsaved");
    this.schedule(0);
  }

  /** @param {object} content */
  edit(content) {
    if (equal(content, this.content) && this.state !== "invalid") return;
    this.content = content;
    this.growth?.note(source(content), this.clock.now());
    this.keep();
    if (HELD.includes(this.state) || this.state === "offline") return;
    this.become("unsaved");
    this.scheduleSoon();
  }

  /** When the typing pauses, and before long even if it does not. */
  scheduleSoon() {
    const now = this.clock.now();
    this.unsentSince ??= now;
    this.schedule(Math.max(0, Math.min(DEBOUNCE_MS, this.unsentSince + LONGEST_MS - now)));
  }

  /** Sends at once what is not yet acknowledged; resolves when that is answered. */
  async flush() {
    // Whoever waited beside us may have begun the next one.
    while (this.sending) await this.sending;
    if (HELD.includes(this.state)) return;
    if (this.dirty) await this.push();
    else if (this.state !== "saved") this.rest();
  }

  /**
   * The page goes away. What is typed goes out at once, though a save may still be under way: on the
   * revision that this one will have made.
   */
  leave() {
    if (HELD.includes(this.state) || !this.dirty) return;
    if (!this.underWay) return void this.flush();
    if (equal(this.underWay, this.content)) return;
    const content = this.content;
    this.left = content;
    this.unconfirmed.push(content);
    this.keep();
    void this.send(content, this.revision + 1);
  }

  /** This tab saves again, after another one did. */
  resume() {
    if (this.state !== "elsewhere") return;
    this.become(this.dirty ? "unsaved" : "saved");
    this.schedule(0);
  }

  /** Another tab saves now: nothing goes out, and everything is kept. */
  yield() {
    if (HELD.includes(this.state)) return;
    this.stopTimer();
    this.become("elsewhere");
  }

  /** Whether the server may have something else than the page, for all we know. */
  get dirty() {
    return this.unconfirmed.length > 0 || !equal(this.content, this.acknowledged);
  }

  rest() {
    this.stopTimer();
    this.store.clear(this.content);
    this.become("saved");
  }

  /** The connection is back: no reason to wait for the next try. */
  wake() {
    if (this.state === "offline") this.schedule(0);
  }

  /** The candidate decides a conflict. @param {"mine" | "theirs"} choice */
  resolve(choice) {
    if (this.state !== "conflict" || !this.conflict) return;
    const { revision, content } = this.conflict;
    const mine = this.content;
    this.believe(revision, content);
    this.unconfirmed = [];
    this.conflict = null;
    if (choice === "theirs") {
      this.content = content;
      this.store.clear(mine);
      this.become("saved");
    } else {
      this.keep();
      this.become("unsaved");
      this.schedule(0);
    }
  }

  /** The server has this. @param {number} revision @param {object} content */
  believe(revision, content) {
    this.revision = revision;
    this.acknowledged = content;
    this.growth?.acknowledge(source(content));
    this.store.hear(heardNow(this.store.heard(), { revision, content }));
  }

  /** Another request stored this content as this revision. @param {Stored} stored */
  learn({ revision, content }) {
    if (revision <= this.revision) return;
    this.believe(revision, content);
    this.unconfirmed = [];
    if (!this.dirty) return this.rest();
    // It stored something else than the page has, be it older: what the page has goes on top.
    this.keep();
    if (HELD.includes(this.state) || this.state === "offline") return;
    this.become("unsaved");
    this.scheduleSoon();
  }

  keep() {
    const { content, revision: base, unconfirmed, underWay } = this;
    const sent = underWay ? [...unconfirmed, underWay] : unconfirmed;
    this.kept = this.store.write({ content, base, at: this.clock.now(), sent, steps: this.growth?.steps });
  }

  /** @param {number} ms */
  schedule(ms) {
    this.stopTimer();
    this.timer = this.clock.set(() => {
      this.timer = null;
      void this.flush();
    }, ms);
  }

  stopTimer() {
    if (this.timer !== null) this.clock.clear(this.timer);
    this.timer = null;
  }

  push() {
    this.stopTimer();
    this.sending = this.exchange().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async exchange() {
    const sent = this.content;
    if (this.state !== "offline") this.become("saving");
    // A page that goes away now never hears of it: its successor must know its own draft again.
    this.underWay = sent;
    this.unsentSince = null;
    const growth = this.growth?.upTo(source(sent), this.clock.now());
    this.keep();
    const reply = await this.send(sent, this.revision, growth);
    this.underWay = null;
    this.settle(reply, sent);
  }

  /** @param {Reply} reply @param {object} sent */
  settle(reply, sent) {
    if (reply.kind === "unreachable") {
      this.unconfirmed.push(sent);
      return this.retryLater();
    }
    this.failures = 0;
    if (reply.kind === "saved") return this.acknowledge(reply, sent);
    if (reply.kind === "stale") return this.meet(reply, sent);
    if (reply.kind === "closed") return this.end(reply);
    this.become(reply.kind, reply);
  }

  /**
   * The server has a newer revision: our own, whose acknowledgement got lost, or somebody else's.
   * @param {{revision: number, content: object, savedAt: string}} reply @param {object} sent
   */
  meet(reply, sent) {
    // What the page has itself needs no decision, nor what a Submit told of meanwhile.
    const learned = reply.revision === this.revision ? [this.acknowledged] : [];
    if ([sent, this.content, ...learned, ...this.unconfirmed].some((content) => equal(content, reply.content))) {
      return this.acknowledge(reply, reply.content);
    }
    if (reply.revision < this.revision && grewFrom(this.store.heard(), reply)) return this.goBack(reply);
    this.conflict = { revision: reply.revision, content: reply.content };
    this.become("conflict", reply);
  }

  /** The server was put back to what this tab built on: what came since goes on top. @param {Stored} stored */
  goBack({ revision, content }) {
    this.revision = revision;
    this.acknowledged = content;
    this.growth?.acknowledge(source(content));
    this.unconfirmed.push(this.content);
    this.begin();
  }

  /** No answers are taken any more: what is stored counts. @param {{content: object, savedAt: string | null}} reply */
  end({ content, savedAt }) {
    this.acknowledged = content;
    this.unconfirmed = [];
    if (!this.dirty) this.store.clear(content);
    this.become("closed", { missed: this.dirty, savedAt });
  }

  /** @param {{revision: number, savedAt: string}} reply @param {object} sent */
  acknowledge(reply, sent) {
    this.believe(reply.revision, sent);
    this.unconfirmed = this.left && !equal(this.left, sent) ? [this.left] : [];
    this.left = null;
    this.store.clear(sent);
    if (this.dirty) {
      // Typed while it was under way: that builds on the new revision.
      this.keep();
      this.become("unsaved");
      return this.scheduleSoon();
    }
    this.become("saved", reply);
  }

  retryLater() {
    const pause = PAUSES_MS[Math.min(this.failures, PAUSES_MS.length - 1)];
    this.failures += 1;
    this.become("offline", { pause });
    this.schedule(pause);
  }

  /** @param {State} state @param {any} [detail] */
  become(state, detail) {
    this.state = state;
    this.onState(state, detail);
  }
}
