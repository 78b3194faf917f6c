import assert from "node:assert/strict";
import { test } from "node:test";
import { Film, applied, span, visible } from "../src/film.js";

const film = (steps, starter = "", marks = []) => new Film({ starter, steps, marks, whole: true });
const typed = (count) => film(Array.from({ length: count }, (_, i) => [i * 3, [[i, i, String(i % 10)]]]));

test("places count characters, also beyond the first plane", () => {
  assert.equal(applied("𝛿🙂b", [[1, 2, "é"]]), "𝛿éb");
});

test("several changes go from the last place to the first", () => {
  assert.equal(applied("one two", [[4, 7, "2"], [0, 3, "1"]]), "1 2");
});

test("any step is the same, forwards, backwards and at random", () => {
  const long = typed(300);
  const whole = Array.from({ length: 300 }, (_, i) => String(i % 10)).join("");
  for (const step of [300, 0, 64, 65, 63, 299, 128, 1, 300]) assert.equal(long.text(step), whole.slice(0, step));
});

test("a moment shows the last step that was taken by then", () => {
  const three = typed(3);
  assert.deepEqual([-1, 0, 2.9, 3, 100].map((at) => three.stepAt(at)), [0, 1, 1, 2, 3]);
});

test("a pause is cut short where idle time is skipped, and speed divides it", () => {
  const two = film([[0, [[0, 0, "a"]]], [600, [[1, 1, "b"]]]]);
  assert.deepEqual(two.next(1, 4, true), { next: 2, wait: 0.5 });
  assert.deepEqual(two.next(1, 4, false), { next: 2, wait: 150 });
});

test("steps too close for a screen are shown as one, and the end is reached", () => {
  const close = film(Array.from({ length: 100 }, (_, i) => [i / 100, [[i, i, "x"]]]));
  let [step, pictures] = [0, 0];
  while (step < close.last) {
    const { next, wait } = close.next(step, 32, true);
    assert.ok(next > step && wait >= 1 / 60);
    [step, pictures] = [next, pictures + 1];
  }
  assert.ok(pictures < 10);
});

test("nothing grew: there is one text, and nowhere to go", () => {
  const none = film([], "start");
  assert.equal(none.text(0), "start");
  assert.deepEqual([none.last, none.at(0), none.place(5), none.next(0, 1, true).next], [0, 0, 0, 0]);
});

test("what hides or reorders text is spelt out", () => {
  assert.equal(visible("a\u202eb\u{e0041}\tc\n"), "a[U+202E]b[U+E0041]\tc\n");
});

test("spans are short", () => {
  assert.deepEqual([42, 61, 3700].map(span), ["42 s", "1 min 1 s", "1 h 1 min"]);
});
