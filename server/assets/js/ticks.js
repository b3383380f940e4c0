// What is ticked and not sealed yet, kept for a reload of this tab alone: under the credential's name, so that nobody else who
// uses the tab is shown it, and wiped when the ballot is sealed, when there is nothing to choose any more, and at the sign-out.

const PREFIX = "ticks/";

const keyOf = (election, credential) => `${PREFIX}${election}/${credential.public}`;

/** Some browsers refuse the store altogether: then a reload loses the ticks, and nothing else. */
function store() {
  try {
    return window.sessionStorage;
  } catch (error) {
    return null;
  }
}

/** Keeps which boxes are ticked, by their names on the paper. */
export function keepTicks(election, credential, names) {
  const kept = store();
  if (kept === null) return;
  try {
    kept.setItem(keyOf(election, credential), JSON.stringify(names));
  } catch (error) {
    // Full: a list that is out of date would be worse than none.
    kept.removeItem(keyOf(election, credential));
  }
}

/** The names of the boxes that were ticked before the reload. */
export function keptTicks(election, credential) {
  const kept = store();
  return JSON.parse((kept && kept.getItem(keyOf(election, credential))) || "[]");
}

/** Wipes what was ticked in this tab, whoever it was. */
export function wipeTicks() {
  const kept = store();
  if (kept === null) return;
  for (const key of Object.keys(kept)) {
    if (key.indexOf(PREFIX) === 0) kept.removeItem(key);
  }
}
