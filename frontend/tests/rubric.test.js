import assert from "node:assert/strict";
import { test } from "node:test";

import { levelAfter, meantBy, shareOf } from "../src/rubric.js";

const key = (name, held = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...held });

test("a number key gives all of a point, then half, then none, then all again", () => {
  const met = [null];
  for (let press = 0; press < 4; press += 1) met.push(levelAfter(met.at(-1)));
  assert.deepEqual(met.slice(1), ["1", "0.5", "0", "1"]);
});

test("1 is the first point, 0 the tenth, and what is not there is none", () => {
  assert.equal(meantBy(key("1"), false, 3), 0);
  assert.equal(meantBy(key("3"), false, 3), 2);
  assert.equal(meantBy(key("4"), false, 3), null);
  assert.equal(meantBy(key("0"), false, 10), 9);
  assert.equal(meantBy(key("0"), false, 9), null);
});

test("letters lead on, and go into a comment where one is being typed", () => {
  assert.equal(meantBy(key("n"), false, 3), "next");
  assert.equal(meantBy(key("P"), false, 3), "previous");
  assert.equal(meantBy(key("s"), false, 3), "skip");
  assert.equal(meantBy(key("n"), true, 3), null);
  assert.equal(meantBy(key("1"), true, 3), null);
  assert.equal(meantBy(key("n", { ctrlKey: true }), false, 3), null);
});

test("Ctrl Enter hands in wherever one is, and Enter alone does not", () => {
  assert.equal(meantBy(key("Enter", { ctrlKey: true }), true, 3), "hand-in");
  assert.equal(meantBy(key("Enter", { metaKey: true }), false, 3), "hand-in");
  assert.equal(meantBy(key("Enter"), false, 3), null);
  assert.equal(meantBy({ ...key("1"), isComposing: true }, false, 3), null);
});

test("the share says what is still open and is never rounded up", () => {
  const points = (...levels) => levels.map((level, place) => ({ points: [2, 2, 1][place], level }));
  assert.equal(shareOf(points(null, null, null)), "No point given yet");
  assert.equal(shareOf(points("1", null, null)), "40 %, 2 to go");
  assert.equal(shareOf(points("1", "0.5", "0")), "60 %");
  assert.equal(shareOf(points("1", "1", "1")), "100 %");
  const thirds = [1, 1, 1].map((each, place) => ({ points: each, level: place < 2 ? "1" : "0" }));
  assert.equal(shareOf(thirds), "66.6 %");
});
