// What stays on this device: credentials, trustee keys, sealed ballots and receipts, in IndexedDB.

import { fault } from "./problem.js";

const DATABASE = "minsheng";
const STORE = "device";

/** Milliseconds after which a store that says nothing is said to be silent. */
const PATIENCE = 10000;

/** Opens the device's store. */
function open() {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(fault("silent", "indexedDB.open: no answer")), PATIENCE);
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(fault("silent", "indexedDB.open: blocked"));
  });
}

/** Uses the store in one transaction: `use` gets it and answers with a function for what came of it. Whatever a browser's
 *  store complains of, it is of one of three kinds. */
async function transact(mode, use) {
  try {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const outcome = use(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(outcome());
        transaction.onabort = () => reject(transaction.error);
        transaction.onerror = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch (error) {
    if (error && error.kind) throw error;
    throw fault(error && error.name === "QuotaExceededError" ? "full" : "store", error);
  }
}

/** The value kept under a key, or undefined. */
export function read(key) {
  return transact("readonly", (store) => {
    const request = store.get(key);
    return () => request.result;
  });
}

/** Keeps a value; resolves only when it is on disk. */
export function write(key, value) {
  return transact("readwrite", (store) => {
    store.put(value, key);
    return () => undefined;
  });
}

/** Keeps a value unless one is kept already, in one step for all tabs of the browser. Answers with what is kept: two tabs
 *  never have two of what there is once. */
export function keepFirst(key, value) {
  return transact("readwrite", (store) => {
    let kept = value;
    const present = store.get(key);
    present.onsuccess = () => {
      if (present.result === undefined) store.put(value, key);
      else kept = present.result;
    };
    return () => kept;
  });
}

/** Changes what is kept under a key, in one step for all tabs of the browser: `change` is given it and answers with what to keep
 *  instead, or with nothing to forget it. Resolves with that, when it is on disk. */
export function update(key, change) {
  return transact("readwrite", (store) => {
    let kept;
    const present = store.get(key);
    present.onsuccess = () => {
      kept = change(present.result);
      if (kept === undefined) store.delete(key);
      else if (kept !== present.result) store.put(kept, key);
    };
    return () => kept;
  });
}

/** The keys under which this module's callers keep things. `owner` is the account, so that a shared tablet
 *  never shows one deputy another's credential. */
export const keys = {
  credential: (owner, election) => `credential/${election}/${owner}`,
  sealed: (owner, election) => `sealed/${election}/${owner}`,
  receipt: (owner, election) => `receipt/${election}/${owner}`,
  log: "log",
  paper: (owner, checkIn) => `paper/${checkIn}/${owner}`,
  papers: (owner, election) => `papers/${election}/${owner}`,
  ceremony: (owner, poll, attempt, round) => `ceremony/${poll}/${attempt}/${round}/${owner}`,
  trustee: (owner, poll) => `trustee/${poll}/${owner}`,
  approved: (owner, poll) => `approved/${poll}/${owner}`,
  closing: (owner, fingerprint) => `closing/${fingerprint}/${owner}`,
  decryption: (owner, fingerprint) => `decryption/${fingerprint}/${owner}`,
};
