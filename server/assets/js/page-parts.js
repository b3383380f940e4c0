// The few ways in which these pages change: show one step, say something, hand out a file.
// All words stand in the page itself, in its language; scripts only choose among them.

/** The element of a `data-part` name. */
export function part(name) {
  return document.querySelector(`[data-part="${name}"]`);
}

/** All elements of a `data-part` name. */
export function parts(name) {
  return [...document.querySelectorAll(`[data-part="${name}"]`)];
}

/** Shows one of the page's steps, hides the others, and moves the reader's place to its heading. */
export function showStep(name) {
  for (const step of document.querySelectorAll("[data-step]")) {
    step.hidden = step.dataset.step !== name;
  }
  const heading = document.querySelector(`[data-step="${name}"] h2`);
  if (heading) {
    heading.tabIndex = -1;
    heading.focus();
  }
  window.scrollTo({ top: 0 });
}

/** Says what went wrong, where screen readers hear it at once. */
export function showProblem(error) {
  const box = part("problem");
  box.querySelector("p").textContent = error instanceof Error ? error.message : String(error);
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

/** Takes the last problem away. */
export function clearProblem() {
  part("problem").hidden = true;
}

/** Runs `act` when the button is pressed; a second press while it runs does nothing. */
export function onPress(button, act) {
  button?.addEventListener("click", async () => {
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

/** Fills the element's text. */
export function fill(name, text) {
  for (const element of parts(name)) element.textContent = text;
}

/** Hands a text out as a file. */
export function download(name, text, type = "application/json") {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** What a verifier's check is called in the page's language. */
export function checkName(name) {
  return document.querySelector(`[data-check="${CSS.escape(name)}"]`)?.textContent ?? name;
}

/** Lists the checks of a report, each with its verdict and, where there is something to say, what it met. */
export function listChecks(list, checks) {
  list.replaceChildren(
    ...checks.map(({ check, status, object, message }) => {
      const item = document.createElement("li");
      item.className = `check-${status}`;
      item.textContent = [checkName(check), object, message].filter(Boolean).join(" · ");
      return item;
    }),
  );
}
