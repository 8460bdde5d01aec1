// First of all, so that it hears everything also where the run does not set it up.
import "./secrets/setup.ts";

import { inspect } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { aesGcmCodec } from "../../src/codec/index.ts";
import {
  createSessionManager,
  OptionsError,
  requireFresh,
  type SessionEvent,
  type SessionManagerOptions,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { faultyStore, type StoreVerb, testClock } from "../../src/testing/index.ts";
import { aRequest, aResponse, cookieOf } from "../http/exchange.ts";
import { aSecretWatch, secretWatch } from "./secrets/watch.ts";

const watch = secretWatch();

/** Everything that could end up in a log. */
const said: { readonly what: string; readonly thing: unknown }[] = [];
const say = (what: string, thing: unknown) => said.push({ what, thing });

function anApplication(options: Partial<Omit<SessionManagerOptions, "schema" | "store">> = {}) {
  const inner = memoryStore();
  const store = faultyStore(inner);
  const clock = testClock();
  const onEvent = (event: SessionEvent) => say(`event ${event.type}`, event);
  const manager = createSessionManager({ store, clock, onEvent, ...options });
  say("the manager", manager);
  say("its settings", manager.settings);
  const isBearer = options.transport === "bearer";

  async function open(token: string, { url = "https://shop.example/" }: { readonly url?: string } = {}) {
    const headers: Record<string, string> = isBearer
      ? { authorization: `Bearer ${token}` }
      : { cookie: `__Host-Http-id=${token}`, "sec-fetch-site": "same-origin" };
    const response = aResponse();
    const session = await manager.open(aRequest({ url, headers }), response.plan);
    say(`a session of kind ${session.kind}`, session);
    say("the response's plan", response.plan);
    return {
      session,
      /** The token this response hands out, or the one that came with the request. */
      leave() {
        const { headers, cookies } = response.send();
        const given = isBearer ? headers["sojourn-token"] : cookieOf(cookies[0]).split("=")[1];
        return given || token;
      },
    };
  }

  async function logIn(user = "alice") {
    const { session, leave } = await open("");
    await session.csrfToken();
    await session.authenticate({ id: user, keep: "none" });
    say("a spent session", session);
    return leave();
  }

  async function signedIn(token: string) {
    const { session, leave } = await open(token);
    if (session.kind !== "authenticated") throw new Error(`Alice should be signed in, not ${JSON.stringify(session)}`);
    return { session, leave };
  }

  return { manager, store, inner, clock, open, logIn, signedIn };
}

type Application = ReturnType<typeof anApplication>;

async function meet(act: () => Promise<unknown>): Promise<void> {
  await act().then(
    () => {},
    (error: unknown) => say("an error", error),
  );
}

/** What goes wrong on the way in. */
async function badTokens({ open, logIn }: Application): Promise<void> {
  const token = await logIn();
  const [id, secret] = token.split(".") as [string, string];
  for (const bad of [
    "x",
    id,
    `${token}x`,
    `${id}.${"A".repeat(44)}`,
    `${"A".repeat(22)}.${secret}`,
    `${token}; __Host-Http-id=x`,
  ]) {
    await open(bad);
  }
  await open(token, { url: "http://shop.example/" });
  await open(token, { url: `https://shop.example/?token=${token}` });
  await open(token, { url: `https://shop.example/${secret}` });
}

/** A whole life, with thieves. */
async function longLife({ manager, clock, open, logIn, signedIn }: Application): Promise<void> {
  const stolen = await logIn();
  let token = stolen;
  for (let renewals = 0; renewals < 3; renewals++) {
    clock.advance("16m");
    token = (await signedIn(token)).leave();
    token = (await signedIn(token)).leave();
  }
  const visit = await signedIn(token);
  await visit.session.elevate("aal2");
  token = visit.leave();
  for (const act of ["privilegesChanged", "endOthers"] as const) {
    const next = await signedIn(token);
    await next.session[act]();
    say("the CSRF verdict", manager.checkCsrf(aRequest(), next.session, { token: await next.session.csrfToken() }));
    token = next.leave();
  }
  await manager.privilegesChanged("alice");
  token = (await signedIn(token)).leave();
  await meet(async () => (await signedIn(visit.leave())).session.elevate("aal2"));
  say("the user's sessions", await manager.list("alice"));
  clock.advance("10m");
  // The thief's copy, long after its time: the session ends.
  await open(stolen);
  await open(token);
}

/** Limits of time, and doors that close. */
async function ends({ manager, clock, open, logIn, signedIn }: Application): Promise<void> {
  for (const wait of ["31m", "9h"] as const) {
    const token = await logIn();
    clock.advance(wait);
    const { session } = await open(token);
    say("a verdict", requireFresh(session, { within: "5m" }));
    if (session.kind === "locked") {
      await meet(() => session.unlock({ userId: "mallory", level: "aal1" }));
      await meet(() => session.unlock({ userId: "alice", level: "aal1" }));
    }
  }
  const token = await logIn();
  const [first, second] = [await signedIn(token), await signedIn(token)];
  await first.session.elevate("aal2");
  await meet(() => second.session.elevate("aal2"));
  await first.session.end();
  for (const act of ["elevate", "update", "take", "end"] as const) {
    await meet(() => first.session[act]("aal2" as never) as Promise<unknown>);
    await meet(() => second.session[act]("aal2" as never) as Promise<unknown>);
  }
  await meet(() =>
    second.session.update(
      ((draft: Record<string, unknown>) => void Object.assign(draft, { due: new Date() })) as never,
    ),
  );
  second.leave();
  await meet(() => second.session.authenticate({ id: "alice", keep: "none" }));
  await meet(() => manager.revokeAll(""));
}

/** Writes of which nobody can tell whether they were applied. */
async function unknownOutcomes({ store, logIn, signedIn }: Application): Promise<void> {
  const { session } = await signedIn(await logIn());
  for (let times = 0; times < 3; times++) {
    store.loseAnswer("update", { as: "error" });
    store.failNext("find", new Error("connection reset"));
    await meet(() => session.elevate("aal2"));
  }
}

/** A store that fails at every verb, in every way. */
async function outages({ store, clock, logIn, open, signedIn, manager }: Application): Promise<void> {
  const token = await logIn();
  for (const verb of ["find", "insert", "update", "remove", "idsOf"] satisfies StoreVerb[]) {
    const cause = new Error("connection refused", { cause: { code: "ECONNREFUSED" } });
    for (const fail of [() => store.failNext(verb, cause), () => store.loseAnswer(verb, { as: "error" })]) {
      for (let times = 0; times < 4; times++) fail();
      clock.advance("2m");
      await meet(() => logIn());
      await meet(async () => (await signedIn(token)).session.elevate("aal2"));
      await meet(() => manager.revokeAll("bob"));
      await meet(() => manager.revoke({ id: token.slice(0, 22) as never, of: { userId: "bob" } }));
      for (let calls = 0; calls < 12; calls++) await meet(() => open(token));
      await meet(() =>
        logIn("bob")
          .then((next) => signedIn(next))
          .then(({ session }) => session.end()),
      );
    }
  }
}

const codec = aesGcmCodec({ keys: [{ id: "k1", secret: globalThis.crypto.getRandomValues(new Uint8Array(32)) }] });
const kinds = {
  "the defaults": {},
  "CSRF tokens": { csrf: "token" },
  "bearer tokens": { transport: "bearer" },
  "sealed bodies": { codec },
  "sessions that lock": { policy: { onIdle: "lock", sessionsPerUser: 2 } },
} as const;

beforeAll(async () => {
  for (const options of Object.values(kinds)) {
    for (const story of [badTokens, longLife, ends, unknownOutcomes, outages]) {
      const application = anApplication(options);
      await story(application);
      for (const row of await application.inner.scan(null, 1_000)) say("a row in the store", row);
    }
  }
  try {
    createSessionManager({ store: memoryStore(), cookie: { scope: "nowhere" as never } });
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    say("an error", error);
  }
});

test("no secret ever minted is in an event, an error, a session, a manager, its settings or a row", () => {
  expect(said.length).toBeGreaterThan(1_000);
  const leaks = said.flatMap(({ what, thing }) => watch.find(thing).map((kind) => `${kind} in ${what}`));
  expect([...new Set(leaks)]).toEqual([]);
});

test("the stories told every kind of event, and met many kinds of errors", () => {
  const events = new Set(said.flatMap(({ what }) => (what.startsWith("event ") ? [what.slice(6)] : [])));
  expect([...events].sort()).toEqual([
    "csrf_refused",
    "excess_sessions_exceeded",
    "privilege_permissions_changed",
    "session_created",
    "session_expired",
    "session_logout",
    "session_refused",
    "session_renewed",
    "session_replayed",
    "session_token_leaked",
    "session_use_after_expire",
    "store_failed",
  ]);
  const codes = new Set(said.flatMap(({ thing }) => (thing instanceof Error && "code" in thing ? [thing.code] : [])));
  for (const code of [
    ...["ERR_STORE_UNAVAILABLE", "ERR_SESSION_OUTCOME_UNKNOWN", "ERR_SESSION_ENDED", "ERR_SESSION_SUPERSEDED"],
    ...["ERR_SESSION_OTHER_USER", "ERR_RESPONSE_SENT", "ERR_OPTIONS"],
  ]) {
    expect(codes).toContain(code);
  }
});

test("the watch hears of every secret, event and error of this file", () => {
  expect(watch.minted).toBeGreaterThan(100);
  expect(watch.heard.get("an event")).toBeGreaterThan(100);
  expect(watch.heard.get("an error")).toBeGreaterThan(20);
});

test("the watch knows a secret again, whole or in part, however it is written", async () => {
  const { logIn } = anApplication();
  const token = await logIn();
  const [lineage, rest] = [token.slice(23, 45), token.slice(45)];
  const hex = Buffer.from(rest, "base64url").toString("hex");
  for (const [written, kind] of [
    [`user logged in with ${token}`, "a lineage"],
    [`secret=${lineage.slice(0, 14)}...`, "a lineage"],
    [`https://shop.example/?t=${rest}&x=1`, "a secret"],
    [`0x${hex}`, "a secret"],
    [Buffer.from(rest, "base64url").toString("base64"), "a secret"],
    [{ nested: [{ token }] }, "a secret"],
    [new Error("failed", { cause: new Error("because of", { cause: { token } }) }), "a secret"],
    [Object.defineProperty(new Error("failed"), "token", { value: token, enumerable: false }), "a secret"],
    [{ toJSON: () => token }, "a secret"],
  ] as const) {
    expect(watch.find(written), inspect(written).slice(0, 20)).toContain(kind);
  }
  expect(watch.find(token.slice(0, 22))).toEqual([]);
  expect(aSecretWatch().find(token)).toEqual([]);
});

test("the watch knows CSRF keys and tokens too", async () => {
  const { open } = anApplication();
  const { session } = await open("");
  expect(watch.find(await session.csrfToken())).toEqual(["a CSRF token"]);
});
