// The one place where secrets are touched: the `ballot` crate as WebAssembly. Randomness comes from the browser.

import init, * as ballot from "../wasm/ballot.js";

let ready;

/** The module, loaded once. */
export async function loadBallot() {
  ready ??= init({
    module_or_path: fetch(new URL("../wasm/ballot_bg.wasm", import.meta.url), { credentials: "omit" }),
  });
  await ready;
  return ballot;
}

/** 32 random bytes from the browser's cryptographic generator. */
export function seed() {
  return crypto.getRandomValues(new Uint8Array(32));
}
