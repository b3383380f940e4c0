// A scrutineer's device: makes and keeps a share of the key, approves the election, checks the whole archive,
// states which ballots are summed, and decrypts what enough have stated, once.

import { loadBallot, seed } from "./ballot-module.js";
import { keepFirst, keys, read, write } from "./device-store.js";
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
      return key ? showClosed(key) : showStep("lost-key");
    default:
      return showStep("decrypted");
  }
}

/** Makes the key, keeps it, and only then sends its public part. */
async function makeKey() {
  const ballot = await loadBallot();
  const kept = await keepFirst(keys.trustee(owner, poll.id), makeTrusteeKey(ballot));
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
 *  everybody else's and approves it, signed, and this device works for no other one in this poll from then on. */
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
  if (approved && approved.fingerprint !== report.fingerprint) throw new Error(page.dataset.otherElection);
  if (approved) return sendApproval(approved);
  if (page.dataset.hasApproved === "true") return showStep("waiting");
  showStep("approve");
  onPress(part("approve"), async () => {
    const approval = ballot.sign_approval(election, rule, roll, trustees, kept.private_key, seed());
    const made = { fingerprint: report.fingerprint, approval };
    const first = await keepFirst(keys.approved(owner, poll.id), made);
    if (first.fingerprint !== made.fingerprint) throw new Error(page.dataset.otherElection);
    await sendApproval(first);
  });
}

/** Hands the approval in; one whose answer was lost is sent again. */
async function sendApproval({ approval }) {
  if (page.dataset.hasApproved !== "true") await send(`${api}/approval`, approval);
  page.dataset.hasApproved = "true";
  showStep("waiting");
}

/** After the close: what this device has stated is what it goes on with. */
async function showClosed(key) {
  const ballot = await loadBallot();
  const election = await fetchText(`${api}/election`);
  const { fingerprint } = JSON.parse(ballot.check_trustees(election, await fetchText(`${api}/trustees`), key.private_key));
  const stated = fingerprint && (await read(keys.closing(owner, fingerprint)));
  if (!stated) return showStep("decrypt");
  await sendClosing(stated, key);
}

/** The number that was reported aloud, as its owner typed it. */
function reportedBallots() {
  const reported = Number(part("reported").value.trim());
  if (!Number.isInteger(reported) || reported < 1) throw new Error(page.dataset.whatReported);
  return reported;
}

async function check() {
  const reported = reportedBallots();
  const kept = await read(keys.trustee(owner, poll.id));
  const report = await recompute(kept, reported);
  fill("print", report.print);
  fill("tally-print", report.tally_print);
  showStep("confirm");
  onPress(part("state"), () => state(report, kept));
}

/** Acts on nothing that is merely handed over: fetches the archive, checks all of it, requires that its ballots are exactly
 *  those of the public record and as many as were reported aloud, and recomputes the encrypted tally. The closed election must be the one that
 *  was approved and count this device's key. */
async function recompute(kept, reported) {
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
    const ballot = await loadBallot();
    const { accepted } = JSON.parse(ballot.check_trustees(report.election, report.trustees, kept.private_key));
    const approved = await read(keys.approved(owner, poll.id));
    if (!accepted || (approved && approved.fingerprint !== report.fingerprint)) {
      throw new Error(page.dataset.otherElection);
    }
    fill("tallied", String(report.ballots));
    if (report.ballots !== reported) throw new Error(page.dataset.otherNumber);
    return report;
  } finally {
    part("progress").hidden = true;
  }
}

/** States, signed, which ballots are summed: one statement for an election, ever, kept under the election's own fingerprint. */
async function state(report, kept) {
  const place = keys.closing(owner, report.fingerprint);
  let stated = await read(place);
  if (stated && stated.tally !== report.tally) throw new Error(page.dataset.otherTally);
  if (!stated) {
    const ballot = await loadBallot();
    const closing = ballot.sign_closing(report.election, report.closing, report.trustees, kept.private_key, seed());
    stated = await keepFirst(place, { tally: report.tally, ballots: report.ballots, closing });
    if (stated.tally !== report.tally) throw new Error(page.dataset.otherTally);
  }
  await sendClosing(stated, kept);
}

/** Hands the statement in (the same again changes nothing), and waits until enough others have stated the same. */
async function sendClosing(stated, kept) {
  await send(`${api}/closing-statement`, stated.closing);
  fill("tallied", String(stated.ballots));
  showStep("stated");
  onPress(part("decrypt"), () => decryptAgreed(stated, kept));
  showHowMany().catch(showProblem);
}

/** How many have stated it, until the page goes on. */
async function showHowMany() {
  const step = document.querySelector('[data-step="stated"]');
  while (!step.hidden) {
    const { trustees } = await fetchObject(api);
    const stated = trustees.filter((one) => one.has_stated_closing).length;
    fill("stated", `${stated} / ${trustees.length}`);
    if (stated === trustees.length) return;
    await new Promise((resolve) => setTimeout(resolve, 4000));
  }
}

/** Decrypts what was stated, when the record shows that enough devices have stated the same. */
async function decryptAgreed(stated, kept) {
  const report = await recompute(kept, stated.ballots);
  if (report.tally !== stated.tally) throw new Error(page.dataset.otherTally);
  fill("stated", `${report.stated} / ${report.needed}`);
  if (!report.is_agreed) throw new Error(page.dataset.notAgreed);
  await decrypt(report, kept);
}

/** One partial decryption of one tally of an election, ever: what is kept stands under the election's own fingerprint. */
async function decrypt(report, kept) {
  const done = keys.decryption(owner, report.fingerprint);
  let decryption = await read(done);
  if (decryption && decryption.tally !== report.tally) throw new Error(page.dataset.otherTally);
  if (!decryption) {
    const ballot = await loadBallot();
    const made = ballot.partial_decryption(report.election, report.tally, kept.private_key, seed());
    decryption = await keepFirst(done, { tally: report.tally, object: made });
    if (decryption.tally !== report.tally) throw new Error(page.dataset.otherTally);
  }
  await send(`${api}/partial-decryption`, decryption.object);
  showStep("decrypted");
}

start().catch(showProblem);
