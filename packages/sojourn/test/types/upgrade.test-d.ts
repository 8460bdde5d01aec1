import { expectTypeOf, test } from "vitest";
import type { MoveRefusal, SessionEvent, SessionManagerOptions } from "../../src/index.ts";
import {
  type Carried,
  type Carry,
  cookieSession,
  type EarlierStore,
  type ExchangeJwtOptions,
  exchangeJwt,
  type LiveUpgradeOptions,
  type liveUpgrade,
  type UpgradeSource,
} from "../../src/upgrade/index.ts";

test("a manager takes a live upgrade, and a live upgrade takes sources and a last day", () => {
  expectTypeOf<ReturnType<typeof liveUpgrade>>().toExtend<SessionManagerOptions["liveUpgrade"]>();
  expectTypeOf<{ sources: UpgradeSource[]; until: Date }>().toExtend<LiveUpgradeOptions>();
  expectTypeOf<{ sources: UpgradeSource[] }>().not.toExtend<LiveUpgradeOptions>();
  expectTypeOf<{ sources: UpgradeSource[]; until: number }>().not.toExtend<LiveUpgradeOptions>();
  expectTypeOf(cookieSession).returns.toEqualTypeOf<UpgradeSource>();
});

test("what is carried over names its user, and a visitor's session is null", () => {
  expectTypeOf<{ data: { cart: string[] } }>().not.toExtend<Carried>();
  expectTypeOf<{ userId: null }>().not.toExtend<Carried>();
  expectTypeOf<{ userId: string; keep: "none" }>().toExtend<Carried>();
  expectTypeOf<() => null>().toExtend<Carry>();
  expectTypeOf<(session: { readonly user: string }) => { userId: string }>().not.toExtend<Carry>();
});

test("an earlier store must be able to take atomically, and a JWT must have a jti", () => {
  expectTypeOf<Omit<EarlierStore, "take">>().not.toExtend<EarlierStore>();
  expectTypeOf<Omit<EarlierStore, "left">>().toExtend<EarlierStore>();
  expectTypeOf(exchangeJwt).parameter(1).toEqualTypeOf<ExchangeJwtOptions>();
  expectTypeOf<() => { userId: string; expiresAt: number }>().not.toExtend<ExchangeJwtOptions["verify"]>();
  expectTypeOf<() => { userId: string; jti: string; expiresAt: number }>().toExtend<ExchangeJwtOptions["verify"]>();
});

test("why an earlier session was not moved has names", () => {
  type Refused = Extract<SessionEvent, { type: "session_move_refused" }>;
  expectTypeOf<Refused["because"]>().toEqualTypeOf<MoveRefusal>();
});
