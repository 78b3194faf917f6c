import assert from "node:assert/strict";
import test from "node:test";
import { inZone } from "../src/local_times.js";

const MOMENT = new Date("2026-03-08T23:05:09.250Z");

for (const [zone, shown, text] of [
  ["UTC", "j M Y, H:i", "8 Mar 2026, 23:05"],
  ["Asia/Kolkata", "j M Y, H:i", "9 Mar 2026, 04:35"],
  ["Asia/Kolkata", "j F Y", "9 March 2026"],
  ["America/New_York", "H:i:s", "19:05:09"],
  ["Pacific/Kiritimati", "j M Y", "9 Mar 2026"],
]) {
  test(`"${shown}" in ${zone} is ${text}`, () => assert.equal(inZone(MOMENT, shown, zone), text));
}

for (const [shown, text] of [
  ["j. F Y, H:i T", "9. März 2026, 00:05 MEZ"],
  ["j. M Y", "9. März 2026"],
]) {
  test(`"${shown}" in German is ${text}`, () => assert.equal(inZone(MOMENT, shown, "Europe/Berlin", "de"), text));
}

test("a zone is named", () => {
  assert.equal(inZone(MOMENT, "H:i T", "UTC"), "23:05 UTC");
  assert.equal(inZone(MOMENT, "H:i T", "Europe/Berlin", "en"), "00:05 GMT+1");
});

test("midnight is 00:00 and no 24:00", () => {
  assert.equal(inZone(new Date("2026-01-01T00:00:00Z"), "j H:i", "UTC"), "1 00:00");
});

test("months are spelt as the server spells them", () => {
  assert.equal(inZone(new Date("2026-09-30T12:00:00Z"), "j M Y", "UTC"), "30 Sep 2026");
});
