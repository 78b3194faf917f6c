import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** Local storage, as far as drafts use it. */
class Storage {
  items = new Map();
  getItem = (key) => this.items.get(key) ?? null;
  setItem = (key, value) => this.items.set(key, value);
  removeItem = (key) => this.items.delete(key);
  key = (index) => [...this.items.keys()][index];
  get length() {
    return this.items.size;
  }
}

globalThis.window = globalThis;
globalThis.name = "";
globalThis.addEventListener ??= () => {};
globalThis.localStorage = new Storage();
globalThis.sessionStorage = new Storage();
const { Leftovers } = await import("../src/leftovers.js");
const { asText } = await import("../src/download.js");

const URL = "/sit/x/questions/2/draft/";
const kept = (source, more = {}) => ({ content: { source }, base: 1, at: 0, name: "Huber", ...more });

/** @type {{status: number, data: any}[]} */
let answers = [];
let sent = [];

globalThis.fetch = async (_url, { body }) => {
  sent.push(JSON.parse(body));
  const answer = answers.shift();
  if (!answer) throw new TypeError("no connection");
  return new Response(JSON.stringify(answer.data), { status: answer.status });
};

beforeEach(() => {
  localStorage.items.clear();
  [answers, sent] = [[], []];
});

function leave(draft) {
  localStorage.setItem(`minima.draft.A.${URL}.othertab`, JSON.stringify(draft));
  const leftovers = new Leftovers("A", null, () => {});
  leftovers.sendLater = () => {};
  return leftovers;
}

const fates = (leftovers) => leftovers.found.map(({ fate }) => fate);

test("what another question left behind is sent and forgotten", async () => {
  const leftovers = leave(kept("x"));
  answers = [{ status: 200, data: { revision: 2 } }];
  assert.ok(await leftovers.sendAll());
  assert.deepEqual([sent[0].content, sent[0].revision], [{ source: "x" }, 1]);
  assert.deepEqual(leftovers.found, []);
});

test("without a connection it is kept and tried again", async () => {
  const leftovers = leave(kept("x"));
  assert.ok(!(await leftovers.sendAll()));
  assert.deepEqual(fates(leftovers), ["waiting"]);
});

test("what built on a save of our own that arrived unnoticed goes on top of it", async () => {
  const leftovers = leave(kept("x, more", { sent: [{ source: "x" }] }));
  answers = [
    { status: 409, data: { revision: 2, content: { source: "x" } } },
    { status: 200, data: { revision: 3 } },
  ];
  await leftovers.sendAll();
  assert.equal(sent[1].revision, 2);
  assert.deepEqual(leftovers.found, []);
});

test("a draft that a database gives back in another order is known all the same", async () => {
  const leftovers = leave(kept("x", { content: { source: "x", inputs: { y_true: "1", y_pred: "2" } } }));
  answers = [{ status: 409, data: { revision: 3, content: { inputs: { y_pred: "2", y_true: "1" }, source: "x" } } }];
  await leftovers.sendAll();
  assert.deepEqual(leftovers.found, []);
});

test("of two versions a person decides, and nothing is sent again", async () => {
  const leftovers = leave(kept("mine"));
  answers = [{ status: 409, data: { revision: 5, content: { source: "theirs" } } }];
  await leftovers.sendAll();
  await leftovers.sendAll();
  assert.deepEqual(fates(leftovers), ["conflict"]);
  assert.equal(sent.length, 1);
});

for (const [stored, left] of [["x", []], ["older", ["missed"]]]) {
  test(`after the end ${left.length ? "what never arrived is told" : "what did arrive is forgotten"}`, async () => {
    const leftovers = leave(kept("x"));
    answers = [{ status: 410, data: { content: { source: stored } } }];
    assert.ok(await leftovers.sendAll());
    assert.deepEqual(fates(leftovers), left);
  });
}

test("a file of answers names each with its text, and what was chosen in the page's words", () => {
  const text = asText([kept("def loss(): pass"), { ...kept(""), name: "Tails", content: { option: "b" }, words: "It doubles." }]);
  assert.match(text, /Huber\n=====\n/);
  assert.match(text, /def loss\(\): pass/);
  assert.match(text, /Tails[\s\S]*It doubles\./);
});
