// Whether what this browser keeps will still be there tomorrow: said as the browser says it, before there is anything to lose.

import { parts } from "./page-parts.js";

/** Shows what is known: kept until its owner deletes it, not promised, or a window that forgets everything when it is closed. */
async function show(isLasting) {
  const said = isLasting ? "lasting" : (await isPrivate()) ? "private" : "passing";
  for (const name of ["lasting", "passing", "private"]) {
    for (const element of parts(name)) element.hidden = name !== said;
  }
}

/** Firefox and Safari have a file system for each origin, and refuse it in private windows; before they had it, Firefox had no
 *  service workers there. Chrome gives no sign that could not be something else. */
async function isPrivate() {
  const { storage, userAgent } = navigator;
  if (!window.isSecureContext || userAgent.includes("Chrome/")) return false;
  if (storage && storage.getDirectory) return storage.getDirectory().then(() => false, () => true);
  return userAgent.includes("Firefox/") && !("serviceWorker" in navigator);
}

/** Says whether the browser has promised to keep what is here. */
export async function sayWhetherItLasts() {
  const { storage } = navigator;
  const isAnswered = storage && storage.persisted;
  await show(Boolean(isAnswered && (await storage.persisted().catch(() => false))));
}

/** Asks for that promise, at the press that makes a secret. Some browsers ask their owner in turn: nothing waits for it. */
export function askToLast() {
  const { storage } = navigator;
  if (!storage || !storage.persist) return;
  storage.persist().then(show, () => show(false));
}
