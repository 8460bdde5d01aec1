import type { RefusalReason } from "../../../src/core/events.ts";
import type { SessionToken } from "../../../src/core/ids.ts";
import { openSession } from "../../../src/core/open.ts";
import { idOf } from "../../../src/core/token.ts";
import { memoryStore } from "../../../src/stores/memory.ts";
import { type Basket, cookieName, engineOn } from "./actor.ts";
import type { Row, Wish } from "./calls.ts";
import { seeded } from "./script.ts";

/** What a request with a token would get, and whether it would end the session. */
export interface Probed {
  readonly isServed: boolean;
  readonly because: RefusalReason | null;
  readonly ends: boolean;
}

const probes = new Map<string, Promise<Probed>>();

/** Asks the real engine, on a store of its own that holds `row` alone. */
export function probe(row: Row | null, token: SessionToken, now: number): Promise<Probed> {
  const key = `${row?.no} ${token} ${now}`;
  const known = probes.get(key) ?? ask(row, token, now);
  probes.set(key, known);
  return known;
}

async function ask(row: Row | null, token: SessionToken, now: number): Promise<Probed> {
  const store = memoryStore();
  if (row) {
    const { version, ...rest } = row.stored;
    await store.insert({ ...rest, version }, { indexUntil: now });
  }
  const answer = async (wish: Wish): Promise<unknown> => {
    if (wish.verb === "find") return store.find(wish.id);
    if (wish.verb === "update") return store.update(wish.row);
    if (wish.verb === "remove") return store.remove(wish.id);
    throw new Error(`a request that only looks asked for ${wish.verb}`);
  };
  const line = { ask: answer, tell() {}, now: () => now, random: seeded("probe") };
  const engine = engineOn(line, { traits: {} });
  const request = {
    method: "GET",
    url: "https://shop.example/",
    secure: true,
    header: (name: string) => (name === "cookie" ? `${cookieName}=${token}` : null),
  };
  const sink = { writable: true, setCookie() {}, setHeader() {}, setCaching() {} };
  const session = await openSession<Basket>({ engine, request, sink, replaced() {} }, {});
  const isServed = session.id !== null && session.kind !== "locked";
  const because = session.kind === "anonymous" && !isServed ? session.because : null;
  return { isServed, because, ends: row !== null && (await store.find(idOf(token))) === null };
}
