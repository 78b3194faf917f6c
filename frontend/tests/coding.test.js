import assert from "node:assert/strict";
import { test } from "node:test";
import { readFaults } from "../src/code_faults.js";
import { equal } from "../src/contents.js";
import { begun } from "../src/numpy_completion.js";
import { meant } from "../src/shortcuts.js";
import { clamp } from "../src/task_split.js";

const key = (/** @type {object} */ more) =>
  ({ key: "Enter", ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

test("Control Enter runs, with Shift it submits, and so does the command key", () => {
  assert.equal(meant(key({ ctrlKey: true })), "run");
  assert.equal(meant(key({ metaKey: true })), "run");
  assert.equal(meant(key({ ctrlKey: true, shiftKey: true })), "submit");
});

test("other keys stay what they are", () => {
  for (const more of [{}, { shiftKey: true }, { ctrlKey: true, altKey: true }, { ctrlKey: true, metaKey: true },
    { key: "a", ctrlKey: true }]) {
    assert.equal(meant(key(more)), null);
  }
});

test("names are completed behind the module, whatever it is called", () => {
  assert.equal(begun("x = np.lo", ""), 2);
  assert.equal(begun("numpy.", ""), 0);
  assert.equal(begun("xp.loga", "import numpy as xp\n"), 4);
  assert.equal(begun("xp.loga", "import numpy as np\n"), null);
  assert.equal(begun("math.lo", ""), null);
  assert.equal(begun("self.np.lo", ""), null);
});

test("names are completed in an import from NumPy, and in no other", () => {
  assert.equal(begun("from numpy import lo", ""), 2);
  assert.equal(begun("from numpy import (log, ex", ""), 2);
  assert.equal(begun("from numpy import ", ""), 0);
  assert.equal(begun("from math import lo", ""), null);
  assert.equal(begun("from numpy.linalg import no", ""), null);
});

test("long lines are looked through at once", () => {
  assert.equal(begun(`from numpy import ${"a, ".repeat(20_000)}!`, ""), null);
});

test("complaints that are none are left out", () => {
  assert.deepEqual(readFaults('[{"line": 3, "text": "x", "level": "error"}]'), [{ line: 3, text: "x", level: "error" }]);
  assert.deepEqual(readFaults("{"), []);
  assert.deepEqual(readFaults(null), []);
});

test("the task is never wider than its range, whatever was remembered", () => {
  const range = { least: 20, most: 65 };
  assert.equal(clamp(41.6, range), 42);
  assert.equal(clamp(3, range), 20);
  assert.equal(clamp(90, range), 65);
  assert.ok(Number.isNaN(clamp(Number("wide"), range)));
});

test("answers are equal whatever the order in which a database keeps their names", () => {
  const one = { source: "x", inputs: { y_true: "[1]", delta: "2" } };
  assert.ok(equal(one, { inputs: { delta: "2", y_true: "[1]" }, source: "x" }));
  assert.ok(!equal(one, { inputs: { delta: "1", y_true: "[1]" }, source: "x" }));
  assert.ok(!equal({ order: ["a", "b"] }, { order: ["b", "a"] }));
});
