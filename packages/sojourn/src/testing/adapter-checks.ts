import type { StartAdapterApplication } from "./adapter-contract/application.ts";
import { binding } from "./adapter-contract/binding.ts";
import { caching } from "./adapter-contract/caching.ts";
import { connections } from "./adapter-contract/connections.ts";
import { failures } from "./adapter-contract/failures.ts";
import { guarding } from "./adapter-contract/guarding.ts";
import { lifecycle } from "./adapter-contract/lifecycle.ts";
import { type AdapterSentences, aScene } from "./adapter-contract/scene.ts";
import { streaming } from "./adapter-contract/streaming.ts";

export type {
  AdapterApplication,
  AdapterApplicationData,
  AdapterApplicationOptions,
  StartAdapterApplication,
} from "./adapter-contract/application.ts";
export { AdapterContractError } from "./adapter-contract/assert.ts";

/** One promise of an adapter. */
export interface AdapterCheck {
  readonly name: string;
  /** Rejects with an `AdapterContractError` that says what was expected, if the adapter breaks the promise. */
  run(): Promise<void>;
}

/**
 * What every adapter promises, as checks for any test runner, over real sockets. `start` is called once or more per check.
 *
 * ```ts
 * for (const check of adapterChecks(start)) test(check.name, () => check.run());
 * ```
 */
export function adapterChecks(start: StartAdapterApplication): readonly AdapterCheck[] {
  const contract: AdapterSentences = {
    ...lifecycle,
    ...streaming,
    ...caching,
    ...guarding,
    ...binding,
    ...connections,
    ...failures,
  };
  return Object.entries(contract).map(([name, { options, holds }]) => ({
    name,
    async run() {
      const scene = await aScene(start, options);
      try {
        await holds(scene);
      } finally {
        await scene.close();
      }
    },
  }));
}
