// What went wrong, as people read it. No message of a browser is ever the word that a page says: it is in no language of ours and
// names no way on. The sentences stand in the page.

/** A sentence of the page or of the service, for people; what a technician would ask for stands beside it. */
export class Word extends Error {
  constructor(sentence, technical = "") {
    super(sentence);
    this.technical = technical;
  }
}

/** Something that failed, of a kind that the page has a sentence for (`data-word`). */
export function fault(kind, cause) {
  return Object.assign(new Error(String(cause)), { kind });
}

function sentence(name) {
  const word = document.querySelector(`[data-word="${name}"]`);
  return word === null ? "" : word.textContent;
}

/** What to say of an error: `{text, way, technical}`, where `way` says what to do instead. */
export function words(error) {
  if (error instanceof Word) return { text: error.message, way: "", technical: error.technical };
  const technical = String(error instanceof Error ? error.message : error);
  const text = sentence(error.kind || "unknown") || sentence("unknown");
  return { text, way: sentence("way"), technical };
}
