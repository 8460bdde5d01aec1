import { expectTypeOf, test } from "vitest";
import type * as codec from "../../src/codec/index.ts";
import type * as connections from "../../src/connections/index.ts";
import * as sojourn from "../../src/index.ts";
import type * as oidc from "../../src/oidc/index.ts";
import type * as presets from "../../src/presets/index.ts";
import type * as memory from "../../src/stores/memory.ts";
import type * as migrating from "../../src/stores/migrating.ts";
import type * as mysql from "../../src/stores/mysql.ts";
import type * as nearCache from "../../src/stores/near-cache.ts";
import type * as postgres from "../../src/stores/postgres.ts";
import type * as testing from "../../src/testing/index.ts";
import type { AnyIn } from "./any-in.ts";

interface Shop {
  cart: string[];
}

test("the search for any finds it, wherever it is", () => {
  type Whatever = ReturnType<typeof JSON.parse>;
  type Planted = { a: readonly { b: Whatever }[]; f(x: Whatever): Promise<Whatever> };
  expectTypeOf<AnyIn<Planted, "">>().toEqualTypeOf<".a[].b" | ".f()" | ".f returns resolves">();
  expectTypeOf<AnyIn<{ a: unknown; b: never; c: string }, "">>().toEqualTypeOf<never>();
});

test("nothing that can be imported is any", () => {
  expectTypeOf<AnyIn<typeof sojourn, "sojourn">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof memory, "memory">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof nearCache, "nearCache">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof migrating, "migrating">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof postgres, "postgres">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof mysql, "mysql">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof oidc, "oidc">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof presets, "presets">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof codec, "codec">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<typeof testing, "testing">>().toEqualTypeOf<never>();
});

test("nothing in what an application works with is any", () => {
  expectTypeOf<AnyIn<sojourn.SessionManager<Shop>, "manager">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<connections.OpenConnections<Shop>, "connections">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<connections.EventStream<Shop>, "stream">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.AnonymousSession<Shop>, "anonymous">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.AuthenticatedSession<Shop>, "authenticated">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.LockedSession<Shop>, "locked">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.SessionManagerOptions, "options">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.SessionEvent, "event">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.SessionStore, "store">>().toEqualTypeOf<never>();
  expectTypeOf<AnyIn<sojourn.SojournError, "error">>().toEqualTypeOf<never>();
  expectTypeOf(sojourn.createSessionManager).not.toBeAny();
});

test("an event's type decides what it says", () => {
  const event = {} as sojourn.SessionEvent;
  // @ts-expect-error not every event is about a session
  event.sessionId;
  if (event.type === "session_renewed") expectTypeOf(event.cause).toEqualTypeOf<sojourn.RenewalCause>();
  if (event.type === "csrf_refused") expectTypeOf(event.because).toEqualTypeOf<sojourn.CsrfRefusal>();
  if (event.type === "session_bound") expectTypeOf(event.algorithm).toEqualTypeOf<sojourn.ProofAlgorithm>();
  if (event.type === "binding_proof_refused") expectTypeOf(event.because).toEqualTypeOf<sojourn.ProofRefusal>();
  if (event.type === "session_presented_unbound") expectTypeOf(event.because).toEqualTypeOf<sojourn.WithoutDevice>();
  if (event.type === "session_created") expectTypeOf(event.userId).toEqualTypeOf<sojourn.UserId | null>();
});

test("whether a request proved its device, and what to answer if not, is one union", () => {
  const verdict = sojourn.requireBound({} as sojourn.Session<Shop>);
  if (verdict.met) expectTypeOf(verdict.session).toEqualTypeOf<sojourn.AuthenticatedSession<Shop>>();
  else expectTypeOf(verdict.because).toEqualTypeOf<"signed-out" | "locked" | "unbound">();
  expectTypeOf<sojourn.BindingOptions["policy"]>().toEqualTypeOf<"off" | "offer" | "require">();
  expectTypeOf<sojourn.SessionManager<Shop>["binding"]>().toEqualTypeOf<sojourn.BindingEndpoints | null>();
  expectTypeOf<sojourn.SessionSummary["boundSince"]>().toEqualTypeOf<sojourn.Instant | null>();
});

test("why a session is locked, and whether an undone containment was there", () => {
  expectTypeOf<sojourn.LockReason>().toEqualTypeOf<"idle" | "contained" | "client-changed">();
  expectTypeOf<sojourn.LockedSession<Shop>["because"]>().toEqualTypeOf<sojourn.LockReason>();
  expectTypeOf<sojourn.SessionSummary["lockedFor"]>().toEqualTypeOf<sojourn.LockReason | null>();
  expectTypeOf<
    Awaited<ReturnType<sojourn.SessionManager<Shop>["undoContainment"]>>
  >().toEqualTypeOf<sojourn.UndoResult>();
});

test("an error's code is one of a list", () => {
  expectTypeOf<sojourn.SojournError["code"]>().toEqualTypeOf<sojourn.SojournErrorCode>();
  expectTypeOf<"ERR_STORE_UNAVAILABLE">().toExtend<sojourn.SojournErrorCode>();
  expectTypeOf<sojourn.SojournError["because"]>().toEqualTypeOf<sojourn.CsrfRefusal | null>();
});
