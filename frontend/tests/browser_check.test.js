import assert from "node:assert/strict";
import { test } from "node:test";
import {
  judgeClock, judgeConnection, judgeStorage, judgeWindow, median, span, worst,
} from "../src/browser_check.js";

for (const [numbers, middle] of [[[3], 3], [[9, 1, 5], 5], [[4, 1, 3, 100], 3.5], [[10, 9, 100], 10]]) {
  test(`the median of ${numbers} is ${middle}`, () => assert.equal(median(numbers), middle));
}

for (const [trips, state, why] of [
  [[20, 30, 25, 40, 22], "good", "all quick"],
  [[20, 30, 25, 5000, 22], "good", "one slow answer of five is no slow connection"],
  [[400, 500, 450, 380, 600], "fair", "half a second each"],
  [[20, null, 25, 40, 22], "fair", "one got lost"],
  [[20, null, null, null, null], "fair", "what answers is quick"],
  [[3000, null, null, null, 4000], "poor", "slow, and most got lost"],
  [[3000, 2500, 2600, 2700, 4000], "fair", "slow, but every save arrives"],
  [[null, null, null, null, null], "poor", "no answer at all"],
]) {
  test(`a connection is ${state}: ${why}`, () => assert.equal(judgeConnection(trips).state, state));
}

test("the time that is told is the median, in whole milliseconds and never 0", () => {
  assert.equal(judgeConnection([20.4, 900, 21.6, 22.2, 5]).values.ms, "22");
  assert.equal(judgeConnection([0.1, 0.2, 0.1]).values.ms, "1");
});

const NOON = Date.UTC(2026, 2, 1, 12);
for (const [device, state, told] of [
  [NOON + 500, "good", undefined],
  [NOON - 50_000, "good", undefined],
  [NOON + 5 * 60_000, "fair", { off: "5 min", way: "ahead" }],
  [NOON - 2 * 3_600_000, "fair", { off: "2 h", way: "behind" }],
]) {
  test(`a device's clock at ${new Date(device).toISOString()} beside noon is ${state}`, () => {
    const judged = judgeClock({ sent: device - 50, server: NOON, received: device + 50 });
    assert.equal(judged.state, state);
    assert.deepEqual(judged.values, told);
  });
}

test("an answer that took long blames no clock", () => {
  const judged = judgeClock({ sent: NOON, server: NOON + 119_000, received: NOON + 120_000 });
  assert.equal(judged.state, "good");
});

for (const [ms, text] of [[61_000, "1 min"], [20_000, "1 min"], [3_900_000, "1 h 5 min"], [9 * 86_400_000, "9 days"]]) {
  test(`${ms} ms are ${text}`, () => assert.equal(span(ms), text));
}

for (const [width, state] of [[1280, "good"], [1024, "good"], [390, "fair"], [320, "fair"], [240, "poor"]]) {
  test(`a window of ${width} pixels is ${state}`, () => assert.equal(judgeWindow(width).state, state));
}

test("storage that keeps is good, and nothing is left in it", () => {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  assert.equal(judgeStorage(storage).state, "good");
  assert.equal(kept.size, 0);
});

test("storage that is full, forbidden or forgetful is fair", () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError"); }, removeItem: () => {} };
  const forgetful = { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  for (const storage of [full, forgetful, null]) assert.equal(judgeStorage(storage).state, "fair");
});

test("the worst of several counts", () => {
  assert.equal(worst(["good", "fair", "good"]), "fair");
  assert.equal(worst(["fair", "poor", "good"]), "poor");
  assert.equal(worst([]), "good");
});
