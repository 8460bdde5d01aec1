import { expectTypeOf, test } from "vitest";
import type { SessionEvent, SessionManagerOptions, SignalChange, Signals, StoredSignals } from "../../src/index.ts";
import { clientSignals, type SignalOptions } from "../../src/signals/index.ts";

test("a manager takes signals, and nothing that only looks like them", () => {
  expectTypeOf(clientSignals()).toEqualTypeOf<Signals>();
  expectTypeOf<true>().not.toExtend<SessionManagerOptions["signals"]>();
  expectTypeOf<{ weights: { network: 0 } }>().toExtend<SignalOptions>();
  expectTypeOf<{ network: "exact" }>().not.toExtend<SignalOptions>();
});

test("what changed, and what is kept, has names", () => {
  type Changed = Extract<SessionEvent, { type: "session_client_changed" }>;
  expectTypeOf<Changed["changes"]>().toEqualTypeOf<readonly SignalChange[]>();
  expectTypeOf<Changed["before"]["network"]>().toEqualTypeOf<string | null>();
  expectTypeOf<StoredSignals["networks"]>().toEqualTypeOf<readonly string[]>();
});
