import type { Tab } from "./tab.ts";

/** What a page's origin keeps on the device, and its scripts can read. */
export interface Kept {
  /** `document.cookie`. */
  readonly cookie: string;
  readonly entries: readonly KeptEntry[];
}

export interface KeptEntry {
  /** `localStorage token`. */
  readonly where: string;
  readonly text: string;
}

/** Reads local and session storage, IndexedDB and the caches of service workers. */
export async function readKept(tab: Tab): Promise<Kept> {
  if (!/^https?:/.test(tab.url().protocol)) return { cookie: "", entries: [] };
  return tab.evaluate<Kept>(readAll, { longest: 100_000, most: 200 });
}

const readAll = `async ({ longest, most }) => {
  const entries = [];
  const add = (where, text) => {
    if (entries.length < most) entries.push({ where, text: String(text).slice(0, longest) });
  };
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      for (const [key, value] of Object.entries(window[name])) add(name + " " + key, value);
    } catch {}
  }
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = await done(database.transaction(store).objectStore(store).getAll(null, most));
        for (const row of rows) add("IndexedDB " + name + "/" + store, JSON.stringify(row));
      }
      database.close();
    }
  } catch {}
  try {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) add("cache " + name, request.url + " " + (await (await cache.match(request)).text()));
    }
  } catch {}
  let cookie = "";
  try {
    cookie = document.cookie;
  } catch {}
  return { cookie, entries };
}`;
