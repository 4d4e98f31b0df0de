// Passkeys: hands what the node asks to the browser, and the browser's answer to the node. Without this file no page offers them.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const described = (known) => known?.map((one) => ({ ...one, id: toBytes(one.id) }));

// The second of each pair is for browsers that lack the JSON forms of WebAuthn Level 3.
const toMake = (options) =>
  PublicKeyCredential.parseCreationOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...options.user, id: toBytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
const toGet = (options) =>
  PublicKeyCredential.parseRequestOptionsFromJSON?.(options) ?? {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: described(options.allowCredentials),
  };
const toJson = (credential) => {
  if (credential.toJSON) return credential.toJSON();
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
};

const words = {
  NotAllowedError: "The passkey was not used: it was cancelled, or nothing was done for too long. Try again.",
  InvalidStateError: "This device has a passkey of yours already. Use another device, or remove that passkey first.",
  NotSupportedError: "This device can not make a passkey that Kinfold takes. Use another one.",
  ConstraintError: "This device can not ask for a PIN, a fingerprint or a face. Use another one.",
};
const other = "The passkey could not be used. Try again.";

const ask = async (address) => {
  const answer = await fetch(address, { method: "POST", redirect: "error" });
  if (!answer.ok) throw new Error("refused");
  return answer.json();
};

const begin = async (form) => {
  const button = form.querySelector("button");
  const say = (text) => { form.querySelector("[role=status]").textContent = text; };
  button.disabled = true;
  say("Do what your browser asks now.");
  try {
    const { making, asking } = form.dataset;
    const { ceremony, options } = making ? JSON.parse(making) : await ask(asking);
    const credential = making
      ? await navigator.credentials.create({ publicKey: toMake(options) })
      : await navigator.credentials.get({ publicKey: toGet(options) });
    form.elements.ceremony.value = ceremony;
    form.elements.answer.value = JSON.stringify(toJson(credential));
    form.submit();
  } catch (error) {
    say(words[error.name] ?? other);
    button.disabled = false;
    button.focus();
  }
};

// Passkeys are bound to the node's public address: under another one the browser would refuse them.
const works = (part) => window.PublicKeyCredential && location.origin === part.dataset.origin;
for (const part of document.querySelectorAll("[data-origin]")) {
  part.hidden = !works(part);
  const without = document.querySelector("#no-passkeys");
  if (without) without.hidden = works(part);
}
for (const form of document.querySelectorAll("form[data-asking], form[data-making]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    begin(form);
  });
}
