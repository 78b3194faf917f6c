// Pages and servers that lack what this tab was told: it is sent once more, and never said to be saved before.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DEBOUNCE_MS } from "../src/drafts.js";
import { code, FakeServer, randomFrom, sitting } from "./sitting.js";

/** A sitting in which these were saved one after the other; `copies[i]` puts the server back to the i-th. */
async function saved(...texts) {
  const before = sitting();
  before.draft.restore();
  const copies = [before.server.copy()];
  for (const text of texts) {
    before.draft.edit(code(text));
    await before.draft.flush();
    copies.push(before.server.copy());
  }
  return { ...before, copies };
}

/** The next page of the same tab, made from what the server has, or from what it had. */
function nextPage({ server, store }, { made = server } = {}) {
  const page = sitting({ server: new FakeServer(made.content, made.revision), store });
  page.draft.send = server.save;
  return { ...page, server };
}

for (const [lost, count] of [["the last save", 1], ["some saves", 2], ["all that was ever saved", 3]]) {
  test(`a server that was put back and lost ${lost} gets it once more, and nobody is asked`, async () => {
    const before = await saved("ab", "abc", "abcd");
    before.copies[3 - count]();
    const { server, draft, states, clock, store } = nextPage(before);

    assert.deepEqual(draft.restore(), code("abcd"));
    assert.deepEqual([draft.state, draft.dirty], ["unsaved", true]);
    assert.deepEqual(store.kept.content, code("abcd"));
    await clock.pass(0);
    await clock.pass(0);

    assert.deepEqual([server.content, server.revision], [code("abcd"), 4 - count + 1]);
    assert.deepEqual([draft.state, draft.dirty, store.kept], ["saved", false, null]);
    assert.ok(!states.includes("conflict"));
    assert.ok(server.led.every(Boolean));
  });
}

test("an empty server is put on top of too", async () => {
  const before = await saved("ab", "abc");
  Object.assign(before.server, { content: {}, revision: 0 });
  const { server, draft, clock } = nextPage(before, { made: { content: code("a"), revision: 0 } });
  assert.deepEqual(draft.restore(), code("abc"));
  await clock.pass(1);
  assert.deepEqual([server.content, server.revision, draft.state], [code("abc"), 1, "saved"]);
});

test("a page of before two saves makes no revision of its own", async () => {
  const before = await saved("ab", "abc");
  const { server, draft, clock } = nextPage(before, { made: { content: code("a"), revision: 1 } });
  assert.deepEqual(draft.restore(), code("abc"));
  await clock.pass(0);
  assert.deepEqual([server.content, server.revision, draft.state, draft.revision], [code("abc"), 3, "saved", 3]);
});

test("an open page goes on over a server that was put back", async () => {
  const { server, draft, states, clock, copies } = await saved("ab", "abc");
  copies[0]();
  draft.edit(code("abcd"));
  await clock.pass(DEBOUNCE_MS + 1);
  assert.deepEqual([server.content, server.revision, draft.state], [code("abcd"), 2, "saved"]);
  assert.ok(!states.includes("conflict"));
});

for (const [where, texts, back] of [
  ["at an older revision", ["ab", "abc", "abcd"], 0],
  ["at the revision before", ["ab", "abc", "abcd"], 1],
  ["at this very revision", ["ab", "abc", "abcd"], 2],
]) {
  for (const choice of ["mine", "theirs"]) {
    test(`what somebody else saved since, ${where}, is asked about: ${choice}`, async () => {
      const before = await saved(...texts);
      before.copies[back]();
      before.server.decide(code("other"), before.server.revision);
      const { server, draft, clock } = nextPage(before);

      assert.deepEqual(draft.restore(), code("abcd"));
      await clock.pass(DEBOUNCE_MS);
      assert.equal(draft.state, "conflict");
      assert.deepEqual(server.content, code("other"));
      draft.resolve(choice);
      await clock.pass(DEBOUNCE_MS);

      const chosen = code(choice === "mine" ? "abcd" : "other");
      assert.deepEqual([server.content, draft.content, draft.state], [chosen, chosen, "saved"]);
      const after = nextPage({ ...before, server });
      assert.equal(after.draft.restore(), null);
    });
  }
}

for (const [how, text] of [["newer than all", "abcd"], ["what the page has again", "a"]]) {
  for (const put of ["a page of before", "a server that was put back"]) {
    test(`what was typed after a save, ${how}, is kept over ${put}`, async () => {
      const before = await saved("ab", "abc");
      before.draft.edit(code(text));
      if (put === "a server that was put back") before.copies[0]();
      const page = nextPage(before, { made: { content: code("a"), revision: 1 } });

      assert.deepEqual(page.draft.restore(), code(text));
      assert.equal(page.draft.state, "unsaved");
      await page.clock.pass(1);

      assert.deepEqual([before.server.content, page.draft.state], [code(text), "saved"]);
      assert.ok(!page.states.includes("conflict"));
    });
  }
}

test("what another tab left on an older base still asks", async () => {
  const before = await saved("ab", "abc");
  before.store.write({ content: code("left behind"), base: 1, at: 0 });
  const page = nextPage(before, { made: { content: code("a"), revision: 1 } });
  page.draft.restore();
  await page.clock.pass(DEBOUNCE_MS);
  assert.equal(page.draft.state, "conflict");
  assert.deepEqual(before.server.content, code("abc"));
});

test("what somebody else saved is never taken for an older state of one's own", async () => {
  const before = await saved("ab");
  before.store.write({ content: code("left behind"), base: 2, at: 0 });
  before.server.decide(code("other"), 2);
  const page = nextPage(before);
  page.draft.restore();
  await page.clock.pass(DEBOUNCE_MS);
  assert.equal(page.draft.state, "conflict");
});

test("a page is as new as this tab where a database changed the order of names", async () => {
  const { store } = sitting();
  store.hear({ revision: 2, content: { source: "x", inputs: { a: "1", b: "2" } } });
  const page = sitting({ store, content: { inputs: { b: "2", a: "1" }, source: "x" }, revision: 2 });
  assert.equal(page.draft.restore(), null);
  assert.equal(page.draft.state, "saved");
});

test("whatever is put back and whenever, “saved” is the truth and the last typed text arrives", async () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomFrom(seed);
    let page = sitting();
    page.draft.restore();
    const { server } = page;
    let copy = server.copy();
    let made = { ...server };
    for (let step = 0; step < 40; step += 1) {
      if (random() < 0.15) copy = server.copy();
      if (random() < 0.1) made = { content: server.content, revision: server.revision };
      const back = random() < 0.1;
      if (back) {
        copy();
        made = { content: server.content, revision: server.revision };
      }
      if (back || random() < 0.1) {
        page.draft.leave();
        await page.clock.pass(0);
        page.clock.timers.clear();
        page = nextPage(page, { made });
        page.draft.restore();
        assert.notEqual(page.draft.state, page.draft.dirty ? "saved" : "unsaved", `seed ${seed} step ${step}`);
      }
      page.draft.edit(code(`seed ${seed} step ${step}`));
      await page.clock.pass(random() * 3000);
      const { state, content } = page.draft;
      assert.notEqual(state, "conflict", `seed ${seed} step ${step}`);
      if (state === "saved") assert.deepEqual(server.content, content, `seed ${seed} step ${step}`);
    }
    await page.clock.pass(10_000);
    assert.deepEqual([server.content, page.draft.state], [code(`seed ${seed} step 39`), "saved"], `seed ${seed}`);
  }
});
