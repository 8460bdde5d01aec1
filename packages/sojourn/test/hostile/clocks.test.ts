import fc from "fast-check";
import { expect, test } from "vitest";
import { createSessionManager, type SessionEvent } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";

const minute = 60_000;
const idle = 30 * minute;
const absolute = 8 * 60 * minute;

/** Alice's browser, which keeps the cookie it is given. */
async function aliceAt(start: number) {
  const clock = testClock(start);
  const events: SessionEvent[] = [];
  const onEvent = (event: SessionEvent) => events.push(event);
  const manager = createSessionManager({ store: memoryStore(), clock, onEvent });
  let cookie = "";
  async function request() {
    const response = aResponse();
    const session = await manager.open(aRequest({ headers: { cookie } }), response.plan);
    return {
      session,
      leave() {
        const [line] = response.send().cookies;
        if (line !== undefined) cookie = cookieOf(line);
      },
    };
  }
  const login = await request();
  await login.session.authenticate({ id: "alice", keep: "none" });
  login.leave();
  return { clock, events, request };
}

test("a clock that jumps back and forth, however far, never crashes, and never stretches a limit", async () => {
  const jump = fc.oneof(
    fc.integer({ min: -5 * minute, max: 5 * minute }),
    fc.integer({ min: -40 * minute, max: 40 * minute }),
    fc.integer({ min: -3 * absolute, max: 3 * absolute }),
    fc.constantFrom(0, idle - 1, idle, absolute - 1, absolute, -Date.UTC(2026, 0, 1), 1e15),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 12 }), async (jumps) => {
      const start = Date.UTC(2026, 0, 1);
      const { clock, request, events } = await aliceAt(start);
      let lastSeen = start;
      for (const by of jumps) {
        clock.set(clock.now() + by);
        const now = clock.now();
        const { session, leave } = await request();
        leave();
        if (session.kind !== "authenticated") continue;
        expect(now).toBeLessThan(start + absolute);
        expect(now).toBeLessThan(lastSeen + idle);
        expect(session.endsAt.absolute).toBe(start + absolute);
        lastSeen = Math.max(lastSeen, now);
      }
      expect(events.filter(({ type }) => type === "session_replayed")).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("a clock that jumps within the inactivity timeout, back and forth, signs nobody out", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -14 * minute, max: 14 * minute }), { maxLength: 20 }),
      async (offsets) => {
        const start = Date.UTC(2026, 0, 1);
        const { clock, request } = await aliceAt(start);
        for (const offset of offsets) {
          clock.set(start + offset);
          const { session, leave } = await request();
          leave();
          expect(session).toMatchObject({ kind: "authenticated", userId: "alice" });
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("a session made by a clock years ahead is over as soon as the clock is right again", async () => {
  const { clock, request } = await aliceAt(Date.UTC(2036, 0, 1));
  clock.set(Date.UTC(2026, 0, 1));
  expect((await request()).session).toMatchObject({ kind: "anonymous", because: "absolute" });
});

test("a session made by a clock some minutes ahead goes on, and ends no later than it would have", async () => {
  const start = Date.UTC(2026, 0, 1);
  const { clock, request } = await aliceAt(start);
  clock.set(start - 10 * minute);
  const { session } = await request();
  expect(session).toMatchObject({ kind: "authenticated", endsAt: { absolute: start + absolute } });
});
