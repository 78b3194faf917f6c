import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { gettext, interpolate, ngettext } from "../src/words.js";

afterEach(() => delete globalThis.django);

test("without a catalogue sentences are English, in their right number", () => {
  assert.equal(gettext("Saved"), "Saved");
  assert.deepEqual([0, 1, 2].map((n) => ngettext("one line", "%(n)s lines", n)), ["%(n)s lines", "one line", "%(n)s lines"]);
});

test("with a catalogue they are its own", () => {
  globalThis.django = { gettext: (text) => `«${text}»`, ngettext: (one, many, n) => `«${n > 1 ? many : one}»` };
  assert.equal(gettext("Saved"), "«Saved»");
  assert.equal(ngettext("one line", "%(n)s lines", 0), "«one line»");
});

test("places are filled by name, and unknown ones stay", () => {
  assert.equal(interpolate("%(n)s of %(all)s, 100 %", { n: 0, all: "<b>" }), "0 of <b>, 100 %");
  assert.equal(interpolate("%(other)s", { n: 1 }), "%(other)s");
});
