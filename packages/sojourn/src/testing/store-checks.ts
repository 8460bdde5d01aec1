import type { SessionStore } from "../core/store.ts";
import { expiring } from "./store-contract/expiring.ts";
import { indexing } from "./store-contract/indexing.ts";
import { inserting } from "./store-contract/inserting.ts";
import { removing } from "./store-contract/removing.ts";
import type { Sentences } from "./store-contract/sentence.ts";
import { sharing } from "./store-contract/sharing.ts";
import { updating } from "./store-contract/updating.ts";

export { StoreContractError } from "./store-contract/assert.ts";

/** A store to check: nothing stored in it yet, and nobody else using it. */
export interface StoreFixture {
  /** Connections to the same data, at least one. Give two where a store can have several: the races then run across both. */
  readonly stores: readonly SessionStore[];
  close(): Promise<void>;
}

/** One sentence of the contract of `SessionStore`. */
export interface StoreCheck {
  readonly name: string;
  /** Rejects with a `StoreContractError` that says what was expected, if the store breaks the sentence. */
  run(): Promise<void>;
}

/**
 * The contract of `SessionStore` as checks for any test runner. `open` is called once per check.
 *
 * ```ts
 * for (const check of storeChecks(open)) test(check.name, () => check.run());
 * ```
 */
export function storeChecks(open: () => Promise<StoreFixture>): readonly StoreCheck[] {
  const contract: Sentences = { ...inserting, ...updating, ...removing, ...indexing, ...expiring, ...sharing };
  return Object.entries(contract).map(([name, holds]) => ({
    name,
    async run() {
      const fixture = await open();
      try {
        const [store, other = store] = fixture.stores;
        if (!store || !other) throw new TypeError("storeChecks: `open` must give at least one store");
        await holds({ store, other });
      } finally {
        await fixture.close();
      }
    },
  }));
}
