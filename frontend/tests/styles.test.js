import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDER = new URL("../styles/", import.meta.url);

/** Where each class has rules of its own, `.m-name {` at the start of a line. */
function homes() {
  const found = new Map();
  for (const file of readdirSync(FOLDER).filter((name) => name.startsWith("_"))) {
    const text = readFileSync(new URL(file, FOLDER), "utf8");
    for (const [, name] of text.matchAll(/^\.(m-[\w-]+) \{/gm)) {
      found.set(name, (found.get(name) ?? new Set()).add(file));
    }
  }
  return found;
}

// All of them are one sheet: two files that mean different things by one name spoil each other.
test("a class has its rules in one file", () => {
  const shared = [...homes()].filter(([, files]) => files.size > 1);

  assert.ok(homes().size > 100);
  assert.deepEqual(shared.map(([name, files]) => `${name}: ${[...files].join(", ")}`), []);
});
