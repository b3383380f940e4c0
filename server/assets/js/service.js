// Requests to the service, and the clear word it gives when it refuses.

/** A refusal: `message` is the service's translated sentence, `code` its stable name. */
export class Refusal extends Error {
  constructor(problem, status) {
    super(problem.title ?? `HTTP ${status}`);
    this.code = problem.code ?? "";
    this.status = status;
  }
}

async function ask(url, options) {
  const response = await fetch(url, options).catch((error) => {
    // What the engine says is in no language of ours.
    throw new Error(document.querySelector("[data-no-connection]")?.dataset.noConnection ?? error.message);
  });
  if (response.ok) return response;
  let problem = {};
  try {
    problem = await response.json();
  } catch {
    // Not problem+json: something in between answered. The status is all there is to say.
  }
  throw new Refusal(problem, response.status);
}

/** What is public is asked for by nobody in particular: no cookie travels, and nothing tells whose device asks. */
const anonymous = { credentials: "omit", referrerPolicy: "no-referrer" };

/** An object of the API. */
export async function fetchObject(url) {
  return (await ask(url, anonymous)).json();
}

/** The exact text of a published object. */
export async function fetchText(url) {
  return (await ask(url, anonymous)).text();
}

/** The exact bytes of a published object. */
export async function fetchBytes(url) {
  return new Uint8Array(await (await ask(url, anonymous)).arrayBuffer());
}

/** Sends JSON text as this person. */
export async function send(url, text) {
  return (await ask(url, post(text))).json();
}

/** Sends JSON text without saying who we are: no cookie travels. */
export async function sendAnonymously(url, text) {
  return (await ask(url, { ...post(text), ...anonymous })).json();
}

function post(text) {
  return { method: "POST", headers: { "content-type": "application/json" }, body: text };
}
