// The worker behind verifier.js.

import init, * as tally from "../wasm/tally.js";

const ready = init({
  module_or_path: fetch(new URL("../wasm/tally_bg.wasm", import.meta.url), { credentials: "omit" }),
});

const acts = {
  receipt: (text, vkey) => tally.verify_receipt(text, vkey, "", 0),
  counted: (bundle, receipt) => tally.counted_ballot(bundle, receipt),
  archive: (bytes) => tally.verify(bytes),
  tally: (bytes, record, vkey, seen) => tally.closed_tally(bytes, false, record, vkey, seen),
  record: (record, vkey, election, seen) => tally.recorded_poll(record, vkey, election, seen),
  body: (document, hash) => tally.open_body(document, hash),
};

self.onmessage = async ({ data: { id, act, values } }) => {
  try {
    await ready;
    self.postMessage({ id, report: JSON.parse(acts[act](...values)) });
  } catch (error) {
    self.postMessage({ id, problem: String(error) });
  }
};
