import { expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type AnonymousSession,
  type AuthenticatedSession,
  type CookieOptions,
  createSessionManager,
  type DeepReadonly,
  type Duration,
  type LockedSession,
  parseSessionId,
  type RefusalReason,
  requireFresh,
  type Session,
  type SessionId,
  type SessionManager,
  type SessionToken,
  type UserId,
} from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

interface Shop {
  cart: { sku: string; tags: string[] }[];
  theme: "dark" | "light";
}

declare const session: Session<Shop>;
declare const visitor: AnonymousSession<Shop>;
declare const alice: AuthenticatedSession<Shop>;
declare const asleep: LockedSession<Shop>;
declare const manager: SessionManager<Shop>;
declare const id: SessionId;
declare const token: SessionToken;

test("who the user is, is known only after looking at the kind", () => {
  expectTypeOf(session.userId).toEqualTypeOf<UserId | null>();
  expectTypeOf(session.id).toEqualTypeOf<SessionId | null>();
  // @ts-expect-error nobody may be logged in
  session.userId.toUpperCase();
  // @ts-expect-error a session that may be anonymous or locked has no level
  session.level;
  // @ts-expect-error a locked session has no data
  session.data;
  // @ts-expect-error only who is logged in can be fresh
  session.isFresh({ within: "5m" });
  const known = session as Session<Shop>;
  if (known.kind === "authenticated") {
    expectTypeOf(known).toEqualTypeOf<AuthenticatedSession<Shop>>();
    expectTypeOf(known.userId).toEqualTypeOf<UserId>();
    expectTypeOf(known.id).toEqualTypeOf<SessionId>();
  } else if (known.kind === "locked") {
    expectTypeOf(known).toEqualTypeOf<LockedSession<Shop>>();
  } else {
    expectTypeOf(known).toEqualTypeOf<AnonymousSession<Shop>>();
    expectTypeOf(known.userId).toEqualTypeOf<null>();
  }
});

test("a locked session serves nothing but re-authentication", () => {
  // @ts-expect-error no data
  asleep.data;
  // @ts-expect-error no writing
  asleep.update;
  // @ts-expect-error no taking
  asleep.take;
  // @ts-expect-error no step-up
  asleep.elevate;
  // @ts-expect-error it waits for its user, who was logged in
  asleep.wasLoggedIn;
  expectTypeOf(asleep.endsAt).toEqualTypeOf<{ readonly absolute: number }>();
  // @ts-expect-error the proof names its user
  void asleep.unlock({ level: "aal1" });
});

test("an anonymous session cannot do what needs a user", () => {
  // @ts-expect-error no step-up
  visitor.elevate;
  // @ts-expect-error no other sessions
  visitor.endOthers;
  // @ts-expect-error nothing to unlock
  visitor.unlock;
  expectTypeOf(visitor.wasLoggedIn).toEqualTypeOf<boolean | null>();
});

test("a guard's verdict tells programs and people why, each in their words", () => {
  const verdict = requireFresh(session, { within: "5m" });
  // @ts-expect-error nobody may be logged in
  verdict.session;
  if (verdict.met) return;
  expectTypeOf(verdict.because).toEqualTypeOf<"signed-out" | "locked" | "stale">();
  expectTypeOf(verdict.reason).toEqualTypeOf<RefusalReason | "locked" | "stale" | null>();
});

test("a token is no session id, and neither is any string; an id may be shown as a string", () => {
  void manager.revoke({ id, of: "any user" });
  // @ts-expect-error a token where an id belongs
  void manager.revoke({ id: token, of: "any user" });
  // @ts-expect-error a string where an id belongs
  void manager.revoke({ id: "AAAAAAAAAAAAAAAAAAAAAA", of: "any user" });
  // @ts-expect-error an id where a token belongs
  const asToken: SessionToken = id;
  // @ts-expect-error a string where a token belongs
  const fromText: SessionToken = "x.y";
  const shown: string = id;
  expectTypeOf([asToken, fromText, shown]).toEqualTypeOf<string[]>();
  expectTypeOf(parseSessionId("x")).toEqualTypeOf<SessionId | null>();
});

test("the owner is said with every revocation", () => {
  void manager.revoke({ id, of: { userId: "alice" } });
  // @ts-expect-error ids are public
  void manager.revoke({ id });
  // @ts-expect-error the one exception has one spelling
  void manager.revoke({ id, of: "anybody" });
});

test("a login says what travels, by keys that exist", () => {
  void visitor.authenticate({ id: "alice", keep: "none" });
  void visitor.authenticate({ id: "alice", keep: ["cart", "theme"], level: "aal2", ref: "x" });
  // @ts-expect-error keep is required
  void visitor.authenticate({ id: "alice" });
  // @ts-expect-error there is no such key
  void visitor.authenticate({ id: "alice", keep: ["basket"] });
  // @ts-expect-error there is no such word
  void visitor.authenticate({ id: "alice", keep: "all" });
  // @ts-expect-error there is no such level
  void visitor.authenticate({ id: "alice", keep: "none", level: "aal4" });
  // @ts-expect-error a user id is text
  void visitor.authenticate({ id: 7, keep: "none" });
  expectTypeOf(visitor.authenticate).returns.resolves.toEqualTypeOf<AuthenticatedSession<Shop>>();
});

test("a change is not async, returns nothing, and knows the data", () => {
  void visitor.update((draft) => {
    draft.theme = "dark";
    draft.cart?.push({ sku: "b-1", tags: [] });
    delete draft.cart;
  });
  // @ts-expect-error a promise cannot be run again
  void visitor.update(async (draft) => {
    draft.theme = "dark";
  });
  // @ts-expect-error what is returned would be lost
  void visitor.update((draft) => ({ ...draft, theme: "dark" }));
  void visitor.update((draft) => {
    // @ts-expect-error there is no such theme
    draft.theme = "pink";
    // @ts-expect-error there is no such key
    draft.basket = [];
  });
});

test("data is read-only all the way down, and nothing in it is certain", () => {
  expectTypeOf(alice.data).toEqualTypeOf<DeepReadonly<Partial<Shop>>>();
  expectTypeOf(alice.data.theme).toEqualTypeOf<"dark" | "light" | undefined>();
  // @ts-expect-error read-only
  alice.data.theme = "dark";
  // @ts-expect-error a list that cannot be written
  alice.data.cart?.push({ sku: "b-1", tags: [] });
  // @ts-expect-error nor what is in what is in it
  alice.data.cart?.[0]?.tags.push("x");
  // @ts-expect-error may be missing
  alice.data.cart.length;
});

test("what is taken has its type, or is not there", () => {
  expectTypeOf(alice.take<"theme">).returns.resolves.toEqualTypeOf<"dark" | "light" | undefined>();
  // @ts-expect-error there is no such key
  void alice.take("basket");
});

test("facts of a session are facts", () => {
  // @ts-expect-error set by logging in alone
  alice.userId = "bob";
  // @ts-expect-error raised by elevate alone
  alice.level = "aal3";
  // @ts-expect-error there is no such level
  void alice.elevate("root");
  // @ts-expect-error a length of time has its unit
  alice.isFresh({ within: 300 });
  // @ts-expect-error and one that is known
  alice.isFresh({ within: "5 minutes" });
  alice.isFresh({ within: "5m", level: "aal2" });
});

test("a duration is a number and a unit", () => {
  const durations: readonly Duration[] = ["30s", "15m", "8h", "30d", "1.5h"];
  expectTypeOf(durations).items.toEqualTypeOf<Duration>();
  // @ts-expect-error weeks are no unit
  const weeks: Duration = "2w";
  // @ts-expect-error no unit
  const bare: Duration = "30";
  expectTypeOf([weeks, bare]).toEqualTypeOf<Duration[]>();
});

test("a cookie that contradicts itself cannot be written down", () => {
  const allowed: readonly CookieOptions[] = [
    {},
    { name: "s", sameSite: "Strict", persistent: true },
    { scope: "site", domain: "shop.example" },
    { scope: "path", path: "/shop" },
    { scope: "embedded" },
    { scope: "insecure" },
  ];
  expectTypeOf(allowed).items.toEqualTypeOf<CookieOptions>();
  // @ts-expect-error for use inside other sites there is scope: "embedded"
  const none: CookieOptions = { sameSite: "None" };
  // @ts-expect-error a site has a domain
  const site: CookieOptions = { scope: "site" };
  // @ts-expect-error a path scope has a path
  const path: CookieOptions = { scope: "path" };
  // @ts-expect-error a host has none
  const host: CookieOptions = { scope: "host", domain: "shop.example" };
  // @ts-expect-error Secure is always on
  const secure: CookieOptions = { secure: false };
  // @ts-expect-error so is HttpOnly
  const httpOnly: CookieOptions = { httpOnly: false };
  // @ts-expect-error the prefix follows from the scope
  const wrong: CookieOptions = { scope: "everywhere" };
  expectTypeOf([none, site, path, host, secure, httpOnly, wrong]).toEqualTypeOf<CookieOptions[]>();
});

test("options that do not exist do not compile", () => {
  const store = memoryStore();
  // @ts-expect-error a store is needed
  createSessionManager({});
  // @ts-expect-error there is no such option
  createSessionManager({ store, secret: "x" });
  // @ts-expect-error idle has its unit
  createSessionManager({ store, policy: { idle: 30 } });
  // @ts-expect-error visitors have both limits
  createSessionManager({ store, policy: { anonymous: { idle: "5m" } } });
  // @ts-expect-error there is no such transport
  createSessionManager({ store, transport: "url" });
  // @ts-expect-error a store has all its verbs
  createSessionManager({ store: { name: "mine", find: async () => null } });
});

test("data has the type its schema gives, or the one that is said", () => {
  const store = memoryStore();
  const schema = z.object({ cart: z.array(z.string()).default([]), theme: z.enum(["dark", "light"]).optional() });
  const inferred = createSessionManager({ store, schema });
  expectTypeOf(inferred).toEqualTypeOf<SessionManager<{ cart: string[]; theme?: "dark" | "light" | undefined }>>();
  expectTypeOf(createSessionManager<Shop>({ store })).toEqualTypeOf<SessionManager<Shop>>();
  expectTypeOf(createSessionManager({ store })).toEqualTypeOf<SessionManager<Record<string, unknown>>>();
});

test("a containment says what it does, or that it only looks", () => {
  const look = () => manager.contain({ all: true }, { preview: true });
  expectTypeOf(look).returns.resolves.toHaveProperty("samples");
  const lock = () => manager.contain({ userId: "alice" }, { name: "incident", action: "lock" });
  expectTypeOf(lock).returns.resolves.toHaveProperty("isComplete");
  expectTypeOf(lock).returns.resolves.not.toHaveProperty("samples");
  // @ts-expect-error neither a preview nor an order
  const neither = () => manager.contain({ all: true }, {});
  // @ts-expect-error a lock needs a name
  const nameless = () => manager.contain({ all: true }, { action: "lock" });
  // @ts-expect-error no such criterion
  const misspelt = () => manager.contain({ user: "alice" }, { preview: true });
  void [neither, nameless, misspelt];
});

test("a login chooses, and a change of the password says what is kept", () => {
  const remembered = () => alice.authenticate({ id: "alice", keep: "none", persistent: true, methods: ["pwd"] });
  expectTypeOf(remembered).returns.resolves.toHaveProperty("newDevice");
  expectTypeOf(alice.newDevice).toEqualTypeOf<boolean | null>();
  // @ts-expect-error a version is text
  const counted = () => alice.authenticate({ id: "alice", keep: "none", credentialVersion: 2 });
  // @ts-expect-error what is kept is always said
  const careless = () => manager.credentialsChanged("alice", { version: "2" });
  void [counted, careless];
});
