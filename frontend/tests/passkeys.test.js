import assert from "node:assert/strict";
import test from "node:test";
import { answered, asked, bytesOf, sentence, textOf } from "../src/passkeys.js";

test("bytes survive the way through text, with every letter that an address may hold", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = textOf(bytes.buffer);

  assert.match(text, /^[A-Za-z0-9_-]+$/);
  assert.deepEqual(new Uint8Array(bytesOf(text)), bytes);
});

test("what the server asks for has bytes where the browser wants them", () => {
  const options = asked({ challenge: "AQID", allowCredentials: [{ type: "public-key", id: "BAU" }] }, false);

  assert.deepEqual([...new Uint8Array(options.challenge)], [1, 2, 3]);
  assert.deepEqual([...new Uint8Array(options.allowCredentials[0].id)], [4, 5]);
  assert.equal(options.authenticatorSelection, undefined);
});

test("a passkey that does without a password is kept on the device, and asks who it is", () => {
  const server = { challenge: "AQID", user: { id: "BAU", name: "a" }, authenticatorSelection: { userVerification: "preferred" } };

  assert.deepEqual(asked(server, true).authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
  assert.deepEqual(asked(server, false).authenticatorSelection, {
    residentKey: "discouraged",
    requireResidentKey: false,
    userVerification: "preferred",
  });
});

test("an answer is sent with what it holds, and without what it lacks", () => {
  const bytes = (/** @type {number} */ value) => Uint8Array.of(value).buffer;
  const sent = answered({
    id: "AQ",
    rawId: bytes(1),
    type: "public-key",
    authenticatorAttachment: null,
    getClientExtensionResults: () => ({}),
    response: { clientDataJSON: bytes(2), signature: bytes(3), userHandle: null },
  });

  assert.deepEqual(JSON.parse(JSON.stringify(sent)), {
    id: "AQ",
    rawId: "AQ",
    type: "public-key",
    clientExtensionResults: {},
    response: { clientDataJSON: "Ag", signature: "Aw" },
  });
});

test("a refusal says what to do", () => {
  assert.match(sentence(new DOMException("", "NotAllowedError")), /took too long/);
  assert.match(sentence(new DOMException("", "InvalidStateError")), /already/);
  assert.match(sentence(new Error("500")), /did not work/);
});
