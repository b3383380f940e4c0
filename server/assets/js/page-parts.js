// The few ways in which these pages change: show one step, say something, hand out a file.
// All words stand in the page itself, in its language; scripts only choose among them.

import { words } from "./problem.js";

/** The element of a `data-part` name. */
export function part(name) {
  return document.querySelector(`[data-part="${name}"]`);
}

/** All elements of a `data-part` name. */
export function parts(name) {
  return [...document.querySelectorAll(`[data-part="${name}"]`)];
}

/** The page's script runs: "opening" has been true long enough. */
export function isOpen() {
  const opening = document.querySelector("[data-word=opening]");
  if (opening) opening.hidden = true;
}

/** Shows one of the page's steps, hides the others, and moves the reader's place to its heading. */
export function showStep(name) {
  isOpen();
  for (const step of document.querySelectorAll("[data-step]")) {
    step.hidden = step.dataset.step !== name;
  }
  const heading = document.querySelector(`[data-step="${name}"] h2`);
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
  window.scrollTo(0, 0);
}

/** Hides all steps: nothing can be done here any more. */
export function hideSteps() {
  for (const step of document.querySelectorAll("[data-step]")) step.hidden = true;
}

/** Says what went wrong and what to do instead, where screen readers hear it at once. */
export function showProblem(error) {
  isOpen();
  const box = part("problem");
  // What the page has said of this browser from the start, it does not say twice.
  const known = error && error.kind && document.querySelector(`[data-fault="${error.kind}"]`);
  if (known) {
    known.scrollIntoView({ block: "center" });
    return;
  }
  box.dataset.kind = (error && error.kind) || "";
  const { text, way, technical } = words(error);
  writeText(box.querySelector("p"), text);
  const more = { "problem-way": way, "problem-technical": technical };
  for (const [name, value] of Object.entries(more)) {
    fill(name, value);
    const shown = part(name);
    if (shown) (shown.closest("details") || shown).hidden = value === "";
  }
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

/** Takes the last problem away. */
export function clearProblem() {
  part("problem").hidden = true;
}

/** Runs `act` when the button is pressed; a second press while it runs does nothing. */
export function onPress(button, act) {
  if (!button) return;
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    clearProblem();
    try {
      await act();
    } catch (error) {
      showProblem(error);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

/** Fills the elements' text. */
export function fill(name, text) {
  for (const element of parts(name)) writeText(element, text);
}

/** Writes a text into an element, and marks it where it is Chinese and the page is not, as the service does with what it writes. */
export function writeText(element, text) {
  element.textContent = text;
  const letters = (kind) => (String(text).match(kind) || []).length;
  const isForeign = document.documentElement.lang.indexOf("zh") !== 0;
  if (isForeign && letters(/[\u3400-\u9fff]/g) > letters(/[A-Za-z]/g)) element.lang = "zh-CN";
  else element.removeAttribute("lang");
}

/** Hands a text out as a file. */
export function download(name, text, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** The text of a file, also where files have no such method of their own. */
export function textOf(file) {
  return new Response(file).text();
}

/** What a verifier's check is called in the page's language. */
export function checkName(name) {
  const word = document.querySelector(`[data-check="${CSS.escape(name)}"]`);
  return word ? word.textContent : name;
}

/** Lists the checks of a report, each with its verdict and, where there is something to say, what it met. */
export function listChecks(list, checks) {
  list.textContent = "";
  for (const { check, status, object, message } of checks) {
    const item = document.createElement("li");
    item.className = `check-${status}`;
    writeText(item, [checkName(check), object, message].filter(Boolean).join(" · "));
    list.append(item);
  }
}
