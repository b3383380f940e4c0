// Anyone checks a receipt or a whole archive, on their own device, with the same code as the `tally` command.

import { listChecks, clearProblem, fill, onPress, part, showProblem } from "./page-parts.js";
import { verifyArchive, verifyReceipt } from "./verifier.js";

const page = part("device-page");

function say(name, passed) {
  part(`${name}-good`).hidden = !passed;
  part(`${name}-bad`).hidden = passed;
}

/** The record's text form, which may stand inside the file that a deputy saved. */
function receiptText(typed) {
  try {
    return JSON.parse(typed).text ?? typed;
  } catch {
    return typed;
  }
}

async function checkReceipt() {
  const text = receiptText(part("receipt-text").value);
  const report = await verifyReceipt(text, part("receipt-vkey").value.trim());
  say("receipt", report.ok);
  fill("receipt-why", report.ok ? "" : report.check);
}

async function checkArchive() {
  const file = part("archive-file").files[0];
  if (!file) throw new Error(page.dataset.noFile);
  part("archive-progress").hidden = false;
  try {
    const report = await verifyArchive(new Uint8Array(await file.arrayBuffer()));
    listChecks(part("archive-checks"), report.checks);
    say("archive", report.verdict === "verified");
  } finally {
    part("archive-progress").hidden = true;
  }
}

part("receipt-file").addEventListener("change", async (event) => {
  clearProblem();
  try {
    part("receipt-text").value = await event.target.files[0].text();
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
checkFragment().catch(showProblem);
