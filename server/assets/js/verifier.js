// The verifier: `tally` as WebAssembly. Its acts answer with reports.

import { wasmModule } from "./wasm-module.js";

const tally = wasmModule("tally");
const ask = async (act, ...values) => JSON.parse(await tally(act, ...values));

/** Whether a receipt (the record's text form) proves that its leaf is in the record: `{ok, check, leaf, …}`. `vkey` is
 *  the key to trust. */
export const verifyReceipt = (receipt, vkey) => ask("verify_receipt", receipt, vkey, "", 0);

/** Whether the ballot of a receipt is counted by a poll's bundle, which is verified whole: `{ok, replaced_by}`, or `{ok, check}`. */
export const findCounted = (bundle, receipt) => ask("counted_ballot", bundle, receipt);

/** The report on a whole archive or poll bundle. */
export const verifyArchive = (bytes) => ask("verify", bytes);

/** The encrypted tally of an archive up to the end of voting, recomputed from its checked ballots, which must be exactly
 *  those of the record. `seen` is the checkpoint that this device has seen last, or nothing. */
export const recomputeTally = (bytes, record, vkey, seen) => ask("closed_tally", bytes, false, record, vkey, seen);

/** What the public record says of an election's poll, verified. */
export const verifyPollRecord = (record, vkey, election, seen) => ask("recorded_poll", record, vkey, election, seen);

/** The body that a leaf's hash stands for, checked against it; the document is the body's salt, a newline and the body. */
export const openBody = (document, hash) => ask("open_body", document, hash);
