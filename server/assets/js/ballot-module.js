// The one place where secrets are touched: the `ballot` crate as WebAssembly. Randomness comes from the browser.

import { wasmModule } from "./wasm-module.js";

/** An act of the crate, by its name: `await ballot("seal", …)`. */
export const ballot = wasmModule("ballot");

/** 32 random bytes from the browser's cryptographic generator. */
export function seed() {
  return crypto.getRandomValues(new Uint8Array(32));
}
