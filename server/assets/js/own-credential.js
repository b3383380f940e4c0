// The credential that this device made at the check-in, as it stands for a poll: one check-in serves the poll itself and those
// that may follow it, each under a public part of its own.

import { ballot } from "./ballot-module.js";
import { keys, read } from "./device-store.js";

/** The public parts of a credential for these elections, in their order. */
export async function publicParts(secret, elections) {
  const made = JSON.parse(await ballot("public_credentials", secret, JSON.stringify(elections)));
  return elections.map((election) => made[election]);
}

/** The device's credential for this poll, or undefined where it has checked in for none. */
export async function ownCredential(owner, poll) {
  const kept = await read(keys.credential(owner, poll.check_in_election_uuid));
  if (!kept || poll.check_in_election_uuid === poll.election_uuid) return kept;
  const [own] = await publicParts(kept.secret, [poll.election_uuid]);
  return { secret: kept.secret, public: own };
}
