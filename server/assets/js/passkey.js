// Passkeys: asks the service for a challenge, hands it to the browser, and sends the answer with the form.

import { clearProblem, part, showProblem } from "./page-parts.js";
import { Word } from "./problem.js";

const form = part("passkey");

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

async function question() {
  const answer = await fetch(form.dataset.question, { method: "POST" });
  if (!answer.ok) throw new Word(form.dataset.refused);
  return answer.json();
}

/** A passkey that is there signs the challenge. */
async function use() {
  const { rp_id, challenge, credentials } = await question();
  const { rawId, response } = await navigator.credentials.get({
    publicKey: {
      rpId: rp_id,
      challenge: toBytes(challenge),
      allowCredentials: credentials.map((id) => ({ type: "public-key", id: toBytes(id) })),
      userVerification: "required",
    },
  });
  form.elements.passkey_id.value = toText(rawId);
  form.elements.passkey_client_data.value = toText(response.clientDataJSON);
  form.elements.passkey_authenticator_data.value = toText(response.authenticatorData);
  form.elements.passkey_signature.value = toText(response.signature);
}

/** A new passkey is made for this account. */
async function make() {
  const { rp_id, challenge, credentials, new: wanted } = await question();
  const { response } = await navigator.credentials.create({
    publicKey: {
      rp: { id: rp_id, name: form.dataset.service },
      user: {
        id: toBytes(wanted.user_id),
        name: wanted.user_name,
        displayName: wanted.user_name,
      },
      challenge: toBytes(challenge),
      pubKeyCredParams: wanted.algorithms.map((alg) => ({ type: "public-key", alg })),
      excludeCredentials: credentials.map((id) => ({ type: "public-key", id: toBytes(id) })),
      authenticatorSelection: { userVerification: "required", residentKey: "discouraged" },
      attestation: "none",
    },
  });
  form.elements.passkey_client_data.value = toText(response.clientDataJSON);
  form.elements.passkey_attestation_object.value = toText(response.attestationObject);
}

/** What the browser's refusal means to people. */
function refusal(error) {
  if (error.name === "InvalidStateError") return new Word(form.dataset.taken);
  return new Word(form.dataset.refused);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  clearProblem();
  if (!window.PublicKeyCredential) return showProblem(new Word(form.dataset.unknown));
  try {
    await (form.dataset.kind === "get" ? use() : make());
  } catch (error) {
    return showProblem(refusal(error));
  }
  // Past this listener: the form goes as any other.
  HTMLFormElement.prototype.submit.call(form);
});
