import assert from "node:assert/strict";
import { test } from "node:test";
import { Countdown, display, moved } from "../src/clock.js";

/** A countdown of a sitting of `minutes`, on a machine whose own clock is hours off. */
function countdown(minutes) {
  const machine = { ms: 7_000 };
  const clock = new Countdown({
    serverNow: "2026-03-01T12:00:00+00:00",
    deadline: new Date(Date.UTC(2026, 2, 1, 12, minutes)).toISOString(),
    monotonic: () => machine.ms,
  });
  return { clock, pass: (seconds) => (machine.ms += seconds * 1000) };
}

test("the time left is the server's, whatever this machine's clock says", () => {
  const { clock, pass } = countdown(45);
  assert.equal(clock.secondsLeft(), 2700);
  pass(61);
  assert.equal(clock.secondsLeft(), 2639);
});

test("no time left is never a negative time", () => {
  const { clock, pass } = countdown(1);
  pass(300);
  assert.equal(clock.secondsLeft(), 0);
});

test("10, 5 and 1 minute are announced once each", () => {
  const { clock, pass } = countdown(12);
  const said = [];
  for (let second = 0; second < 720; second += 1) {
    const sentence = clock.announcement();
    if (sentence) said.push([clock.secondsLeft(), sentence]);
    pass(1);
  }
  assert.deepEqual(said, [[600, "10 minutes left."], [300, "5 minutes left."], [60, "1 minute left."]]);
});

test("a page that opens late announces only what is still to come", () => {
  const { clock, pass } = countdown(4);
  assert.equal(clock.announcement(), null);
  pass(181);
  assert.equal(clock.announcement(), "1 minute left.");
});

test("after a pause of the machine only the nearest mark is announced", () => {
  const { clock, pass } = countdown(30);
  pass(30 * 60 - 50);
  assert.equal(clock.announcement(), "1 minute left.");
  assert.equal(clock.announcement(), null);
});

test("more time given while the page is open counts at once and is announced anew", () => {
  const { clock, pass } = countdown(5);
  pass(290);
  clock.announcement();
  clock.synchronise("2026-03-01T12:15:00+00:00", "2026-03-01T12:04:50+00:00");
  assert.equal(clock.secondsLeft(), 610);
  pass(15);
  assert.equal(clock.announcement(), "10 minutes left.");
});

for (const [seconds, text] of [[0, "0:00"], [65, "1:05"], [600, "10:00"], [3725, "1:02:05"]]) {
  test(`${seconds} seconds read ${text}`, () => assert.equal(display(seconds), text));
}

for (const [seconds, left, sentence] of [
  [300, 1500, "You were given 5 minutes more. 25 minutes left."],
  [60, 80, "You were given 1 minute more. 1 minute left."],
  [30, 45, "You were given 30 seconds more. 45 seconds left."],
  [-600, 300, "The end was moved. 5 minutes left."],
  [0.4, 300, ""],
]) {
  test(`an end that moved by ${seconds} seconds is told`, () => assert.equal(moved(seconds, left), sentence));
}

test("the server's word tells by how much the end has moved", () => {
  const { clock } = countdown(5);
  assert.equal(clock.synchronise("2026-03-01T12:07:00+00:00", "2026-03-01T12:00:00+00:00"), 120);
  assert.equal(clock.synchronise("2026-03-01T12:07:00+00:00", "2026-03-01T12:00:10+00:00"), 0);
});
