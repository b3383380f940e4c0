// Keys for whoever works through a list: to the next and the one before, to the list, to the outcomes. Without this file everything
// is a link, a button or a box. No key acts while something is typed, or together with one of the browser's own.

const rows = Array.from(document.querySelectorAll("[data-row]"));
const boxes = Array.from(document.querySelectorAll("input[name=proposal][type=checkbox]"));

const typing = (element) =>
  element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");

/** In the page of one: its link. In the list: the row above or below. */
function step(name, by) {
  const link = document.querySelector(`[data-key=${name}]`);
  if (link) return link.click();
  const here = rows.findIndex((row) => row.closest("tr").contains(document.activeElement));
  const row = rows[here < 0 ? 0 : here + by];
  if (row) row.focus();
}

function choose(at) {
  const radio = document.querySelectorAll(".bench-form input[type=radio]")[at];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
}

function tick() {
  const row = document.activeElement.closest("tr");
  const box = row && row.querySelector("input[name=proposal]");
  if (!box) return;
  box.checked = !box.checked;
  count();
}

function find() {
  const field = document.getElementById("q");
  if (field) field.focus();
}

function count() {
  const said = document.querySelector("[data-part=chosen]");
  const all = document.querySelector("[data-part=tick-all]");
  const ticked = boxes.filter((box) => box.checked).length;
  if (said) said.textContent = String(ticked);
  if (all) all.checked = ticked > 0 && ticked === boxes.length;
}

const ACTS = {
  j: () => step("next", 1),
  k: () => step("previous", -1),
  u: () => step("list", 0),
  1: () => choose(0),
  2: () => choose(1),
  x: tick,
  "/": find,
};

function save() {
  const button = document.querySelector("[data-key=save]");
  if (button) button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === "Enter") save();
    return;
  }
  const act = ACTS[event.key];
  if (!act || typing(event.target)) return;
  event.preventDefault();
  act();
});

const all = document.querySelector("[data-part=tick-all]");
if (all) {
  all.hidden = boxes.length === 0;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
}
for (const box of boxes) box.addEventListener("change", count);
count();

// Beside the text stands the form: whoever works by keyboard begins there. What is wrong with it comes first, and on a narrow screen
// the text does.
const heading = document.querySelector("[data-part=form-heading]");
const wide = window.matchMedia("(min-width: 64rem)").matches;
if (heading && wide && !location.hash && !document.querySelector(".error-summary")) {
  heading.focus({ preventScroll: true });
}
