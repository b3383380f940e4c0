// A deputy checks in: this device makes the credential; only its public part leaves it.

import { ballot, seed } from "./ballot-module.js";
import { keepFirst, keys, read } from "./device-store.js";
import { ownCredential, publicParts } from "./own-credential.js";
import { fetchPollRecord } from "./public-record.js";
import { askToLast, sayWhetherItLasts } from "./lasting.js";
import { fetchObject, send } from "./service.js";
import { clearProblem, fill, onPress, part, showProblem, showStep, writeText } from "./page-parts.js";

const page = part("device-page");
const { api, owner } = page.dataset;
const isCheckedIn = page.dataset.checkedIn === "true";

async function start() {
  const poll = await fetchObject(api);
  const key = keys.credential(owner, poll.election_uuid);
  const kept = await ownCredential(owner, poll);
  fill("present-count", String(poll.figures.present));
  if (poll.state === "drafted") return showStep("too-early");
  // From here on this device knows the record, and believes no other one.
  const recorded = await fetchPollRecord(api, poll);
  if (poll.state === "rules_adopted" && poll.check_in_election_uuid !== poll.election_uuid) {
    // Its roll is fixed since the vote that it follows.
    return showStep(kept ? "checked-in" : "check-in-over");
  }
  if (poll.state === "rules_adopted") {
    sayWhetherItLasts().catch(showProblem);
    // Said before it happens: of two devices only the later one votes.
    part("on-another").hidden = !isCheckedIn;
    showStep(kept && isCheckedIn ? "checked-in" : "ready");
    takeCode();
    onPress(part("check-in"), () => checkIn(poll, key));
    return;
  }
  if (!kept) return showStep(isCheckedIn ? "not-on-this-device" : "check-in-over");
  // After the freeze: this device's own public credential must be on the recorded roll.
  const isOnRoll = JSON.parse(recorded.roll || "[]").includes(kept.public) && (await isOnEvery(recorded.reserved, kept));
  // Either its owner has checked in once more, elsewhere, or the service has left this device out: the words say both.
  showStep(isOnRoll ? "on-roll" : isCheckedIn ? "elsewhere" : "missing-from-roll");
  clearProblem();
}

/** Whether the device is on the rolls that were fixed for the polls that may follow: with its own public part on each. */
async function isOnEvery(reserved, kept) {
  const own = await publicParts(kept.secret, reserved.map((one) => one.election_uuid));
  return reserved.every((one, place) => JSON.parse(one.roll).includes(own[place]));
}

/** The code of the hall, where one is asked for: from the picture on its screen, else typed. It travels behind the `#`, which no
 *  server is told, and goes from the address at once. */
function takeCode() {
  const field = part("code");
  if (!field) return;
  const scanned = /^#code=([0-9]{6,8})$/.exec(location.hash);
  if (scanned) {
    field.value = scanned[1];
    history.replaceState(null, "", location.pathname + location.search);
  }
  field.addEventListener("input", () => sayOfCode(""));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") part("check-in").click();
  });
}

/** Says at the field what is wrong with the code; what was typed stays. */
function sayOfCode(text) {
  const field = part("code");
  writeText(part("code-error"), text);
  part("code-box").classList.toggle("field-invalid", text !== "");
  if (text === "") return field.removeAttribute("aria-invalid");
  field.setAttribute("aria-invalid", "true");
  field.focus();
  field.select();
}

/** Makes the credential (or takes the one made before) and registers its public part. Kept before it is sent, so
 *  that a lost answer loses nothing. */
async function checkIn(poll, key) {
  let kept = await read(key);
  askToLast();
  if (!kept) {
    const made = JSON.parse(await ballot("make_credential", JSON.stringify([poll.election_uuid]), seed()));
    kept = await keepFirst(key, { secret: made.credential, public: made.public[poll.election_uuid] });
  }
  const reserved = await publicParts(kept.secret, poll.reserved_elections);
  const asked = { public_credential: kept.public, reserved };
  if (part("code")) asked.check_in_code = part("code").value;
  const answer = await send(`${api}/check-in`, JSON.stringify(asked)).catch((error) => {
    if (error.field !== "check_in_code") throw error;
    sayOfCode(error.message);
  });
  if (!answer) return;
  fill("present-count", String(answer.present));
  showStep("checked-in");
}

start().catch(showProblem);
