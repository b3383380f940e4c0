// A scrutineer's device: makes and keeps a share of the key, approves the election, checks the whole archive,
// states which ballots are summed, and decrypts what enough have stated, once.

import { ballot, seed } from "./ballot-module.js";
import { keepFirst, keys, read, write } from "./device-store.js";
import { fetchPollRecord, rememberCheckpoint, seenCheckpoint, vkey } from "./public-record.js";
import { fetchBytes, fetchObject, fetchText, send } from "./service.js";
import { handOut } from "./hand-out.js";
import { KeyCeremony } from "./key-ceremony.js";
import { askToLast, sayWhetherItLasts } from "./lasting.js";
import { fill, listChecks, onPress, part, parts, showProblem, showStep, textOf } from "./page-parts.js";
import { Word } from "./problem.js";
import { recomputeTally } from "./verifier.js";

const page = part("device-page");
const { api, owner } = page.dataset;

let poll;
let ceremony;

async function start() {
  poll = await fetchObject(api);
  if (poll.ceremony) ceremony = new KeyCeremony(api, owner, page, poll);
  const kept = await read(keys.trustee(owner, poll.keys_of));
  // What an earlier ceremony has given is no key any more.
  const key = ceremony && kept && kept.attempt !== ceremony.attempt ? undefined : kept;
  onPress(part("make-key"), makeKey);
  onPress(part("check-backup"), checkBackup);
  onPress(part("backup-again"), () => showStep("key-backup"));
  onPress(part("check"), check);
  onPress(part("restore"), restoreKey);
  for (const name of ["backup", "restore"]) readInto(part(`${name}-file`), part(`${name}-text`));
  await show(key);
}

async function show(key) {
  switch (poll.state) {
    case "drafted":
      return showStep("too-early");
    case "rules_adopted":
      await sayWhetherItLasts();
      if (ceremony) return ceremony.run();
      if (key) return showKey(key);
      sayWhetherElsewhere();
      return showStep("key");
    case "frozen":
    case "open":
      return key ? showElection(key) : showStep(lost());
    case "closed":
      if (page.dataset.hasDecrypted === "true") return showStep("decrypted");
      return key ? showClosed(key) : showStep(lost());
    default:
      return showStep("decrypted");
  }
}

/** Where a key that is not here comes from: its backup, or the code on paper and the record of the ceremony. */
function lost() {
  return ceremony ? "lost-share" : "lost-key";
}

/** Makes the key and keeps it. Its public part is sent when the backup has been read again, and not before. */
async function makeKey() {
  askToLast();
  const made = JSON.parse(await ballot("make_trustee_key", seed()));
  const kept = { private_key: made.private_key, public_object: made.public_key };
  showKey(await keepFirst(keys.trustee(owner, poll.keys_of), kept));
}

/** A key is this device's affair until its backup has been read again: that the service has another one of the same person
 *  says nothing of this one. */
function showKey(kept) {
  sayWhetherElsewhere(kept);
  fill("public-key", JSON.parse(kept.public_object).public_key);
  handOut("key", `trustee-key-${poll.id}.json`, JSON.stringify(kept, null, 1));
  showStep(page.dataset.key === kept.public_object ? "key-made" : "key-backup");
}

function sayWhetherElsewhere(kept) {
  const isElsewhere = page.dataset.key !== "" && !(kept && page.dataset.key === kept.public_object);
  for (const said of parts("key-elsewhere")) said.hidden = !isElsewhere;
}

/** What is chosen as a file goes into the field, where the text may as well be pasted. */
function readInto(file, field) {
  file.addEventListener("change", async () => {
    try {
      field.value = await textOf(file.files[0]);
    } catch (error) {
      showProblem(error);
    }
  });
}

/** The key of a backup, as its file or its text was given back. */
function keyIn(field) {
  let kept;
  try {
    kept = JSON.parse(field.value);
  } catch {
    throw new Word(page.dataset.notAKey);
  }
  if (!kept || typeof kept.private_key !== "string" || typeof kept.public_object !== "string") {
    throw new Word(page.dataset.notAKey);
  }
  return kept;
}

/** A key that only this browser has is one cleared history away from a count that nobody can open: the service learns of
 *  it when its backup has proved to be this very key. */
async function checkBackup() {
  const kept = await read(keys.trustee(owner, poll.keys_of));
  const backup = keyIn(part("backup-text"));
  if (backup.private_key !== kept.private_key || backup.public_object !== kept.public_object) {
    throw new Word(page.dataset.otherBackup);
  }
  await send(`${api}/trustee-key`, kept.public_object);
  part("backup-text").value = "";
  page.dataset.key = kept.public_object;
  showKey(kept);
}

async function restoreKey() {
  const kept = keyIn(part("restore-text"));
  if (!(await isTrustee(kept))) throw new Word(page.dataset.notThisKey);
  await write(keys.trustee(owner, poll.keys_of), kept);
  await show(kept);
}

/** Whether the election's trustees, whose keys together make the election's key, count this device among them. */
async function isTrustee(kept) {
  const trustees = await fetchText(`${api}/trustees`);
  const election = await fetchText(`${api}/election`);
  return JSON.parse(await ballot("check_trustees", election, trustees, kept.private_key)).accepted;
}

/** The election of the record, put together again from rule, roll and trustees; its owner compares the print with
 *  everybody else's and approves it, signed, and this device works for no other one in this poll from then on. */
async function showElection(kept) {
  ballot.load();
  const { election, rule, roll, trustees } = await fetchPollRecord(api, poll);
  const report = JSON.parse(await ballot("check_election", election, rule, roll, trustees, ""));
  const own = JSON.parse(await ballot("check_trustees", election, trustees, kept.private_key));
  // The trustees of the ceremony that this device has gone through, and no others.
  const isOther = kept.trustees && kept.trustees !== trustees;
  if (!report.accepted || !own.accepted || isOther) return showStep("not-trustee");
  fill("print", report.print);
  const approved = await read(keys.approved(owner, poll.id));
  if (approved && approved.fingerprint !== report.fingerprint) throw new Word(page.dataset.otherElection);
  if (approved) return sendApproval(approved);
  if (page.dataset.hasApproved === "true") return showStep("waiting");
  showStep("approve");
  onPress(part("approve"), async () => {
    const approval = await ballot("sign_approval", election, rule, roll, trustees, kept.private_key, seed());
    const made = { fingerprint: report.fingerprint, approval };
    const first = await keepFirst(keys.approved(owner, poll.id), made);
    if (first.fingerprint !== made.fingerprint) throw new Word(page.dataset.otherElection);
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
  const election = await fetchText(`${api}/election`);
  const trustees = await fetchText(`${api}/trustees`);
  const { fingerprint } = JSON.parse(await ballot("check_trustees", election, trustees, key.private_key));
  const stated = fingerprint && (await read(keys.closing(owner, fingerprint)));
  if (!stated) return showStep("decrypt");
  await sendClosing(stated, key);
}

/** The number that was reported aloud, as its owner typed it. */
function reportedBallots() {
  const reported = Number(part("reported").value.trim());
  if (!Number.isInteger(reported) || reported < 1) throw new Word(page.dataset.whatReported);
  return reported;
}

async function check() {
  const reported = reportedBallots();
  const kept = await read(keys.trustee(owner, poll.keys_of));
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
  list.textContent = "";
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
      throw new Word(page.dataset.archiveRefused);
    }
    await rememberCheckpoint(report.checkpoint);
    if (kept.trustees && kept.trustees !== report.trustees) throw new Word(page.dataset.otherElection);
    const { accepted } = JSON.parse(
      await ballot("check_trustees", report.election, report.trustees, kept.private_key),
    );
    const approved = await read(keys.approved(owner, poll.id));
    if (!accepted || (approved && approved.fingerprint !== report.fingerprint)) {
      throw new Word(page.dataset.otherElection);
    }
    fill("tallied", String(report.ballots));
    // What the chief scrutineer reports as returned counts the papers, too, that are invalid and in no sum.
    if (report.ballots + report.invalid !== reported) throw new Word(page.dataset.otherNumber);
    return report;
  } finally {
    part("progress").hidden = true;
  }
}

/** States, signed, which ballots are summed: one statement for an election, ever, kept under the election's own fingerprint. */
async function state(report, kept) {
  const place = keys.closing(owner, report.fingerprint);
  let stated = await read(place);
  if (stated && stated.tally !== report.tally) throw new Word(page.dataset.otherTally);
  if (!stated) {
    const { election, closing: said, trustees } = report;
    const closing = await ballot("sign_closing", election, said, trustees, kept.private_key, seed());
    stated = await keepFirst(place, { tally: report.tally, ballots: report.ballots, closing });
    if (stated.tally !== report.tally) throw new Word(page.dataset.otherTally);
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
  if (report.tally !== stated.tally) throw new Word(page.dataset.otherTally);
  fill("stated", `${report.stated} / ${report.needed}`);
  if (!report.is_agreed) throw new Word(page.dataset.notAgreed);
  if (report.stated >= report.enough) return decrypt(report, kept);
  // So few are enough only where all who are present have compared the print aloud.
  const { trustees } = await fetchObject(api);
  const absent = trustees.filter((one) => !one.has_stated_closing).map((one) => one.name);
  fill("absent", absent.join(page.dataset.separator));
  fill("tally-print", report.tally_print);
  showStep("present");
  onPress(part("all-present"), () => decrypt(report, kept));
}

/** One partial decryption of one tally of an election, ever: what is kept stands under the election's own fingerprint. */
async function decrypt(report, kept) {
  const done = keys.decryption(owner, report.fingerprint);
  let decryption = await read(done);
  if (decryption && decryption.tally !== report.tally) throw new Word(page.dataset.otherTally);
  if (!decryption) {
    const made = await ballot("partial_decryption", report.election, report.tally, kept.private_key, seed());
    decryption = await keepFirst(done, { tally: report.tally, object: made });
    if (decryption.tally !== report.tally) throw new Word(page.dataset.otherTally);
  }
  await send(`${api}/partial-decryption`, decryption.object);
  showStep("decrypted");
}

start().catch(showProblem);
