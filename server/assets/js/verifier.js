// The verifier (`tally` as WebAssembly) in a worker, so that the page stays alive while it computes. It is large, and is loaded
// when the first thing is asked of it: no page waits for what it does not need yet.

const waiting = new Map();
let worker;
let next = 0;

function start() {
  worker = new Worker(new URL("./verifier-worker.js", import.meta.url), {
    type: "module",
    credentials: "omit",
  });
  worker.onmessage = ({ data: { id, report, problem } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (problem === undefined) resolve(report);
    else reject(new Error(problem));
  };
  // What waits is told, and the next question finds a new worker: this one answers nothing any more.
  worker.onerror = (event) => {
    worker.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error(event.message ?? "worker"));
    waiting.clear();
  };
}

function ask(act, ...values) {
  return new Promise((resolve, reject) => {
    if (!worker) start();
    const id = next++;
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, act, values });
  });
}

/** Whether a receipt (the record's text form) proves that its leaf is in the record: `{ok, check, leaf, …}`. `vkey` is
 *  the key to trust. */
export const verifyReceipt = (receipt, vkey) => ask("receipt", receipt, vkey);

/** Whether the ballot of a receipt is counted by a poll's bundle, which is verified whole: `{ok, replaced_by}`, or `{ok, check}`. */
export const findCounted = (bundle, receipt) => ask("counted", bundle, receipt);

/** The report on a whole archive or poll bundle. */
export const verifyArchive = (bytes) => ask("archive", bytes);

/** The encrypted tally of an archive up to the end of voting, recomputed from its checked ballots, which must be exactly
 *  those of the record. `seen` is the checkpoint that this device has seen last, or nothing. */
export const recomputeTally = (bytes, record, vkey, seen) => ask("tally", bytes, record, vkey, seen);

/** What the public record says of an election's poll, verified. */
export const verifyPollRecord = (record, vkey, election, seen) => ask("record", record, vkey, election, seen);

/** The body that a leaf's hash stands for, checked against it; the document is the body's salt, a newline and the body. */
export const openBody = (document, hash) => ask("body", document, hash);
