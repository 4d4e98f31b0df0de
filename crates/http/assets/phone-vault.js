// The tokens that this phone keeps: in its own database, each with a key that no script can read.
import { keyOf } from "/assets/phone-codes.js";

const STORE = "tokens";

// Whether this browser can keep a token at all.
export const canKeep = () => Boolean(globalThis.crypto?.subtle && globalThis.indexedDB);

const opened = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("kinfold-phone", 1);
  asked.addEventListener("upgradeneeded", () => asked.result.createObjectStore(STORE, { keyPath: "id" }));
  asked.addEventListener("success", () => resolve(asked.result));
  asked.addEventListener("error", () => reject(asked.error));
});

// Runs one piece of work and answers its result once it is on the disk.
const within = async (mode, work) => {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const change = database.transaction(STORE, mode, { durability: "strict" });
      const asked = work(change.objectStore(STORE));
      change.addEventListener("complete", () => resolve(asked.result));
      change.addEventListener("abort", () => reject(change.error));
    });
  } finally {
    database.close();
  }
};

// Keeps a parsed token beside those that are there: an older one of the same name may still be the one in use.
export const keep = async (parsed) => {
  const key = await keyOf(parsed);
  const { agency, userName, algorithm, digits, period } = parsed;
  const token = { id: crypto.randomUUID(), agency, userName, algorithm, digits, period, key, kept: Date.now() };
  await within("readwrite", (store) => store.add(token));
  // Otherwise a browser that runs out of room may throw it away. It may say no: the token is kept all the same.
  await navigator.storage?.persist?.().catch(() => false);
  return token;
};

// All of them, the newest first.
export const all = async () => {
  const tokens = await within("readonly", (store) => store.getAll());
  return tokens.sort((one, other) => other.kept - one.kept);
};

export const remove = (id) => within("readwrite", (store) => store.delete(id));
