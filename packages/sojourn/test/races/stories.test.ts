import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SessionEvent } from "../../src/core/events.ts";
import type { SessionToken } from "../../src/core/ids.ts";
import type { SessionStore } from "../../src/core/store.ts";
import { createSessionManager, type SessionManager } from "../../src/manager.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { sqliteStore } from "../../src/stores/sqlite.ts";
import { type TestClock, testClock } from "../../src/testing/clock.ts";
import { inDirectory, libsql, openAsMeasured } from "../stores/sqlite-databases.ts";

interface Basket {
  count?: number;
}

/** An application on several servers: one manager each, all on the same sessions. */
interface Fleet {
  readonly servers: readonly SessionManager<Basket>[];
  readonly clock: TestClock;
  readonly events: readonly SessionEvent[];
}

const places = [
  { place: "memory", use: (story: Story) => story(fleetOn([memoryStore()])) },
  {
    place: "SQLite, four connections to one file",
    use: (story: Story) =>
      inDirectory(async (directory) => {
        const connections = [1, 2, 3, 4].map(() => openAsMeasured(libsql, join(directory, "sessions.db")));
        await story(fleetOn(connections.map((db) => sqliteStore(db, { createTable: true }))));
        for (const db of connections) db.close();
      }),
  },
] as const;

type Story = (fleet: Fleet) => Promise<void>;

describe.each(places)("on $place", ({ use }) => {
  test("sixty logouts, each racing eight writers: no session survives", { timeout: 60_000 }, () =>
    use(async (fleet) => {
      for (let round = 0; round < 60; round++) {
        const token = await signIn(fleet);
        const writers = Array.from({ length: 8 }, (_, at) => write(fleet, at, token));
        const logout = visit(fleet, 8, token).then(({ session }) => session.end());
        await Promise.all([...writers, logout]);
        expect((await visit(fleet, 9, token)).session).toMatchObject({ kind: "anonymous", because: "unknown" });
      }
      expect(await server(fleet, 0).list("alice")).toEqual([]);
    }),
  );

  test("twenty parallel requests at renewal: one new secret, none refused", () =>
    use(async (fleet) => {
      const token = await signIn(fleet);
      fleet.clock.advance("16m");
      const visits = await Promise.all(Array.from({ length: 20 }, (_, at) => visit(fleet, at, token)));
      expect(visits.map(({ session }) => session.kind)).toEqual(Array(20).fill("authenticated"));
      const handedOut = new Set(visits.flatMap(({ cookie }) => cookie ?? []));
      expect(handedOut.size).toBe(1);

      const [next] = handedOut as Set<string>;
      const after = await Promise.all(Array.from({ length: 20 }, (_, at) => visit(fleet, at, next ?? "")));
      expect(after.map(({ session }) => session.kind)).toEqual(Array(20).fill("authenticated"));
    }));

  test("a thief who renewed twice while the owner was away is found at the owner's next request", () =>
    use(async (fleet) => {
      const owners = await signIn(fleet);
      let thiefs = owners;
      for (let renewals = 0; renewals < 2; renewals++) {
        fleet.clock.advance("16m");
        thiefs = (await visit(fleet, renewals, thiefs)).cookie ?? thiefs;
        expect((await visit(fleet, renewals, thiefs)).session.kind).toBe("authenticated");
      }
      fleet.clock.advance("3m");
      expect((await visit(fleet, 2, owners)).session).toMatchObject({ kind: "anonymous", because: "replay" });
      expect((await visit(fleet, 3, thiefs)).session).toMatchObject({ kind: "anonymous", because: "unknown" });
      expect(fleet.events).toContainEqual(expect.objectContaining({ type: "session_replayed", severity: "critical" }));
    }));
});

function fleetOn(stores: readonly SessionStore[]): Fleet {
  const clock = testClock();
  const events: SessionEvent[] = [];
  const servers = stores.map((store) =>
    createSessionManager<Basket>({
      store,
      clock: { ...clock, after: systemTimers },
      onEvent: (event) => events.push(event),
    }),
  );
  return { servers, clock, events };
}

/** What time it is, the story decides; deadlines and pauses between two tries pass by themselves. */
function systemTimers(milliseconds: number, action: () => void): () => void {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
}

/** The servers take turns, as behind a load balancer. */
function server({ servers }: Fleet, turn: number): SessionManager<Basket> {
  return servers[turn % servers.length] as SessionManager<Basket>;
}

const cookieName = "__Host-Http-id";

/** One request: the session the server found, and the token in the cookie that the response sets. */
async function visit(fleet: Fleet, turn: number, token: string) {
  let set: string | null = null;
  const header = (name: string) => (name === "cookie" ? `${cookieName}=${token}` : null);
  const request = { method: "POST", url: "https://shop.example/", secure: true, header };
  const sink = {
    writable: true,
    setCookie(name: string, text: string) {
      set = text.slice(name.length + 1, text.indexOf(";"));
    },
    setHeader() {},
    setCaching() {},
  };
  const session = await server(fleet, turn).open(request, sink);
  return {
    session,
    get cookie() {
      return set as SessionToken | null;
    },
  };
}

async function signIn(fleet: Fleet): Promise<string> {
  const first = await visit(fleet, 0, "");
  await first.session.authenticate({ id: "alice", keep: "none" });
  return first.cookie as string;
}

/** Adds one to a number; a writer whose session ends meanwhile is told so, and nothing else is an answer. */
async function write(fleet: Fleet, turn: number, token: string): Promise<void> {
  const { session } = await visit(fleet, turn, token);
  if (session.kind !== "authenticated") return;
  const changed = session.update((basket) => {
    basket.count = (basket.count ?? 0) + 1;
  });
  await changed.catch((error: unknown) => expect(error).toMatchObject({ code: "ERR_SESSION_ENDED" }));
}
