// Runs one of our WebAssembly modules, `ballot` or `tally`, beside the page: `wasm-worker.js?ballot`. A classic script, since
// workers that are modules came years later than WebAssembly; and a worker, since a browser of those years compiles nothing in
// a page whose policy forbids `eval`.

"use strict";

const name = self.location.search === "?ballot" ? "ballot" : "tally";
self.importScripts(`../wasm/${name}.js`);

/** What could not be had, by the name under which the page has a sentence for it. */
const fault = (kind) => (error) => {
  throw Object.assign(new Error(String(error)), { kind });
};

async function load() {
  const response = await fetch(`../wasm/${name}_bg.wasm`, { credentials: "omit" }).catch(fault("not-loaded"));
  if (!response.ok) fault("not-loaded")(response.status);
  const bytes = await response.arrayBuffer().catch(fault("not-loaded"));
  await wasm_bindgen({ module_or_path: bytes }).catch(fault("wasm"));
}

let loading;

/** Resolves when the module is there. What has not arrived is fetched again when it is asked for again. */
function ready() {
  if (!loading) {
    loading = load();
    loading.catch(() => {
      loading = undefined;
    });
  }
  return loading;
}

ready();

self.onmessage = async ({ data: { id, act, values } }) => {
  try {
    await ready();
    self.postMessage({ id, value: wasm_bindgen[act](...values) });
  } catch (error) {
    // A module that broke off in the middle answers nothing any more.
    const isBroken = error instanceof WebAssembly.RuntimeError;
    self.postMessage({ id, problem: String(error.message), kind: error.kind, isBroken });
  }
};
