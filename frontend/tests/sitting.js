// A draft with a clock, a server and a storage that a test can stop, lose and put back.

import { equal } from "../src/contents.js";
import { Draft } from "../src/drafts.js";
import { replay } from "../src/growth.js";

/** Timers that fire when a test lets time pass. */
export class FakeClock {
  time = 0;
  timers = new Map();
  next = 1;
  now = () => this.time;
  set = (run, ms) => {
    this.timers.set(this.next, { run, at: this.time + ms });
    return this.next++;
  };
  clear = (id) => this.timers.delete(id);

  async pass(ms) {
    const end = this.time + ms;
    await settled();
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = due[1].at;
      due[1].run();
      await settled();
    }
    this.time = end;
  }
}

export const settled = () => new Promise((resolve) => setImmediate(resolve));

/** The server's rules: the next revision or a conflict; the same save twice changes nothing. */
export class FakeServer {
  constructor(content, revision) {
    Object.assign(this, { content, revision, up: true, deaf: false, closed: false, held: false, calls: [] });
    this.led = [];
  }

  save = async (content, revision, growth) => {
    this.calls.push({ content, revision });
    await Promise.resolve();
    if (!this.up) return { kind: "unreachable" };
    if (this.closed) return { kind: "closed", content: this.content, savedAt: "12:00" };
    if (this.held) return { kind: "elsewhere" };
    const before = this.content;
    const reply = this.decide(content, revision);
    if (this.content !== before) this.led.push(replay(before.source ?? "", growth ?? []) === content.source);
    return this.deaf ? { kind: "unreachable" } : reply;
  };

  /** A copy of what is stored now, to be put back later. */
  copy() {
    const { content, revision } = this;
    return () => Object.assign(this, { content, revision });
  }

  decide(content, revision) {
    const again = revision + 1 === this.revision && equal(content, this.content);
    if (!again && revision !== this.revision) {
      return { kind: "stale", revision: this.revision, content: this.content, savedAt: "" };
    }
    if (!again) Object.assign(this, { content, revision: revision + 1 });
    return { kind: "saved", revision: this.revision, savedAt: "" };
  }
}

export class FakeStore {
  kept = null;
  last = null;
  heard = () => this.last;
  hear = (stored) => (this.last = structuredClone(stored));
  read = () => this.kept;
  full = false;
  write = (kept) => {
    if (!this.full) this.kept = structuredClone(kept);
    return !this.full;
  };
  clear = (content) => {
    if (this.kept && equal(this.kept.content, content)) this.kept = null;
  };
}

export const code = (source) => ({ source });

export function sitting({ content = code("a"), revision = 1, store = new FakeStore(), server } = {}) {
  const clock = new FakeClock();
  const states = [];
  server ??= new FakeServer(content, revision);
  const draft = new Draft({
    stored: { revision: server.revision, content: server.content },
    store, clock, send: server.save, onState: (state) => states.push(state),
  });
  return { clock, server, store, draft, states };
}

/** A linear congruential generator: the same numbers on every run. */
export function randomFrom(seed) {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}
