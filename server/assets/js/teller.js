// A teller's device: before the freeze it makes the credentials that are set aside for paper; when the box is opened, it keeps what
// is typed of each sheet, compares it with the other teller's through marks that tell the service nothing, and seals.

import { ballot, seed } from "./ballot-module.js";
import { keepFirst, keys, read, update, write } from "./device-store.js";
import { deliver } from "./delivery.js";
import { askToLast, sayWhetherItLasts } from "./lasting.js";
import { fetchPollRecord } from "./public-record.js";
import { clearProblem, fill, onPress, part, showProblem, showStep, writeText } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchAsPerson, fetchObject, send } from "./service.js";

const page = part("device-page");
const { api, owner } = page.dataset;

let poll;
let election;
let questions;
/** The public credentials of the recorded roll. */
let onRoll;
/** What the service says of the paper. */
let state;
/** The secret, where this is the device that seals. */
let secret;
/** The key with which both tellers' devices compare. */
let compareKey;
/** The sheets that were typed, and how far sealing has come. */
let work;
let editing = 0;
/** Counts what was last asked to be shown: a list that comes late does not take a sheet away that was opened meanwhile. */
let turn = 0;

async function start() {
  poll = await fetchObject(api);
  if (poll.state === "drafted") return showStep("too-early");
  state = await fetchAsPerson(`${api}/paper`);
  if (state.reserved === 0) return showStep("no-paper");
  listen();
  // One device seals for the whole meeting, whichever of its polls is counted.
  const own = await read(keys.paper(owner, poll.check_in));
  secret = own && own.secret;
  if (poll.state === "rules_adopted") return before();
  if (state.counted) return showCounted();
  if (poll.state !== "open") return showStep("not-open");
  await during();
}

function listen() {
  onPress(part("make"), make);
  onPress(part("restore"), () => restore("restore", before));
  onPress(part("reserve"), reserve);
  onPress(part("show-again"), writeDown);
  onPress(part("compare"), useCode);
  onPress(part("restore-lost"), () => restore("lost", during));
  onPress(part("add"), () => openSheet(work.sheets.length));
  onPress(part("leave-sheet"), () => showSheets());
  onPress(part("keep-sheet"), keepSheet);
  onPress(part("hand-in"), handIn);
  onPress(part("seal"), sealAll);
}

/** A code as people type it: spaces for hyphens, or neither. */
function codeIn(name) {
  const letters = part(`code-${name}`).value.replace(/[\s-]/g, "");
  if (!/^[1-9A-HJ-NP-Za-km-z]{22}$/.test(letters)) throw new Word(page.dataset.notACode);
  return [letters.slice(0, 5), letters.slice(5, 11), letters.slice(11, 16), letters.slice(16)].join("-");
}

// Before the freeze

async function before() {
  if (!secret) {
    part("made-elsewhere").hidden = !state.has_credentials;
    await sayWhetherItLasts();
    return showStep("make");
  }
  const kept = await read(keys.paper(owner, poll.check_in));
  return kept.is_handed_in ? showReserved() : writeDown();
}

/** Makes the secret and keeps it. What comes of it is sent when it has been typed again from paper, and not before. */
async function make() {
  askToLast();
  const made = JSON.parse(await ballot("make_paper_secret", seed()));
  secret = (await keepFirst(keys.paper(owner, poll.check_in), { secret: made.secret })).secret;
  writeDown();
}

async function restore(name, then) {
  const typed = codeIn(name);
  if (name === "lost" && !(await isOnRoll(typed))) throw new Word(page.dataset.otherCode);
  secret = typed;
  await write(keys.paper(owner, poll.check_in), { secret, is_handed_in: name === "lost" });
  part(`code-${name}`).value = "";
  await then();
}

function writeDown() {
  fill("secret", secret);
  showStep("write-down");
}

async function reserve() {
  if (codeIn("again") !== secret) throw new Word(page.dataset.otherCode);
  const elections = JSON.stringify([poll.election_uuid, ...poll.reserved_elections]);
  const credentials = JSON.parse(await ballot("paper_credentials", secret, elections, state.reserved));
  state = await send(`${api}/paper/credentials`, JSON.stringify({ credentials }));
  part("code-again").value = "";
  fill("secret", "");
  await write(keys.paper(owner, poll.check_in), { secret, is_handed_in: true });
  showReserved();
}

function showReserved() {
  fill("reserved", String(state.reserved));
  fill("on-paper", String(state.on_paper));
  showStep("reserved");
}

// When the box is opened

const workKey = () => keys.papers(owner, poll.election_uuid);

async function during() {
  election = await electionOfRecord();
  // Another teller's device has made the credentials since: this one compares.
  if (secret && !(await isOnRoll(secret))) secret = undefined;
  work = (await read(workKey())) || { sheets: [] };
  if (secret) compareKey = JSON.parse(await ballot("comparison_key", secret, poll.election_uuid)).key;
  else compareKey = work.key;
  if (!compareKey) return showStep("side");
  part("own-code").hidden = !secret;
  if (secret) fill("compare-code", compareKey);
  showSheets();
}

/** The election of the record, which names its rule and roll; the sheet on the screen must say what it says. */
async function electionOfRecord() {
  const { election: text, rule, roll, trustees } = await fetchPollRecord(api, poll);
  const report = JSON.parse(await ballot("check_election", text, rule, roll, trustees, ""));
  if (!report.accepted || report.uuid !== poll.election_uuid) throw new Word(page.dataset.notBound, report.reason);
  questions = JSON.parse(text).questions;
  onRoll = JSON.parse(roll);
  if (!isPaperOf()) throw new Word(page.dataset.otherPaper);
  return text;
}

/** Whether the credentials that were set aside come from this secret. */
async function isOnRoll(typed) {
  const [[first]] = JSON.parse(await ballot("paper_credentials", typed, JSON.stringify([poll.election_uuid]), 1));
  return onRoll.includes(first);
}

function boxes() {
  return [...part("sheet-paper").querySelectorAll("input")];
}

function isPaperOf() {
  const text = (within, name) => within.querySelector(`[data-part=${name}]`);
  const labelOf = (box) => {
    const label = text(box.closest("label"), "answer-label").textContent;
    const item = box.closest("fieldset");
    return item ? `${text(item, "item-label").textContent}：${label}` : label;
  };
  const isOneQuestion = !part("sheet-paper").querySelector("fieldset");
  const shown = boxes().map((box) => [box.dataset.question, box.dataset.answer, labelOf(box)]);
  const asked = questions.flatMap(({ question, answers }, q) =>
    answers.map((answer, a) => [String(q), String(a), isOneQuestion ? answer : `${question}：${answer}`]),
  );
  return JSON.stringify(shown) === JSON.stringify(asked);
}

async function useCode() {
  const key = codeIn("compare");
  work = await update(workKey(), (kept) => ({ sheets: [], ...kept, key }));
  part("code-compare").value = "";
  await during();
}

/** What is ticked on a sheet as the election's questions take it; `[]` where it was ruled invalid. */
function choicesOf(sheet) {
  if (sheet.ruled) return [];
  const ticked = new Set(sheet.ticked);
  return questions.map(({ answers, blank }, q) => {
    const marks = answers.map((_, a) => (ticked.has(`${q}/${a}`) ? 1 : 0));
    return blank ? [marks.includes(1) ? 0 : 1, ...marks] : marks;
  });
}

async function marksOf() {
  const sheets = JSON.stringify(work.sheets.map(choicesOf));
  return JSON.parse(await ballot("mark_sheets", election, compareKey, sheets));
}

/** The list of what was typed, with what differs from the other teller's, and what can be done next. */
async function showSheets() {
  const own = ++turn;
  const { invalid } = await marksOf();
  if (own !== turn) return;
  fill("issued", String(state.issued));
  fill("typed", String(work.sheets.length));
  const isIn = state.own !== null;
  const isCompared = isIn && state.differ !== null;
  const differ = isCompared ? state.differ : [];
  const isAlike = isCompared && state.same_count && differ.length === 0 && !work.is_changed;
  part("waiting-for-other").hidden = !isIn || isCompared;
  part("other-count").hidden = !isCompared || state.same_count || isAlike;
  part("differences").hidden = !isCompared || differ.length === 0;
  part("all-alike").hidden = !isAlike;
  part("no-sheets").hidden = work.sheets.length > 0;
  const list = part("sheet-list");
  list.textContent = "";
  work.sheets.forEach((sheet, place) => list.append(rowOf(sheet, place, invalid, differ)));
  // What was sealed once is cast, whatever has come between.
  part("seal").hidden = !(secret && (isAlike || work.sealed));
  part("add").hidden = Boolean(work.sealed);
  part("hand-in").hidden = Boolean(work.sealed) || isAlike;
  showStep("sheets");
}

function rowOf(sheet, place, invalid, differ) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "secondary";
  const ticked = sheet.ticked.map((name) => name.split("/").map((n) => Number(n) + 1));
  const answers = ticked.map(([q, a]) => (questions.length > 1 ? `${q}·${a}` : String(a)));
  const said = sheet.ruled ? page.dataset.ruled : answers.join(page.dataset.separator) || page.dataset.empty;
  const isInvalid = !sheet.ruled && invalid.includes(place + 1);
  writeText(button, `${numbered(place)}${said}${isInvalid ? ` (${page.dataset.invalid})` : ""}`);
  button.disabled = Boolean(work.sealed);
  onPress(button, () => openSheet(place));
  row.append(button);
  row.classList.toggle("sheet-differs", differ.includes(place + 1));
  return row;
}

/** How a sheet is called. */
const numbered = (place) => page.dataset.number.replace("#", String(place + 1));

function openSheet(place) {
  turn++;
  editing = place;
  const sheet = work.sheets[place] || { ticked: [], ruled: false };
  fill("sheet-number", numbered(place));
  for (const box of boxes()) box.checked = sheet.ticked.includes(`${box.dataset.question}/${box.dataset.answer}`);
  part("ruled-invalid").checked = sheet.ruled;
  showStep("sheet");
}

/** Keeps what was typed on this device, so that a reload loses nothing. */
async function keepSheet() {
  const ticked = boxes().filter((box) => box.checked);
  const ruled = part("ruled-invalid").checked;
  const sheet = { ticked: ruled ? [] : ticked.map((box) => `${box.dataset.question}/${box.dataset.answer}`), ruled };
  const place = editing;
  work = await update(workKey(), (kept) => {
    const sheets = [...((kept && kept.sheets) || [])];
    sheets[place] = sheet;
    return { ...kept, sheets, is_changed: true };
  });
  await showSheets();
}

async function handIn() {
  const side = secret ? "first" : "second";
  const { count, sheets } = await marksOf();
  state = await send(`${api}/paper/list`, JSON.stringify({ side, count, sheets }));
  work = await update(workKey(), (kept) => ({ sheets: [], ...kept, is_changed: false }));
  await showSheets();
}

/** Seals each valid sheet under a credential of its own, keeps all of them before the first is cast, and casts them in the order of
 *  their trackers. Whatever is lost on the way is sent again, the same ballots. */
async function sealAll() {
  if (!work.sealed) {
    const { invalid } = await marksOf();
    const valid = work.sheets.filter((_, place) => !invalid.includes(place + 1));
    part("sealing").hidden = false;
    const sealed = [];
    for (const sheet of valid) {
      const choices = JSON.stringify(choicesOf(sheet));
      const made = await ballot("seal_paper", election, secret, sealed.length + 1, choices, seed());
      const { ballot: text, tracker } = JSON.parse(made);
      sealed.push({ ballot: text, tracker });
      fill("sealed-count", `${sealed.length} / ${valid.length}`);
    }
    sealed.sort((a, b) => (a.tracker < b.tracker ? -1 : 1));
    const count = { returned: work.sheets.length, invalid, sealed: sealed.map((one) => one.tracker) };
    // Another tab may have sealed meanwhile: what it keeps is what is cast.
    work = await update(workKey(), (kept) => (kept.sealed ? kept : { ...kept, sealed, count }));
  }
  for (const one of work.sealed) await deliver(`${api}/ballots`, one.ballot, part("seal"));
  part("sealing").hidden = true;
  state = await send(`${api}/paper/count`, JSON.stringify(work.count));
  await forget();
  showCounted();
}

/** What stands on the sheets stays on this device no longer than it must. */
function forget() {
  return update(workKey(), () => undefined);
}

async function showCounted() {
  await forget();
  fill("issued", String(state.issued));
  fill("spoiled", String(state.spoiled));
  showStep("done");
}

/** While this teller waits for the other: asked again every few seconds, as long as nothing is being typed. */
async function lookAgain() {
  const isWaiting = state && work && !document.querySelector("[data-step=sheets]").hidden;
  if (!isWaiting || document.hidden) return;
  const now = await fetchAsPerson(`${api}/paper`).catch(() => state);
  if (now.counted) {
    state = now;
    return showCounted();
  }
  if (JSON.stringify(now) === JSON.stringify(state) || part("seal").getAttribute("aria-busy") === "true") return;
  state = now;
  if (!document.querySelector("[data-step=sheets]").hidden) await showSheets();
}

setInterval(() => lookAgain().catch(() => undefined), 4000);
start().then(clearProblem, showProblem);
