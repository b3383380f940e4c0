// A deputy casts: choose, review, seal on this device, cast without a name, and check the receipt.

import { ballot, seed } from "./ballot-module.js";
import { keepFirst, keys, read, update, write } from "./device-store.js";
import { fetchPollRecord, vkey } from "./public-record.js";
import { ownCredential } from "./own-credential.js";
import { deliver } from "./delivery.js";
import { fetchObject, isPassing, sendAnonymously } from "./service.js";
import { handOut } from "./hand-out.js";
import { drawQr } from "./receipt-qr.js";
import { checkName, fill, hideSteps, onPress, part, parts, showProblem, showStep, writeText } from "./page-parts.js";
import { Word } from "./problem.js";
import { keepTicks, keptTicks, wipeTicks } from "./ticks.js";
import { openBody, verifyReceipt } from "./verifier.js";

const page = part("device-page");
const { api, owner, form } = page.dataset;
const most = Number(page.dataset.most);
const least = Number(page.dataset.least);
const isRegistered = page.dataset.registered === "true";

let poll;
let election;
let credential;
let checked;

/** Whether there is still something to choose on this page: Back and Forward go between paper and review only so long. */
let isChoosing = false;

/** Shows a step of the page, and how far one has come: what is above the paper says it too. */
function go(step) {
  const of = { choose: "choose", review: "review", sealed: "cast", receipt: "done" };
  markProgress(of[step] || "");
  showStep(step);
}

/** Marks one of the four steps as the one that is taken; those before it are done. */
function markProgress(current) {
  const steps = [...document.querySelectorAll("[data-progress]")];
  const at = current === "done" ? steps.length : steps.findIndex((step) => step.dataset.progress === current);
  steps.forEach((step, index) => {
    step.classList.toggle("done", index < at);
    if (index === at) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
}

async function start() {
  poll = await fetchObject(api);
  const receipt = await read(keys.receipt(owner, poll.election_uuid));
  if (receipt) return showReceipt(receipt);
  const sealed = await read(keys.sealed(owner, poll.election_uuid));
  // Whatever the poll has come to since: the service may have taken it, and only the answer was lost.
  if (sealed && sealed.is_cast) {
    showSealed(sealed);
    return part("cast").click();
  }
  // It was to be challenged, and whether the service has heard of it is not known: then it is told again, and a new one is sealed.
  if (sealed && sealed.is_challenged && poll.state === "open") {
    await spoil(sealed);
    return location.reload();
  }
  if (poll.state !== "open") return go(sealed ? "not-cast" : whyNotOpen());
  credential = await ownCredential(owner, poll);
  if (!credential) return go(isRegistered ? "no-credential" : "check-in-over");
  if (sealed) {
    if (await electionChecked()) showSealed(sealed);
    return;
  }
  choose();
  checkMeanwhile();
}

function whyNotOpen() {
  if (poll.state === "rules_adopted" && !isRegistered) return "not-checked-in";
  return ["drafted", "rules_adopted", "frozen"].includes(poll.state) ? "not-open" : "over";
}

/** The paper stands in the page. Record, verifier and sealing module come while it is read: only sealing waits for them. */
function choose() {
  isChoosing = true;
  tickAgain();
  watchChoices();
  const goToReview = () => {
    history.pushState({ step: "review" }, "");
    review();
  };
  onPress(part("review"), goToReview);
  onPress(part("blank"), () => {
    untick();
    goToReview();
  });
  for (const button of parts("back")) onPress(button, () => history.back());
  onPress(part("seal"), sealChoices);
  window.addEventListener("popstate", followHistory);
  followHistory();
}

/** Paper and review are places in the browser's history: Back leads from the one to the other, and a reload stays. */
function followHistory() {
  if (!isChoosing) return;
  if (history.state && history.state.step === "review" && (ticked().length === 0 || missing() === 0)) review();
  else go("choose");
}

/** While the paper is read. What has not arrived yet is asked for again before sealing, and disturbs nobody before. */
function checkMeanwhile() {
  electionChecked().catch((error) => {
    if (error.kind === undefined) showProblem(error);
  });
}

/** Answers, when the election has been checked, whether this device votes in it. What the device refuses, it refuses for good; what did not arrive is fetched
 *  again when this is asked again. */
async function electionChecked() {
  if (!checked) checked = checkElection();
  try {
    return await checked;
  } catch (error) {
    checked = undefined;
    if (error.kind === undefined) hideSteps();
    throw error;
  }
}

/** The device believes no word of the page: it takes election, rule, roll and trustees from the public record, as the
 *  continuation of what it has seen of it; the election must name exactly that rule and roll, its key must be put together
 *  from the scrutineers' proved keys, the roll must hold this device's credential, and the paper on the screen must say what
 *  the election says. */
async function checkElection() {
  ballot.load();
  const recorded = await fetchPollRecord(api, poll);
  const { rule, roll, trustees } = recorded;
  const report = JSON.parse(
    await ballot("check_election", recorded.election, rule, roll, trustees, credential.public),
  );
  // Either its owner has checked in once more, elsewhere, or the service has left this device out: the words say both.
  if (report.check === "credential" && isRegistered) {
    endChoosing();
    go("elsewhere");
    return false;
  }
  if (!report.accepted) throw new Word(refusals[report.check] || page.dataset.notBound, report.reason);
  if (report.uuid !== poll.election_uuid) throw new Word(page.dataset.notBound);
  if (!isPaperOf(JSON.parse(recorded.election).questions)) throw new Word(page.dataset.otherPaper);
  election = recorded.election;
  fill("print", report.print);
  return true;
}

const refusals = {
  credential: page.dataset.notOnRoll,
  trustees: page.dataset.foreignKey,
};

/** Whether the page shows the election's questions and answers, word for word, each at its place and once. */
function isPaperOf(questions) {
  const shown = boxes().map((box) => [box.dataset.question, box.dataset.answer, labelOf(box)]);
  const asked =
    form === "select"
      ? questions[0].answers.map((answer, a) => ["0", String(a), answer])
      : questions.flatMap(({ question, answers }, q) =>
          answers.map((answer, a) => [String(q), String(a), `${question}：${answer}`]),
        );
  return JSON.stringify(shown) === JSON.stringify(asked);
}

/** What somebody who ticks this box reads beside it. */
function labelOf(box) {
  const text = (within, name) => within.querySelector(`[data-part=${name}]`).textContent;
  const label = text(box.closest("label"), "answer-label");
  return form === "select" ? label : `${text(box.closest("fieldset"), "item-label")}：${label}`;
}

function boxes() {
  return [...page.querySelectorAll("[data-step=choose] input[name]")];
}

function ticked() {
  return boxes().filter((box) => box.checked);
}

/** A box's name on the paper. */
const nameOf = (box) => `${box.dataset.question}/${box.dataset.answer}`;

/** Ticks what was ticked before a reload of this tab. */
function tickAgain() {
  const kept = keptTicks(poll.election_uuid, credential);
  for (const box of boxes()) box.checked = kept.includes(nameOf(box));
}

/** How many ticks a ballot that is not blank still needs. */
function missing() {
  return Math.max(0, least - ticked().length);
}

/** Takes every tick back, as its owner would. */
function untick() {
  part("clear").click();
}

/** Keeps the count in the fixed bar, and the way to the review shut while too few are ticked; a tick too many is taken back with a word, since the proof forbids it. */
function watchChoices() {
  const { left, noneLeft } = page.dataset;
  const count = () => {
    fill("ticked", String(ticked().length));
    const rest = most - ticked().length;
    fill("left", rest === 0 ? noneLeft : left.replace("#", String(rest)));
    if (missing() > 0) fill("left", page.dataset.missing.replace("#", String(missing())));
    part("review").disabled = missing() > 0;
    keepTicks(poll.election_uuid, credential, ticked().map(nameOf));
  };
  for (const box of boxes()) {
    box.addEventListener("change", () => {
      const tooMany = form === "select" && ticked().length > most;
      if (tooMany) box.checked = false;
      part("too-many").hidden = !tooMany;
      count();
    });
  }
  onPress(part("clear"), () => {
    for (const box of boxes()) box.checked = false;
    part("too-many").hidden = true;
    count();
  });
  count();
}

/** Nothing is chosen here any more, and nothing that was chosen stays: neither on the page nor in the tab. */
function endChoosing() {
  isChoosing = false;
  if (history.state) history.replaceState(null, "");
  for (const box of boxes()) box.checked = false;
  fill("ticked", "");
  fill("left", "");
  part("review-list").textContent = "";
  part("unmarked-list").textContent = "";
  wipeTicks();
}

function review() {
  listTexts("review-list", ticked().map(labelOf));
  listTexts("unmarked-list", unmarked());
  part("review-none").hidden = ticked().length > 0;
  part("unmarked").hidden = unmarked().length === 0;
  part("print-late").hidden = true;
  if (!election) checkMeanwhile();
  go("review");
}

/** What has no mark: the boxes that are not ticked, or the items without an answer. */
function unmarked() {
  if (form === "select") return boxes().filter((box) => !box.checked).map(labelOf);
  const items = [...page.querySelectorAll("[data-step=choose] fieldset")];
  return items
    .filter((item) => !item.querySelector("input:checked"))
    .map((item) => item.querySelector("[data-part=item-label]").textContent);
}

function listTexts(name, texts) {
  const list = part(name);
  list.textContent = "";
  for (const text of texts) {
    const item = document.createElement("li");
    writeText(item, text);
    list.append(item);
  }
}

/** The choices in the order of the election's questions: one list of 0 and 1 for each. */
function choices() {
  const questions = JSON.parse(election).questions;
  const chosen = new Set(ticked().map(nameOf));
  return questions.map(({ answers, blank }, q) => {
    const marks = answers.map((_, a) => (chosen.has(`${q}/${a}`) ? 1 : 0));
    // Where the election tells blank ballots apart, whether this is one comes first.
    return blank ? [marks.includes(1) ? 0 : 1, ...marks] : marks;
  });
}

/** Seals, and keeps the sealed ballot before it is sent: a repeated press sends the same ballot. Where another tab has sealed
 *  or cast meanwhile, this one goes on with that ballot. */
async function sealChoices() {
  const receipt = await read(keys.receipt(owner, poll.election_uuid));
  if (receipt) return showReceipt(receipt);
  if (!election) {
    // Nothing is sealed whose print its owner has not had before their eyes.
    if (await electionChecked()) part("print-late").hidden = false;
    return;
  }
  markProgress("seal");
  // The opening, which would tell the choice, stays in this page's memory until the ballot is cast, and is kept nowhere.
  const { ballot: text, tracker, opening } = JSON.parse(
    await ballot("seal", election, credential.secret, JSON.stringify(choices()), seed()),
  );
  const kept = await keepFirst(keys.sealed(owner, poll.election_uuid), { ballot: text, tracker });
  part("sealed-elsewhere").hidden = kept.tracker === tracker;
  showSealed(kept, kept.tracker === tracker ? opening : "");
}

/** Shows the sealed ballot. Where the page knows its opening, it can be challenged instead of cast. */
function showSealed(sealed, opening = "") {
  endChoosing();
  part("may-challenge").hidden = opening === "";
  onPress(part("challenge"), () => challenge(sealed, opening));
  fill("tracker", sealed.tracker);
  go("sealed");
  onPress(part("cast"), () => cast(sealed));
}

/** Casts. That its owner wants it cast is kept first: what the network loses is sent again, also by this page opened again. */
async function cast(sealed) {
  const kept = await update(keys.sealed(owner, poll.election_uuid), (now) =>
    now && now.tracker === sealed.tracker && !now.is_challenged ? { ...now, is_cast: true } : now,
  );
  // Another tab has challenged this one meanwhile.
  if (!kept || !kept.is_cast) return location.reload();
  part("may-challenge").hidden = true;
  let receipt;
  try {
    receipt = await deliver(`${api}/ballots`, sealed.ballot, part("cast"));
  } catch (error) {
    if (error.code === "poll-not-open") return go("not-cast");
    if (error.code === "ballot-challenged") return forget(sealed).then(() => location.reload());
    throw error;
  }
  await write(keys.receipt(owner, poll.election_uuid), receipt);
  await showReceipt(receipt);
}

/** Challenges the sealed ballot instead of casting it: first the service refuses it from now on, then the page shows how it was
 *  sealed. Whoever sees that could cast it. */
async function challenge(sealed, opening) {
  const kept = await update(keys.sealed(owner, poll.election_uuid), (now) =>
    now && now.tracker === sealed.tracker && !now.is_cast ? { ...now, is_challenged: true } : now,
  );
  // Another tab casts this one, or has challenged it.
  if (!kept || !kept.is_challenged || kept.tracker !== sealed.tracker) return location.reload();
  await spoil(sealed);
  const { tracker, ballot } = sealed;
  const text = JSON.stringify({ challenged: api, election_uuid: poll.election_uuid, tracker, ballot, opening });
  handOut("challenge", `challenged-ballot-${poll.election_uuid}.json`, text);
  onPress(part("seal-anew"), () => location.reload());
  go("challenged");
}

/** The service refuses the ballot from now on, and this device forgets it. Where it may not be challenged, it stays to be cast. */
async function spoil(sealed) {
  try {
    await sendAnonymously(`${api}/challenges`, sealed.ballot);
  } catch (error) {
    if (!isPassing(error)) {
      await update(keys.sealed(owner, poll.election_uuid), (now) => now && { ...now, is_challenged: false });
    }
    throw error;
  }
  await forget(sealed);
}

/** Forgets a sealed ballot that can no longer be cast. */
function forget(sealed) {
  return update(keys.sealed(owner, poll.election_uuid), (now) =>
    now && now.tracker === sealed.tracker ? undefined : now,
  );
}

async function showReceipt(receipt) {
  endChoosing();
  fill("tracker", receipt.tracker);
  fill("position", String(receipt.position));
  go("receipt");
  const { qr, ...rest } = receipt;
  if (qr) drawQr(part("receipt-qr"), qr);
  handOut("receipt", `receipt-${receipt.position}.json`, receipt.text, JSON.stringify(rest, null, 1));
  const report = await checkReceipt(receipt);
  part("receipt-checking").hidden = true;
  part(report.ok ? "receipt-good" : "receipt-bad").hidden = false;
  if (!report.ok) fill("receipt-why", checkName(report.check));
}

/** The leaf is in the signed record, and what it stands for is this device's ballot to the last byte. The receipt brings
 *  all that this needs: asking the service about one's own ballot would tell whose it is. */
async function checkReceipt(receipt) {
  const report = await verifyReceipt(receipt.text, vkey);
  if (!report.ok) return report;
  const { kind, subject, body } = report.leaf;
  const sealed = await read(keys.sealed(owner, poll.election_uuid));
  const isOurs = kind === "poll_ballot" && subject === poll.election_uuid && sealed.tracker === receipt.tracker;
  if (!isOurs) return { ok: false, check: "ballots" };
  return openBody(new TextEncoder().encode(`${receipt.salt}\n${sealed.ballot}`), body);
}

// Once it is not open any more, whatever the way here, nothing that was ticked stays either.
start()
  .then(() => isChoosing || wipeTicks())
  .catch((error) => {
    showProblem(error);
    if (isPassing(error)) window.addEventListener("online", () => location.reload(), { once: true });
  });
