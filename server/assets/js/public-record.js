// What this device believes of the public record: only what its log has signed, by the key that it met first, and only as the
// continuation of what it has seen before.

import { keys, read, write } from "./device-store.js";
import { part } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchText } from "./service.js";
import { verifyPollRecord } from "./verifier.js";

const page = part("record").dataset;

/** The key that the record must be signed by. */
export const { vkey } = page;

/** The checkpoint that this device has seen last, or nothing. Another log than the one it knows is refused. */
export async function seenCheckpoint() {
  const kept = await read(keys.log);
  if (kept && kept.vkey !== vkey) throw new Word(page.otherLog);
  return kept ? kept.checkpoint : "";
}

/** Remembers a checkpoint that was verified as a continuation of the one before. */
export function rememberCheckpoint(checkpoint) {
  return write(keys.log, { vkey, checkpoint });
}

/** The poll as the record has it: up to its opening once it has been opened, which is all that is needed before the count. */
export async function fetchPollRecord(api, poll) {
  const isOpened = !["rules_adopted", "frozen", "withdrawn"].includes(poll.state);
  const seen = await seenCheckpoint();
  const document = await fetchText(`${api}/record${isOpened ? "/opening" : ""}`);
  const report = await verifyPollRecord(document, vkey, poll.election_uuid, seen);
  if (!report.ok) throw new Word(page.refused, report.message);
  await rememberCheckpoint(report.checkpoint);
  return report;
}
