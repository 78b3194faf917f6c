import assert from "node:assert/strict";
import { test } from "node:test";
import { lineDiff } from "../src/line_diff.js";
import { rows, shortened } from "../src/merge_view.js";

const side = (found, mark) => found.filter((line) => line.mark === "same" || line.mark === mark).map(({ line }) => line);

test("either text can be read out of the difference", () => {
  let state = 5;
  const next = (below) => (state = (state * 1103515245 + 12345) % 2 ** 31) % below;
  const text = () => Array.from({ length: next(9) }, () => "abc"[next(3)]).join("\n");
  for (let i = 0; i < 500; i += 1) {
    const [one, other] = [text(), text()];
    const found = lineDiff(one, other);
    assert.equal(side(found, "removed").join("\n"), one);
    assert.equal(side(found, "added").join("\n"), other);
  }
});

test("a line that was put in leaves the others as they are", () => {
  const found = lineDiff("a\nb\nc", "a\nnew\nb\nc");
  assert.deepEqual(found.filter(({ mark }) => mark !== "same"), [{ mark: "added", line: "new" }]);
});

test("long texts without a line in common are told in a moment", () => {
  const text = (letter) => Array.from({ length: 5000 }, (_, i) => `${letter}${i}`).join("\n");
  assert.equal(lineDiff(text("a"), text("b")).length, 10_000);
});

test("what replaced a line stands beside it", () => {
  assert.deepEqual(rows("a\nold\nz", "a\nnew\nmore\nz"), [
    { mine: "a", theirs: "a", same: true },
    { mine: "old", theirs: "new", same: false },
    { mine: null, theirs: "more", same: false },
    { mine: "z", theirs: "z", same: true },
  ]);
});

test("of many equal lines those next to a difference are shown, and the others counted", () => {
  const lines = Array.from({ length: 20 }, (_, i) => `${i}`);
  const found = shortened(rows([...lines, "old"].join("\n"), [...lines, "new"].join("\n")));
  assert.deepEqual(found.map((row) => (typeof row === "number" ? row : row.mine)), ["0", "1", "2", 14, "17", "18", "19", "old"]);
});
