import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { data, user } from "../servers/scene.mjs";

/** A request with this cookie, and a place for the answer's. */
export function visitWith(cookie) {
  const sink = {
    writable: true,
    cookie: null,
    setCookie(_name, line) {
      sink.cookie = line;
    },
    setHeader() {},
    setCaching() {},
  };
  const headers = { cookie, host: "127.0.0.1:3000" };
  const request = {
    method: "GET",
    url: "http://127.0.0.1:3000/",
    secure: false,
    header: (name) => headers[name] ?? null,
  };
  return { request, sink };
}

export const managerOn = (store, options = {}) =>
  createSessionManager({ store, origins: ["https://shop.example"], ...options });

/** `amount` logged-in sessions with data, each of a user of its own: what each row holds, and a visit with its cookie. */
export async function madeSessions(amount) {
  const store = memoryStore();
  const manager = managerOn(store);
  const visits = new Map();
  for (let at = 0; at < amount; at++) {
    const visit = visitWith(null);
    const anonymous = await manager.open(visit.request, visit.sink);
    const session = await anonymous.authenticate({ id: `${user.id}-${at}`, keep: "none" });
    await session.update((draft) => void Object.assign(draft, structuredClone(data)));
    visits.set(session.id, visitWith(visit.sink.cookie.split(";")[0]));
  }
  const rows = await store.scan(null, amount);
  return { store, sessions: rows.map((row) => ({ row, visit: visits.get(row.id) })) };
}

/** Puts rows into `store`, some at a time. */
export async function insertAll(store, rows, { callers = 32 } = {}) {
  let next = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < rows.length) {
        const row = rows[next++];
        await store.insert(row, { indexUntil: row.expiresAt + 28_800_000 });
      }
    }),
  );
}

/** Milliseconds that `amount` calls of `work` take, `callers` at a time. */
export async function timed(work, { amount, callers }) {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: callers }, async () => {
      while (next < amount) await work(next++);
    }),
  );
  return performance.now() - start;
}
