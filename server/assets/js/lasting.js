// Whether what this browser keeps will still be there tomorrow: said as the browser says it, before there is anything to lose.

import { parts } from "./page-parts.js";

/** Shows what is known: kept until its owner deletes it, not promised, or a window that forgets everything when it is closed. */
function show(isLasting) {
  const said = isLasting ? "lasting" : isPrivate() ? "private" : "passing";
  for (const name of ["lasting", "passing", "private"]) {
    for (const element of parts(name)) element.hidden = name !== said;
  }
}

/** Firefox offers no service workers in a private window, and in no other one on a secure origin. No other browser gives a sign
 *  that can be told from something else. */
function isPrivate() {
  return window.isSecureContext && navigator.userAgent.includes("Firefox/") && !("serviceWorker" in navigator);
}

/** Says whether the browser has promised to keep what is here. */
export async function sayWhetherItLasts() {
  const { storage } = navigator;
  const isAnswered = storage && storage.persisted;
  show(Boolean(isAnswered && (await storage.persisted().catch(() => false))));
}

/** Asks for that promise, at the press that makes a secret. Some browsers ask their owner in turn: nothing waits for it. */
export function askToLast() {
  const { storage } = navigator;
  if (!storage || !storage.persist) return;
  storage.persist().then(show, () => show(false));
}
