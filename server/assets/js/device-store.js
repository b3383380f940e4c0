// What stays on this device: credentials, trustee keys, sealed ballots and receipts, in IndexedDB.

const DATABASE = "minsheng";
const STORE = "device";

/** Opens the device's store. */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function transact(mode, use) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The value kept under a key, or undefined. */
export function read(key) {
  return transact("readonly", (store) => store.get(key));
}

/** Keeps a value; resolves only when it is on disk. */
export function write(key, value) {
  return transact("readwrite", (store) => store.put(value, key));
}

/** Keeps a value unless one is kept already, in one step for all tabs of the browser. Answers with what is kept: two tabs
 *  never have two of what there is once. */
export async function keepFirst(key, value) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      let kept = value;
      const present = store.get(key);
      present.onsuccess = () => {
        if (present.result === undefined) store.put(value, key);
        else kept = present.result;
      };
      transaction.oncomplete = () => resolve(kept);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** The keys under which this module's callers keep things. `owner` is the account, so that a shared tablet
 *  never shows one deputy another's credential. */
export const keys = {
  credential: (owner, election) => `credential/${election}/${owner}`,
  sealed: (owner, election) => `sealed/${election}/${owner}`,
  receipt: (owner, election) => `receipt/${election}/${owner}`,
  log: "log",
  trustee: (owner, poll) => `trustee/${poll}/${owner}`,
  approved: (owner, poll) => `approved/${poll}/${owner}`,
  closing: (owner, fingerprint) => `closing/${fingerprint}/${owner}`,
  decryption: (owner, fingerprint) => `decryption/${fingerprint}/${owner}`,
};
