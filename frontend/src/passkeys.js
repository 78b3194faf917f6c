// Passkeys: a form with data-passkey asks the browser to make one or to use one, and sends what it says.

/** @typedef {HTMLFormElement & {dataset: {passkey: "create" | "get", passkeyOptions?: string}}} PasskeyForm */

/**
 * @param {string} text
 * @returns {ArrayBuffer}
 */
export function bytesOf(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

/**
 * @param {ArrayBuffer} bytes
 * @returns {string}
 */
export function textOf(bytes) {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/**
 * What the server asks for, with bytes in the places where JSON has text.
 *
 * @param {any} asked
 * @param {boolean} alone - whether the passkey shall do without a password
 */
export function asked(asked, alone) {
  const options = { ...asked, challenge: bytesOf(asked.challenge) };
  if (asked.user) options.user = { ...asked.user, id: bytesOf(asked.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (asked[name]) options[name] = asked[name].map((/** @type {any} */ known) => ({ ...known, id: bytesOf(known.id) }));
  }
  if (asked.user) {
    const key = alone ? "required" : "discouraged";
    options.authenticatorSelection = { ...asked.authenticatorSelection, residentKey: key, requireResidentKey: alone };
    if (alone) options.authenticatorSelection.userVerification = "required";
  }
  return options;
}

/**
 * What the browser answered, as JSON.
 *
 * @param {any} credential
 */
export function answered(credential) {
  /** @type {Record<string, any>} */
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = textOf(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

/**
 * @param {PasskeyForm} form
 * @returns {Promise<any>}
 */
async function optionsFor(form) {
  const given = form.dataset.passkeyOptions && document.getElementById(form.dataset.passkeyOptions);
  if (given) return JSON.parse(given.textContent ?? "{}");
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/**
 * @param {PasskeyForm} form
 * @returns {Promise<Credential | null>}
 */
async function credentialFor(form) {
  const options = await optionsFor(form);
  if (form.dataset.passkey === "get") {
    return navigator.credentials.get({ publicKey: asked(options.request_options.publicKey, false) });
  }
  const alone = form.querySelector("input[name=passwordless]");
  const checked = alone instanceof HTMLInputElement && alone.checked;
  return navigator.credentials.create({ publicKey: asked(options.creation_options.publicKey, checked) });
}

/** @param {unknown} error */
export function sentence(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "This device has a passkey for you already.";
  if (name === "NotAllowedError") return "No passkey was chosen, or it took too long. Try it once more.";
  return "That did not work. Try it once more, or come in another way.";
}

/** @param {PasskeyForm} form */
function prepare(form) {
  const problem = form.querySelector("[data-passkey-problem]");
  const field = form.querySelector("input[name=credential]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (problem instanceof HTMLElement) problem.hidden = true;
    try {
      const credential = await credentialFor(form);
      if (field instanceof HTMLInputElement) field.value = JSON.stringify(answered(credential));
      form.submit();
    } catch (error) {
      if (!(problem instanceof HTMLElement)) return;
      problem.textContent = sentence(error);
      problem.hidden = false;
    }
  });
}

if (typeof document !== "undefined") {
  const known = typeof PublicKeyCredential !== "undefined" && Boolean(navigator.credentials);
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (known) prepare(/** @type {PasskeyForm} */ (form));
  }
  for (const note of document.querySelectorAll("[data-passkey-missing]")) {
    if (note instanceof HTMLElement) note.hidden = known;
  }
}
