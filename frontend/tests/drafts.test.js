import assert from "node:assert/strict";
import { test } from "node:test";
import { DEBOUNCE_MS, LONGEST_MS, PAUSES_MS } from "../src/drafts.js";
import { code, FakeServer, randomFrom, settled, sitting } from "./sitting.js";

test("typing is saved once, shortly after it pauses", async () => {
  const { clock, server, draft, store } = sitting();
  for (const text of ["ab", "abc", "abcd"]) {
    draft.edit(code(text));
    await clock.pass(100);
  }
  assert.equal(server.calls.length, 0);
  await clock.pass(DEBOUNCE_MS);
  assert.deepEqual(server.calls, [{ content: code("abcd"), revision: 1 }]);
  assert.equal(draft.state, "saved");
  assert.equal(store.kept, null);
});

test("the pause before a save is at most two seconds", () => assert.ok(DEBOUNCE_MS <= 2000));

test("what is typed stays in this browser until the server has acknowledged it", async () => {
  const { clock, server, draft, store } = sitting();
  server.up = false;
  draft.edit(code("ab"));
  assert.deepEqual(store.kept.content, code("ab"));
  await clock.pass(60_000);
  assert.deepEqual(store.kept.content, code("ab"));
  server.up = true;
  await clock.pass(PAUSES_MS.at(-1));
  assert.equal(store.kept, null);
  assert.deepEqual(server.content, code("ab"));
});

test("a page that was made while a save was under way shows what was saved", async () => {
  const { clock, server, draft, store } = sitting();
  draft.edit(code("ab"));
  await draft.flush();
  const next = sitting({ store, server: new FakeServer(code("a"), 1) }).draft;
  next.send = server.save;
  assert.deepEqual(next.restore(), code("ab"));
  assert.deepEqual([next.state, next.dirty], ["unsaved", true]);
  await next.flush();
  assert.deepEqual([next.state, next.revision, server.revision, next.dirty], ["saved", 2, 2, false]);
  next.edit(code("abc"));
  await next.flush();
  await clock.pass(0);
  assert.deepEqual(server.content, code("abc"));
  assert.deepEqual(server.led, [true, true]);
});

test("a page that is newer than what this tab heard is believed", async () => {
  const { draft, store } = sitting();
  draft.edit(code("ab"));
  await draft.flush();
  const next = sitting({ store, server: new FakeServer(code("elsewhere"), 3) }).draft;
  assert.equal(next.restore(), null);
  assert.deepEqual(next.content, code("elsewhere"));
});

test("while offline it tries again with growing pauses, and at once when the connection is back", async () => {
  const { clock, server, draft, states } = sitting();
  server.up = false;
  draft.edit(code("ab"));
  await clock.pass(DEBOUNCE_MS + PAUSES_MS[0] + PAUSES_MS[1]);
  assert.equal(server.calls.length, 3);
  assert.equal(draft.state, "offline");
  draft.edit(code("abc"));
  assert.equal(draft.state, "offline");
  server.up = true;
  draft.wake();
  await clock.pass(0);
  assert.deepEqual(server.content, code("abc"));
  assert.equal(states.at(-1), "saved");
});

test("what is typed while a save is under way is saved after it", async () => {
  const { clock, server, draft } = sitting();
  draft.edit(code("ab"));
  const saving = draft.flush();
  draft.edit(code("abc"));
  await saving;
  assert.equal(draft.state, "unsaved");
  await clock.pass(DEBOUNCE_MS);
  assert.deepEqual(server.content, code("abc"));
  assert.equal(server.revision, 3);
});

test("a save whose acknowledgement got lost is no conflict", async () => {
  const { clock, server, draft, states } = sitting();
  server.deaf = true;
  draft.edit(code("ab"));
  await clock.pass(DEBOUNCE_MS);
  server.deaf = false;
  draft.edit(code("abc"));
  await clock.pass(60_000);
  assert.deepEqual(server.content, code("abc"));
  assert.equal(draft.state, "saved");
  assert.ok(!states.includes("conflict"));
});

test("after a crash the next page takes up what was not acknowledged", async () => {
  const before = sitting();
  before.server.up = false;
  before.draft.edit(code("typed before the crash"));
  before.server.up = true;
  const after = sitting({ server: before.server, store: before.store });
  assert.deepEqual(after.draft.restore(), code("typed before the crash"));
  await after.clock.pass(0);
  assert.deepEqual(before.server.content, code("typed before the crash"));
  assert.equal(after.store.kept, null);
});

test("a page that goes away during a save knows its own draft again", async () => {
  const before = sitting();
  before.draft.edit(code("first"));
  const saving = before.draft.flush();
  before.draft.edit(code("first and second"));
  await saving; // it arrived, and the page was gone before the answer came
  before.store.write({ content: code("first and second"), base: 1, at: 0, sent: [code("first")] });
  const after = sitting({ server: before.server, store: before.store });
  assert.deepEqual(after.draft.restore(), code("first and second"));
  await after.clock.pass(DEBOUNCE_MS);
  assert.equal(after.draft.state, "saved");
  assert.deepEqual(before.server.content, code("first and second"));
});

test("what is under way is kept beside what was typed since", async () => {
  const { server, draft, store } = sitting();
  server.up = false;
  draft.edit(code("first"));
  const saving = draft.flush();
  draft.edit(code("first and second"));
  assert.deepEqual(store.kept.sent, [code("first")]);
  assert.deepEqual(store.kept.content, code("first and second"));
  await saving;
  draft.edit(code("third"));
  assert.deepEqual(store.kept.sent, [code("first")]);
});

test("a leftover that the server has already is forgotten", () => {
  const { store } = sitting();
  store.write({ content: code("a"), base: 0, at: 0 });
  const { draft } = sitting({ store });
  assert.equal(draft.restore(), null);
  assert.equal(store.kept, null);
});

for (const choice of ["mine", "theirs"]) {
  test(`of two versions the candidate keeps ${choice}, and nothing is sent before the choice`, async () => {
    const { clock, server, draft, store } = sitting();
    Object.assign(server, { content: code("other tab"), revision: 2 });
    draft.edit(code("this tab"));
    await clock.pass(DEBOUNCE_MS);
    assert.equal(draft.state, "conflict");
    draft.edit(code("this tab, more"));
    await clock.pass(60_000);
    assert.deepEqual(server.content, code("other tab"));
    assert.deepEqual(store.kept.content, code("this tab, more"));

    draft.resolve(choice);
    await clock.pass(DEBOUNCE_MS);

    assert.deepEqual(server.content, code(choice === "mine" ? "this tab, more" : "other tab"));
    assert.deepEqual(draft.content, server.content);
    assert.equal(draft.state, "saved");
    assert.equal(store.kept, null);
  });
}

test("a revision that Submit made is built upon", async () => {
  const { clock, server, draft } = sitting();
  draft.edit(code("ab"));
  server.decide(code("ab"), 1);
  draft.learn({ revision: 2, content: code("ab") });
  assert.equal(draft.state, "saved");
  draft.edit(code("abc"));
  await clock.pass(DEBOUNCE_MS);
  assert.equal(server.revision, 3);
});

test("what a Submit took back is saved again by itself, however that came", async () => {
  const { clock, server, draft, store } = sitting();
  draft.edit(code("newer"));
  await clock.pass(DEBOUNCE_MS);
  server.decide(code("older"), 2);

  draft.learn({ revision: 3, content: code("older") });

  assert.equal(draft.state, "unsaved");
  assert.deepEqual(store.kept.content, code("newer"));
  await clock.pass(DEBOUNCE_MS);
  assert.deepEqual([server.content, server.revision], [code("newer"), 4]);
});

test("a save that a Submit has overtaken is no conflict with itself", async () => {
  const { clock, server, draft } = sitting();
  draft.edit(code("ab"));
  const saving = draft.flush();
  server.decide(code("abc"), 1);
  draft.edit(code("abc"));
  await saving;
  assert.notEqual(draft.state, "conflict");
  await clock.pass(DEBOUNCE_MS);
  assert.deepEqual([server.content, draft.state], [code("abc"), "saved"]);
});

test("a closed attempt takes nothing more and is not asked again", async () => {
  const { clock, server, draft } = sitting();
  server.closed = true;
  draft.edit(code("late"));
  await clock.pass(DEBOUNCE_MS);
  draft.edit(code("later"));
  await clock.pass(120_000);
  assert.equal(draft.state, "closed");
  assert.equal(server.calls.length, 1);
});

test("an edit that ends where it began sends nothing", async () => {
  const { clock, server, draft } = sitting();
  draft.edit(code("ab"));
  draft.edit(code("a"));
  await clock.pass(DEBOUNCE_MS);
  assert.equal(server.calls.length, 0);
  assert.equal(draft.state, "saved");
});

test("several reasons to save at once make one save", async () => {
  const { server, draft } = sitting();
  draft.edit(code("ab"));
  const first = draft.flush();
  draft.edit(code("abc"));
  await Promise.all([first, draft.flush(), draft.flush()]);
  assert.deepEqual(server.calls.map((call) => call.content), [code("ab"), code("abc")]);
});

test("whatever fails and whenever, the last typed text arrives", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomFrom(seed);
    const { clock, server, draft } = sitting();
    for (let step = 0; step < 40; step += 1) {
      draft.edit(code(`seed ${seed} step ${step}`));
      if (random() < 0.3) server.up = !server.up;
      if (random() < 0.3) server.deaf = !server.deaf;
      if (random() < 0.2) void draft.flush();
      await clock.pass(random() * 3000);
    }
    Object.assign(server, { up: true, deaf: false });
    await clock.pass(120_000);
    assert.deepEqual(server.content, code(`seed ${seed} step 39`), `seed ${seed}`);
    assert.equal(draft.state, "saved", `seed ${seed}`);
    assert.ok(server.led.every(Boolean), `seed ${seed}: how it grew leads elsewhere`);
  }
});

test("whoever types without a pause is saved every five seconds", async () => {
  const { clock, server, draft } = sitting();
  for (let letter = 1; letter <= 200; letter += 1) {
    draft.edit(code("x".repeat(letter)));
    await clock.pass(100);
  }
  assert.ok(server.calls.length >= 3, `${server.calls.length} saves in 20 s`);
  assert.ok(LONGEST_MS <= 5000);
});

test("a page that is left sends what was typed since the save that is under way, on top of it", async () => {
  const { server, draft } = sitting();
  draft.edit(code("ab"));
  const saving = draft.flush();
  draft.edit(code("abc"));
  draft.leave();
  await saving;
  await settled();
  assert.deepEqual(server.calls, [{ content: code("ab"), revision: 1 }, { content: code("abc"), revision: 2 }]);
  assert.deepEqual([server.content, server.revision], [code("abc"), 3]);
});

test("a page that is left and comes back is no conflict with itself", async () => {
  const { clock, server, draft, states } = sitting();
  draft.edit(code("ab"));
  void draft.flush();
  draft.edit(code("abc"));
  draft.leave();
  draft.edit(code("abcd"));
  await clock.pass(60_000);
  assert.deepEqual(server.content, code("abcd"));
  assert.ok(!states.includes("conflict"));
});

test("a page that is left with nothing new sends nothing", async () => {
  const { server, draft } = sitting();
  draft.edit(code("ab"));
  const saving = draft.flush();
  draft.leave();
  await saving;
  draft.leave();
  assert.equal(server.calls.length, 1);
});

test("while another tab saves nothing goes out and everything is kept, until this one takes over", async () => {
  const { clock, server, draft, store } = sitting();
  server.held = true;
  draft.edit(code("mine"));
  await clock.pass(DEBOUNCE_MS);
  assert.equal(draft.state, "elsewhere");
  draft.edit(code("mine, more"));
  draft.leave();
  await clock.pass(60_000);
  assert.equal(server.calls.length, 1);
  assert.deepEqual(store.kept.content, code("mine, more"));

  server.held = false;
  server.decide(code("theirs"), 1);
  draft.resume();
  await clock.pass(0);
  assert.equal(draft.state, "conflict");
  draft.resolve("mine");
  await clock.pass(0);
  assert.deepEqual(server.content, code("mine, more"));
});

test("a tab that is told of another one does not wait for a refusal", async () => {
  const { clock, server, draft, states } = sitting();
  draft.edit(code("ab"));
  draft.yield();
  await clock.pass(60_000);
  assert.equal(server.calls.length, 0);
  draft.resume();
  await clock.pass(0);
  assert.deepEqual(server.content, code("ab"));
  assert.equal(states.at(-1), "saved");
});

for (const [stored, missed] of [["in time", false], ["before", true]]) {
  test(`at the end it is known that what was typed ${missed ? "did not arrive" : "had arrived"}`, async () => {
    const { clock, server, draft, store } = sitting();
    const details = [];
    draft.onState = (_, detail) => details.push(detail);
    draft.edit(code("in time"));
    Object.assign(server, { closed: true, content: code(stored) });
    await clock.pass(DEBOUNCE_MS);
    assert.equal(draft.state, "closed");
    assert.equal(details.at(-1).missed, missed);
    assert.equal(store.kept !== null, missed);
  });
}

test("a browser that keeps nothing is known, for then the page must stay open", () => {
  const { draft, store } = sitting();
  draft.edit(code("ab"));
  assert.ok(draft.kept);
  store.full = true;
  draft.edit(code("abc"));
  assert.ok(!draft.kept);
});
