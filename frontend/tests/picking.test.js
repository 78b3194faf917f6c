import assert from "node:assert/strict";
import { test } from "node:test";
import { told } from "../src/picking.js";

test("the box for all is ticked with the last row, and half before it", () => {
  assert.deepEqual(told(0, 3), { words: "the 0 ticked candidates", all: false, some: false });
  assert.deepEqual(told(1, 3), { words: "the one ticked candidate", all: false, some: true });
  assert.deepEqual(told(3, 3), { words: "the 3 ticked candidates", all: true, some: false });
});

test("a table without rows has nothing that is ticked", () => {
  assert.deepEqual(told(0, 0), { words: "the 0 ticked candidates", all: false, some: false });
});
