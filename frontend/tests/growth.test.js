import assert from "node:assert/strict";
import { test } from "node:test";
import { difference, Growth, replay, STEP_MS } from "../src/growth.js";

/** Pseudo-random numbers, the same in every run. */
function numbers(seed) {
  return (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
}

// 🙂 and 🙃 share their first half, 🙂 and 𐀂 their second.
const LETTERS = ["a", "b", "\n", "é", "🙂", "🙃", "𝛿"];

function text(next) {
  return Array.from({ length: next(12) }, () => LETTERS[next(LETTERS.length)]).join("");
}

test("the difference of any two texts leads from one to the other, in whole characters", () => {
  const next = numbers(7);
  for (let i = 0; i < 3000; i += 1) {
    const [before, after] = [text(next), text(next)];
    const change = difference(before, after);
    if (before === after) assert.equal(change, null);
    else {
      assert.equal(replay(before, [{ at: 0, changes: [change] }]), after);
      assert.ok(change[2].isWellFormed());
    }
  }
});

test("places are counted in characters, not in their halves", () => {
  assert.deepEqual(difference("🙂🙂a", "🙂🙂b"), [2, 3, "b"]);
  assert.deepEqual(difference("🙂", "🙃"), [0, 1, "🙃"]);
});

test("steps are some seconds apart, and the last one leads to what is sent", () => {
  const growth = new Growth("");
  for (let i = 1; i <= 10; i += 1) growth.note("x".repeat(i), i * 1000);
  const steps = growth.upTo("x".repeat(11), 10_500);

  assert.deepEqual(steps.map((step) => step.age), [9.5, 6.5, 3.5, 0.5, 0]);
  assert.equal(replay("", growth.steps), "x".repeat(11));
  assert.ok(STEP_MS >= 2000);
});

test("what the server has is not told again, and what came meanwhile is", () => {
  const growth = new Growth("");
  growth.upTo("a", 0);
  growth.note("ab", 5000);
  growth.acknowledge("a");

  assert.deepEqual(growth.upTo("ab", 6000), [{ age: 1, changes: [[1, 1, "b"]] }]);
});

test("a save that arrived unnoticed is told from those that did not", () => {
  const growth = new Growth("");
  growth.upTo("a", 0);
  growth.upTo("ab", 5000);
  growth.upTo("abc", 9000);
  growth.acknowledge("ab");

  assert.equal(replay("ab", growth.steps), "abc");
});

test("after somebody else's save the steps begin anew", () => {
  const growth = new Growth("");
  growth.upTo("mine", 0);
  growth.acknowledge("theirs");

  assert.deepEqual(growth.upTo("mine", 1000), [{ age: 0, changes: [[0, 6, "mine"]] }].map((step) => ({
    ...step, changes: [difference("theirs", "mine")],
  })));
});

test("hours offline are told in a bounded number of steps", () => {
  const growth = new Growth("");
  for (let i = 1; i <= 2000; i += 1) growth.note("x".repeat(i), i * STEP_MS);

  assert.ok(growth.steps.length <= 400);
  growth.upTo("done", 10_000_000);
  assert.equal(replay("", growth.steps), "done");
});

test("an earlier page's steps go on where it stopped", () => {
  const growth = new Growth("a");
  growth.takeUp([{ at: 0, changes: [[1, 1, "b"]] }]);
  growth.upTo("abc", 8000);

  assert.equal(growth.steps.length, 2);
  assert.equal(replay("a", growth.steps), "abc");
});
