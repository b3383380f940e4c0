// A scrutineer's device: makes and keeps a share of the key, checks the whole archive, decrypts one tally, once.

import { loadBallot, seed } from "./ballot-module.js";
import { keys, read, write } from "./device-store.js";
import { fetchPollRecord, rememberCheckpoint, seenCheckpoint, vkey } from "./public-record.js";
import { fetchBytes, fetchObject, fetchText, send } from "./service.js";
import { listChecks, download, fill, onPress, part, showProblem, showStep } from "./page-parts.js";
import { recomputeTally } from "./verifier.js";

const page = part("device-page");
const { api, owner } = page.dataset;

let poll;

async function start() {
  poll = await fetchObject(api);
  const key = await read(keys.trustee(owner, poll.id));
  if (key) fill("public-key", JSON.parse(key.public_object).public_key);
  onPress(part("make-key"), makeKey);
  onPress(part("save-key"), saveKey);
  onPress(part("check"), check);
  part("restore-file")?.addEventListener("change", (event) =>
    restoreKey(event.target.files[0]).catch(showProblem),
  );
  await show(key);
}

async function show(key) {
  switch (poll.state) {
    case "drafted":
      return showStep("too-early");
    case "rules_adopted":
      return showStep(key && page.dataset.hasKey === "true" ? "key-made" : "key");
    case "frozen":
    case "open":
      return key ? showElection(key) : showStep("lost-key");
    case "closed":
      if (page.dataset.hasDecrypted === "true") return showStep("decrypted");
      return showStep(key ? "decrypt" : "lost-key");
    default:
      return showStep("decrypted");
  }
}

/** Makes the key, keeps it, and only then sends its public part. */
async function makeKey() {
  const ballot = await loadBallot();
  const kept = (await read(keys.trustee(owner, poll.id))) ?? makeTrusteeKey(ballot);
  await write(keys.trustee(owner, poll.id), kept);
  await send(`${api}/trustee-key`, kept.public_object);
  fill("public-key", JSON.parse(kept.public_object).public_key);
  showStep("key-made");
}

function makeTrusteeKey(ballot) {
  const made = JSON.parse(ballot.make_trustee_key(seed()));
  return { private_key: made.private_key, public_object: made.public_key };
}

async function saveKey() {
  const kept = await read(keys.trustee(owner, poll.id));
  download(`trustee-key-${poll.id}.json`, JSON.stringify(kept, null, 1));
}

async function restoreKey(file) {
  const kept = JSON.parse(await file.text());
  if (typeof kept.private_key !== "string" || typeof kept.public_object !== "string") {
    throw new Error(page.dataset.notAKey);
  }
  if (!(await isTrustee(kept))) throw new Error(page.dataset.notThisKey);
  await write(keys.trustee(owner, poll.id), kept);
  await show(kept);
}

/** Whether the election's trustees, whose keys together make the election's key, count this device among them. */
async function isTrustee(kept) {
  const ballot = await loadBallot();
  const trustees = await fetchText(`${api}/trustees`);
  const election = await fetchText(`${api}/election`);
  return JSON.parse(ballot.check_trustees(election, trustees, kept.private_key)).accepted;
}

/** The election of the record, put together again from rule, roll and trustees; its owner compares the print with
 *  everybody else's and approves it, and this device works for no other one in this poll from then on. */
async function showElection(kept) {
  const [ballot, recorded] = await Promise.all([
    loadBallot(),
    fetchPollRecord(api, poll),
  ]);
  const { election, rule, roll, trustees } = recorded;
  const report = JSON.parse(ballot.check_election(election, rule, roll, trustees, ""));
  const own = JSON.parse(ballot.check_trustees(election, trustees, kept.private_key));
  if (!report.accepted || !own.accepted) return showStep("not-trustee");
  fill("print", report.print);
  const approved = await read(keys.approved(owner, poll.id));
  if (approved && approved !== report.fingerprint) throw new Error(page.dataset.otherElection);
  if (approved) return showStep("waiting");
  showStep("approve");
  onPress(part("approve"), async () => {
    await write(keys.approved(owner, poll.id), report.fingerprint);
    showStep("waiting");
  });
}

/** Decrypts nothing that is merely handed over: fetches the archive, checks all of it, requires that its ballots are
 *  exactly those of the public record, recomputes the encrypted tally, and lets its owner compare how many ballots it would open with what was reported aloud. */
async function check() {
  const reported = Number(part("reported").value.trim());
  if (!Number.isInteger(reported) || reported < 1) throw new Error(page.dataset.whatReported);
  const kept = await read(keys.trustee(owner, poll.id));
  const list = part("checks");
  list.replaceChildren();
  part("progress").hidden = false;
  try {
    const [archive, record, seen] = await Promise.all([
      fetchBytes(`${api}/archive`),
      fetchText(`${api}/record`),
      seenCheckpoint(),
    ]);
    const report = await recomputeTally(archive, record, vkey, seen);
    if (!report.ok) {
      listChecks(list, [{ ...report, status: "failed" }]);
      throw new Error(page.dataset.archiveRefused);
    }
    await rememberCheckpoint(report.checkpoint);
    await compare(report, kept, reported);
  } finally {
    part("progress").hidden = true;
  }
}

/** The closed election must be the one that was approved and count this device's key, and hold as many ballots as were
 *  reported; then its owner is asked. */
async function compare(report, kept, reported) {
  const ballot = await loadBallot();
  const { accepted } = JSON.parse(ballot.check_trustees(report.election, report.trustees, kept.private_key));
  const approved = await read(keys.approved(owner, poll.id));
  if (!accepted || (approved && approved !== report.fingerprint)) throw new Error(page.dataset.otherElection);
  fill("tallied", String(report.ballots));
  if (report.ballots !== reported) throw new Error(page.dataset.otherNumber);
  fill("print", report.print);
  fill("tally-print", report.tally_print);
  showStep("confirm");
  onPress(part("decrypt"), () => decrypt(report, kept));
}

/** One partial decryption of one tally of an election, ever: what is kept stands under the election's own fingerprint. */
async function decrypt(report, kept) {
  const done = keys.decryption(owner, report.fingerprint);
  let decryption = await read(done);
  if (decryption && decryption.tally !== report.tally) throw new Error(page.dataset.otherTally);
  if (!decryption) {
    const ballot = await loadBallot();
    const made = ballot.partial_decryption(report.election, report.tally, kept.private_key, seed());
    decryption = { tally: report.tally, object: made };
    await write(done, decryption);
  }
  await send(`${api}/partial-decryption`, decryption.object);
  showStep("decrypted");
}

start().catch(showProblem);
