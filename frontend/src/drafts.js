// One answer's way to the server. What was typed is kept in this browser until the server has
// acknowledged it, is sent again with growing pauses, and never overwrites a newer answer.

/**
 * @typedef {{content: object, base: number, at: number, sent?: object[]}} Kept a draft, the revision it
 *   builds on, and what may have arrived of it without our knowing
 * @typedef {{revision: number, content: object}} Stored what the server has
 * @typedef {{read: () => Kept | null, write: (kept: Kept) => void, clear: (content: object) => void}} Store
 * @typedef {{kind: "saved", revision: number, savedAt: string, answered: boolean}
 *   | {kind: "stale", revision: number, content: object, said: string, savedAt: string, answered: boolean}
 *   | {kind: "closed"} | {kind: "invalid", message: string} | {kind: "unreachable"}} Reply
 * @typedef {{set: (run: () => void, ms: number) => any, clear: (timer: any) => void, now: () => number}} Clock
 * @typedef {"saved" | "unsaved" | "saving" | "offline" | "conflict" | "invalid" | "closed"} State
 */

export const DEBOUNCE_MS = 1500;
export const PAUSES_MS = [1000, 2000, 4000, 8000, 15000, 30000];

/** @param {object} one @param {object} other */
export function equal(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

export class Draft {
  /**
   * @param {object} options
   * @param {Stored} options.stored what the page was made from
   * @param {Store} options.store
   * @param {(content: object, revision: number) => Promise<Reply>} options.send
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
    /** @type {Stored | null} */
    this.conflict = null;
    this.timer = null;
    this.failures = 0;
    /** @type {Promise<void> | null} */
    this.sending = null;
    /** @type {State} */
    this.state = "saved";
  }

  /** Takes up what an earlier page left behind; returns it, or null. */
  restore() {
    const kept = this.store.read();
    if (!kept) return null;
    if (equal(kept.content, this.acknowledged)) {
      this.store.clear(kept.content);
      return null;
    }
    this.content = kept.content;
    this.unconfirmed = kept.sent ?? [];
    // On its old base: if the answer moved on meanwhile, the server says so and a person decides.
    this.revision = kept.base;
    this.become("unsaved");
    this.schedule(0);
    return kept.content;
  }

  /** @param {object} content */
  edit(content) {
    if (equal(content, this.content) && this.state !== "invalid") return;
    this.content = content;
    this.keep();
    if (this.state === "conflict" || this.state === "closed") return;
    if (this.state !== "offline") this.become("unsaved");
    if (this.state !== "offline") this.schedule(DEBOUNCE_MS);
  }

  /** Sends at once what is not yet acknowledged; resolves when that is answered. */
  async flush() {
    // Whoever waited beside us may have begun the next one.
    while (this.sending) await this.sending;
    if (this.state === "conflict" || this.state === "closed") return;
    if (this.dirty) await this.push();
    else if (this.state !== "saved") this.rest();
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
    this.revision = revision;
    this.acknowledged = content;
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

  /** Another request stored this content as this revision. @param {Stored} stored */
  learn({ revision, content }) {
    if (revision <= this.revision) return;
    this.revision = revision;
    this.acknowledged = content;
    this.unconfirmed = [];
    if (this.dirty) this.keep();
    else this.rest();
  }

  keep() {
    const { content, revision: base, unconfirmed, underWay } = this;
    const sent = underWay ? [...unconfirmed, underWay] : unconfirmed;
    this.store.write({ content, base, at: this.clock.now(), sent });
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
    this.keep();
    const reply = await this.send(sent, this.revision);
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
    this.become(reply.kind, reply);
  }

  /**
   * The server has a newer revision: our own, whose acknowledgement got lost, or somebody else's.
   * @param {{revision: number, content: object, savedAt: string}} reply @param {object} sent
   */
  meet(reply, sent) {
    if ([sent, ...this.unconfirmed].some((content) => equal(content, reply.content))) {
      return this.acknowledge(reply, reply.content);
    }
    this.conflict = { revision: reply.revision, content: reply.content };
    this.become("conflict", reply);
  }

  /** @param {{revision: number, savedAt: string}} reply @param {object} sent */
  acknowledge(reply, sent) {
    this.revision = reply.revision;
    this.acknowledged = sent;
    this.unconfirmed = [];
    this.store.clear(sent);
    if (this.dirty) {
      // Typed while it was under way: that builds on the new revision.
      this.keep();
      this.become("unsaved");
      return this.schedule(DEBOUNCE_MS);
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
