// Hands a text out of this browser in every way it may know: as a file, to the clipboard, to another program. Browsers inside
// other programs drop downloads without a word, so none of these is the only one.

import { download, fill, onPress, part } from "./page-parts.js";

/** Wires the buttons `save-…`, `copy-…` and `share-…` of `what` to a text, which also stands in the page; `file` is what the file
 *  of that name has in it. */
export function handOut(what, name, text, file = text) {
  fill(`${what}-as-text`, text);
  onPress(part(`save-${what}`), () => download(name, file));
  onPress(part(`copy-${what}`), async () => {
    const isCopied = await copy(text, part(`${what}-as-text`));
    part(`${what}-copied`).hidden = !isCopied;
    part(`${what}-not-copied`).hidden = isCopied;
    if (!isCopied) part(`${what}-as-text`).closest("details").open = true;
  });
  const share = part(`share-${what}`);
  share.hidden = !navigator.share;
  // Who closes the list of programs has not met a fault.
  onPress(share, () => navigator.share({ title: name, text }).catch(() => {}));
}

/** Whether the text is in the clipboard: by the interface for it, or as a selection that is copied. */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    shown.closest("details").open = true;
    window.getSelection().selectAllChildren(shown);
    return document.execCommand("copy");
  }
}
