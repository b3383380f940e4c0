// Anyone checks a receipt or a whole archive, on their own device, with the same code as the `tally` command.

import { checkName, clearProblem, fill, isOpen, listChecks, onPress, part, showProblem, textOf } from "./page-parts.js";
import { Word } from "./problem.js";
import { fetchBytes, fetchObject } from "./service.js";
import { findCounted, verifyArchive, verifyReceipt } from "./verifier.js";

const page = part("device-page");

function say(name, passed) {
  part(`${name}-good`).hidden = !passed;
  part(`${name}-bad`).hidden = passed;
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

const outcomes = ["counted", "replaced", "not-counted", "not-announced"];

/** Says what has become of the receipt's ballot, or nothing yet. */
function sayOutcome(outcome) {
  for (const one of outcomes) part(`receipt-${one}`).hidden = one !== outcome;
}

async function checkReceipt() {
  sayOutcome(null);
  const text = receiptText(part("receipt-text").value);
  const report = await verifyReceipt(text, vkey());
  say("receipt", report.ok);
  fill("receipt-why", report.ok ? "" : checkName(report.check));
  if (report.ok && report.leaf.kind === "poll_ballot") await checkCounted(text, report.leaf);
}

/** Whether the ballot is counted, by the poll's whole bundle. It is fetched as by anybody: which ballot is looked for in it
 *  stays on this device. */
async function checkCounted(text, leaf) {
  part("receipt-progress").hidden = false;
  try {
    const cycle = `/api/v1/j/${leaf.scope}`;
    const { results } = await fetchObject(`${cycle}/results`);
    const announced = results.find((one) => one.election_uuid === leaf.subject);
    if (!announced) {
      sayOutcome("not-announced");
      return;
    }
    const counted = await findCounted(await fetchBytes(`${cycle}/polls/${announced.poll}/bundle`), text);
    fill("not-counted-why", counted.ok ? "" : checkName(counted.check));
    if (!counted.ok) sayOutcome("not-counted");
    else sayOutcome(counted.replaced_by === null ? "counted" : "replaced");
  } finally {
    part("receipt-progress").hidden = true;
  }
}

async function checkArchive() {
  const file = part("archive-file").files[0];
  if (!file) throw new Word(page.dataset.noFile);
  part("archive-progress").hidden = false;
  try {
    const report = await verifyArchive(new Uint8Array(await new Response(file).arrayBuffer()));
    listChecks(part("archive-checks"), report.checks);
    say("archive", report.verdict === "verified");
  } finally {
    part("archive-progress").hidden = true;
  }
}

part("receipt-file").addEventListener("change", async (event) => {
  clearProblem();
  try {
    part("receipt-text").value = await textOf(event.target.files[0]);
  } catch (error) {
    showProblem(error);
  }
});
onPress(part("check-receipt"), checkReceipt);
onPress(part("check-archive"), checkArchive);

/** A receipt that came behind `#`, from a QR code: it never left this device. */
async function checkFragment() {
  const text = decodeURIComponent(location.hash.slice(1));
  if (!text) return;
  part("receipt-text").value = text;
  await checkReceipt();
}
isOpen();
checkFragment().catch(showProblem);
