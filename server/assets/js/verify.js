// Anyone checks a receipt or a whole archive, on their own device, with the same code as the `tally` command.

import { checkName, clearProblem, fill, isOpen, listChecks, onPress, part, parts, showProblem, textOf, writeText } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchBytes, fetchObject } from "./service.js";
import { findCounted, verifyArchive, verifyReceipt } from "./verifier.js";

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
  say("archive-good", "facts");
  if (counted) {
    sayFact("poll", counted.name);
    sayFact("ballots", String(counted.counted));
    sayFact("entitled", String(counted.credentials));
  }
  if (rule) sayFact("rule", rule.title);
  if (decision) sayDecision(decision, rule ? rule.items : []);
  else say("no-decision");
}

const CHOSEN = /^(chosen|filled)/;

/** The decision, as the verifier has computed it again. */
function sayDecision({ outcome, items }, labels) {
  say(`decision-${outcome}`);
  const label = (id) => labels.find((item) => item.indexOf(`${id} `) === 0) || id;
  const level = (id) => all("[data-level]").filter((word) => word.dataset.level === id).map((word) => word.textContent)[0] || id;
  const lines = {
    decided: () => items.filter(({ standing }) => CHOSEN.test(standing)).map(({ id }) => label(id)),
    judged: () => items.map(({ id, verdict: given }) => [label(id), given ? level(given) : ""].filter(Boolean).join(" · ")),
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
for (const field of all("input, textarea")) {
  field.addEventListener("input", clear);
  field.addEventListener("change", clear);
}
onPress(part("check-receipt"), checkReceipt);
onPress(part("check-archive"), checkArchive);

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
