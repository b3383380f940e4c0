// Requests to the service, and the clear word it gives when it refuses.

import { fault, Word } from "./problem.js";

/** A refusal: `message` is the service's translated sentence, `code` its stable name, `field` the one that is wrong, if it is one. */
export class Refusal extends Word {
  constructor({ title, code, field }, status) {
    super(title, `HTTP ${status}`);
    this.code = code || "";
    this.field = field || "";
    this.status = status;
  }
}

/** Whether the same request may succeed in a while: nothing came back, or the service is busy. */
export function isPassing(error) {
  return error.kind === "no-connection" || error.kind === "no-answer" || error.status === 429 || error.status >= 500;
}

const unreached = (error) => {
  throw fault("no-connection", error);
};

async function ask(url, options) {
  const response = await fetch(url, options).catch(unreached);
  if (response.ok) return response;
  // What is not problem+json, something in between has answered.
  const problem = await response.json().catch(() => ({}));
  if (!problem.title) throw fault("no-answer", `HTTP ${response.status}`);
  throw new Refusal(problem, response.status);
}

/** What is public is asked for by nobody in particular: no cookie travels, and nothing tells whose device asks. */
const anonymous = { credentials: "omit", referrerPolicy: "no-referrer" };

/** An object of the API. */
export async function fetchObject(url) {
  return (await ask(url, anonymous)).json().catch(unreached);
}

/** An object of the API that only this person may read. */
export async function fetchAsPerson(url) {
  return (await ask(url, { cache: "no-store" })).json().catch(unreached);
}

/** The exact text of a published object. */
export async function fetchText(url) {
  return (await ask(url, anonymous)).text().catch(unreached);
}

/** The exact bytes of a published object. */
export async function fetchBytes(url) {
  return new Uint8Array(await (await ask(url, anonymous)).arrayBuffer().catch(unreached));
}

/** Sends JSON text as this person. */
export async function send(url, text) {
  return (await ask(url, post(text))).json().catch(unreached);
}

/** Sends JSON text without saying who we are: no cookie travels. */
export async function sendAnonymously(url, text) {
  return (await ask(url, { ...post(text), ...anonymous })).json().catch(unreached);
}

function post(text) {
  return { method: "POST", headers: { "content-type": "application/json" }, body: text };
}
