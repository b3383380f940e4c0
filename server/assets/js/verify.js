// Anyone checks a receipt or a whole archive, on their own device, with the same code as the `tally` command.

import { ballot } from "./ballot-module.js";
import { checkName, clearProblem, fill, isOpen, listChecks, onPress, part, parts, showProblem, textOf, writeText } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchBytes, fetchObject, fetchText } from "./service.js";
import { findCounted, verifyArchive, verifyPollRecord, verifyReceipt } from "./verifier.js";

const page = part("device-page");
const verdict = part("verdict");
const all = (selector) => [...page.querySelectorAll(selector)];

/** Counts the changes of what is to be checked: what a check finds is said only while its input stands. */
let changes = 0;

/** Takes away whatever was said of something else. */
function clear() {
  changes += 1;
  clearProblem();
  verdict.hidden = true;
  for (const said of all("[data-verdict], [data-fact]")) said.hidden = true;
}

/** Shows sentences of the verdict. */
function say(...names) {
  verdict.hidden = false;
  for (const name of names) part(name).hidden = false;
}

/** Says a fact in the list, where there is one to say. */
function sayFact(name, text) {
  for (const element of all(`[data-fact="${name}"]`)) {
    element.hidden = text === "";
    if (element.tagName === "DD") writeText(element, text);
  }
}

/** Runs a check under its word of progress. `find` answers with what to do with the page, done only if nothing has changed. */
async function check(progress, find) {
  clear();
  const begun = changes;
  say(progress);
  verdict.focus();
  try {
    for (let next = find; next && begun === changes; ) {
      const found = await next();
      if (begun !== changes) return;
      next = found();
      verdict.scrollIntoView({ block: "nearest" });
    }
  } catch (error) {
    if (begun !== changes) return;
    clear();
    throw error;
  } finally {
    if (begun === changes) part(progress).hidden = true;
  }
}

/** The record's text form, which may stand inside the file that a deputy saved. */
function receiptText(typed) {
  try {
    return JSON.parse(typed).text || typed;
  } catch {
    return typed;
  }
}

/** The key to trust: a name, eight hexadecimal digits, and the key in base64 (c2sp.org/signed-note). */
function vkey() {
  const typed = part("receipt-vkey").value.trim();
  if (!/^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(typed)) throw new Word(page.dataset.notAVkey);
  return typed;
}

/** County and year, as the record's scope has them. */
function placeOf(scope) {
  const [slug, year] = scope.split("/");
  const name = page.querySelector(`[data-place="${CSS.escape(slug)}"]`);
  return [name ? name.textContent : slug, year].filter(Boolean).join(" ");
}

const checkReceipt = () =>
  check("receipt-progress", async () => {
    const text = receiptText(part("receipt-text").value);
    const report = await verifyReceipt(text, vkey()).catch((error) => {
      // The verifier refuses to begin only with a key that is none: its eight digits are those of another one.
      throw error.kind ? error : new Word(page.dataset.notAVkey, error.message);
    });
    return () => {
      if (!report.ok) {
        say("receipt-bad", `why-${report.check}`, "verdict-code");
        fill("code", [report.check, report.message].join(" "));
        return null;
      }
      say("receipt-good", "facts");
      sayFact("place", placeOf(report.leaf.scope));
      sayFact("entry", String(report.index));
      if (report.leaf.kind === "poll_ballot") {
        say("receipt-secret");
        return () => checkCounted(text, report.leaf);
      }
      part("receipt-good").hidden = true;
      say("receipt-entry");
      return null;
    };
  });

/** Whether the ballot is counted, by the poll's whole bundle. It is fetched as by anybody: which ballot is looked for in it
 *  stays on this device. */
async function checkCounted(text, leaf) {
  const cycle = `/api/v1/j/${leaf.scope}`;
  const { results } = await fetchObject(`${cycle}/results`);
  const announced = results.find((one) => one.election_uuid === leaf.subject);
  if (!announced) return () => say("receipt-not-announced");
  const counted = await findCounted(await fetchBytes(`${cycle}/polls/${announced.poll}/bundle`), text);
  return () => {
    sayFact("poll", announced.title);
    if (counted.ok) {
      // One sentence says both.
      part("receipt-good").hidden = true;
      say(counted.replaced_by === null ? "receipt-counted" : "receipt-replaced");
    } else {
      say("receipt-not-counted", "verdict-code");
      fill("not-counted-why", checkName(counted.check));
      fill("code", [counted.check, counted.message].join(" "));
    }
  };
}

const checkArchive = () =>
  check("archive-progress", async () => {
    const file = part("archive-file").files[0];
    if (!file) throw new Word(page.dataset.noFile);
    const report = await verifyArchive(new Uint8Array(await new Response(file).arrayBuffer()));
    return () => sayReport(report);
  });

/** The bundle that a result's page publishes: the address behind `#`, which leads nowhere else. */
const BUNDLE = /^bundle=(\/api\/v1\/j\/[a-z0-9-]+\/[0-9]{4}\/polls\/[0-9a-f-]{36}\/bundle)$/;

const checkPublished = (address) =>
  check("archive-progress", async () => {
    const report = await verifyArchive(await fetchBytes(address));
    return () => sayReport(report);
  });

function sayReport({ verdict: said, failure, checks, counted, rule, decision }) {
  listChecks(part("archive-checks"), checks);
  if (said !== "unsupported") say("archive-details");
  if (said !== "verified") {
    say(said === "unsupported" ? "archive-unsupported" : "archive-bad", "verdict-code");
    fill("archive-why", checkName(failure.check));
    fill("code", [failure.check, failure.reason, failure.object, failure.message].filter(Boolean).join(" "));
    return;
  }
  // A poll that was withdrawn or is void has no counts to follow from anything.
  say(decision && ENDED.test(decision.outcome) ? "archive-ended" : "archive-good", "facts");
  if (counted) {
    sayFact("poll", counted.name);
    sayFact("ballots", String(counted.counted));
    sayFact("entitled", String(counted.credentials));
  }
  if (rule) sayFact("rule", rule.title);
  if (decision) sayDecision(decision, rule ? rule.items : []);
  else say("no-decision");
}

/** What a device hands out of a challenged ballot: where its poll is, the ballot, and how it was sealed. */
function challengeOf(typed) {
  try {
    const { challenged, election_uuid: election, ballot: sealed, opening } = JSON.parse(typed);
    if (POLL.test(challenged) && [election, sealed, opening].every((one) => typeof one === "string")) {
      return { api: challenged, election, sealed, opening };
    }
  } catch {
    // The same word as for what is no such thing.
  }
  throw new Word(page.dataset.notAChallenge);
}

const POLL = /^\/api\/v1\/j\/[a-z0-9-]+\/[0-9]{4}\/polls\/[0-9a-f-]{36}$/;

/** The election is the record's, not what the device that is checked says of it. */
const checkChallenge = () =>
  check("challenge-progress", async () => {
    const { api, election, sealed, opening } = challengeOf(part("challenge-text").value);
    const refused = (report) => () => {
      say("challenge-bad", "verdict-code");
      fill("code", [report.check, report.reason || report.message].filter(Boolean).join(" "));
    };
    const recorded = await verifyPollRecord(await fetchText(`${api}/record/opening`), vkey(), election, "");
    if (!recorded.ok) return refused(recorded);
    const bound = JSON.parse(
      await ballot("check_election", recorded.election, recorded.rule, recorded.roll, recorded.trustees, ""),
    );
    if (!bound.accepted) return refused(bound);
    const opened = JSON.parse(await ballot("open_ballot", recorded.election, sealed, opening));
    if (!opened.accepted) return refused(opened);
    return () => {
      say("challenge-good", "challenge-facts");
      listChoices(JSON.parse(recorded.election).questions, opened.choices);
      fill("challenge-tracker", opened.tracker);
      fill("challenge-print", bound.print);
    };
  });

/** What the ballot hides, in the election's words. */
function listChoices(questions, choices) {
  const list = part("challenge-choices");
  list.textContent = "";
  questions.forEach(({ question, answers }, q) => {
    answers.forEach((answer, a) => {
      if (choices[q][a] !== 1) return;
      const item = document.createElement("li");
      writeText(item, questions.length === 1 ? answer : `${question}：${answer}`);
      list.append(item);
    });
  });
  part("challenge-none").hidden = list.childElementCount > 0;
}

const CHOSEN = /^(chosen|filled)/;
const ENDED = /^(voided|withdrawn)$/;

/** The decision, as the verifier has computed it again. */
function sayDecision({ outcome, items, explanation }, labels) {
  say(`decision-${outcome}`);
  const label = (id) => labels.find((item) => item.indexOf(`${id} `) === 0) || id;
  const level = (id) => all("[data-level]").filter((word) => word.dataset.level === id).map((word) => word.textContent)[0] || id;
  const lines = {
    decided: () => items.filter(({ standing }) => CHOSEN.test(standing)).map(({ id }) => label(id)),
    judged: () => items.map(({ id, verdict: given }) => [label(id), given ? level(given) : ""].filter(Boolean).join(" · ")),
    voided: () => [explanation],
    withdrawn: () => [explanation],
  }[outcome];
  const list = part("decision");
  list.textContent = "";
  for (const line of lines ? lines() : []) {
    const item = document.createElement("li");
    writeText(item, line);
    list.append(item);
  }
  list.hidden = !lines;
}

part("receipt-file").addEventListener("change", async (event) => {
  try {
    part("receipt-text").value = await textOf(event.target.files[0]);
  } catch (error) {
    showProblem(error);
  }
});
part("challenge-file").addEventListener("change", async (event) => {
  try {
    part("challenge-text").value = await textOf(event.target.files[0]);
  } catch (error) {
    showProblem(error);
  }
});
for (const field of all("input, textarea")) {
  field.addEventListener("input", clear);
  field.addEventListener("change", clear);
}
onPress(part("check-receipt"), checkReceipt);
onPress(part("check-archive"), checkArchive);
onPress(part("check-challenge"), checkChallenge);

/** Shows what there is to check, or only the verdict on what came with the address. */
function showForms(isShown) {
  for (const element of parts("forms")) element.hidden = !isShown;
  part("check-other").hidden = isShown;
}

onPress(part("check-other"), () => {
  history.replaceState(null, "", location.pathname);
  clear();
  showForms(true);
  part("receipt-text").value = "";
  part("forms-title").focus();
});

/** What somebody has cut short in copying stays as it is: the check says that it is no receipt. */
function decoded(fragment) {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** What came behind `#`: a receipt from a QR code, which never left this device, or where a result's bundle lies. */
function checkFragment() {
  const text = decoded(location.hash.slice(1));
  clear();
  showForms(text === "");
  if (text === "") return;
  const published = BUNDLE.exec(text);
  if (!published) part("receipt-text").value = text;
  (published ? checkPublished(published[1]) : checkReceipt()).catch((error) => {
    showForms(true);
    showProblem(error);
  });
}
isOpen();
window.addEventListener("hashchange", checkFragment);
checkFragment();
