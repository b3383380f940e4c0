// A scrutineer's device: makes and keeps a share of the key, checks the whole archive, decrypts one tally, once.

import { loadBallot, seed } from "./ballot-module.js";
import { keys, read, write } from "./device-store.js";
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
  onPress(part("decrypt"), decrypt);
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
      if (!key) return showStep("lost-key");
      return showStep((await isTrustee(key)) ? "waiting" : "not-trustee");
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

/** Decrypts nothing that is merely handed over: fetches the archive, checks all of it, recomputes the encrypted
 *  tally, and makes one partial decryption of that one tally, ever. */
async function decrypt() {
  const kept = await read(keys.trustee(owner, poll.id));
  const done = keys.decryption(owner, poll.election_uuid);
  const list = part("checks");
  list.replaceChildren();
  part("progress").hidden = false;
  try {
    let decryption = await read(done);
    const report = await recomputeTally(await fetchBytes(`${api}/archive`));
    if (!report.ok) {
      listChecks(list, [{ ...report, status: "failed" }]);
      throw new Error(page.dataset.archiveRefused);
    }
    if (report.fingerprint !== poll.fingerprint) throw new Error(page.dataset.otherElection);
    fill("tallied", String(report.ballots));
    if (decryption && decryption.tally !== report.tally) throw new Error(page.dataset.otherTally);
    if (!decryption) {
      const ballot = await loadBallot();
      const made = ballot.partial_decryption(report.election, report.tally, kept.private_key, seed());
      decryption = { tally: report.tally, object: made };
      await write(done, decryption);
    }
    await send(`${api}/partial-decryption`, decryption.object);
    showStep("decrypted");
  } finally {
    part("progress").hidden = true;
  }
}

start().catch(showProblem);
