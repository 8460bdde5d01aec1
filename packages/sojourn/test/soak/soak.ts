import { expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { runWorkload } from "../linearizability/run.ts";

/** A store to soak: connections, as processes of an application have them. */
export interface Soaked {
  readonly connections: readonly SessionStore[];
  close(): Promise<void>;
}

const operations = Number(process.env.SOJOURN_SOAK_OPERATIONS ?? 1_000_000);
/** Checked and forgotten before the next ones begin, so that memory lasts. */
const perRound = 20_000;
const rounds = Math.ceil(operations / perRound);
const hours = 3_600_000;

/** A million operations on one store, each round checked before the next. */
export function soak(name: string, open: () => Promise<Soaked>): void {
  test(`${name}: ${operations.toLocaleString("en")} operations are explained`, { timeout: 4 * hours }, async () => {
    const first = Number(process.env.SOJOURN_SEED ?? Math.floor(Math.random() * 1_000_000));
    const { connections, close } = await open();
    const start = performance.now();
    try {
      for (let round = 1; round <= rounds; round++) {
        const seed = first + round - 1;
        const { complaints, sessions, longestWait } = await runWorkload({ connections, operations: perRound, seed });
        const left = ((performance.now() - start) / round / 60_000) * (rounds - round);
        const done = (round * perRound).toLocaleString("en").padStart(9);
        console.info(
          `${name} ${done} operations  seed ${seed}  ${sessions} sessions  longest wait ${Math.round(longestWait)} ms  about ${left.toFixed(1)} min left`,
        );
        expect(complaints, `SOJOURN_SEED=${seed}`).toEqual([]);
      }
    } finally {
      await close();
    }
  });
}

/** Four processes of an application on one deployment. */
export async function fourOn(deployment: {
  connect(): Promise<{ readonly store: SessionStore; close(): Promise<void> }>;
  close(): Promise<void>;
}): Promise<Soaked> {
  const processes = await Promise.all([1, 2, 3, 4].map(() => deployment.connect()));
  return {
    connections: processes.map(({ store }) => store),
    async close() {
      await Promise.all(processes.map((each) => each.close()));
      await deployment.close();
    },
  };
}

/** The same on a server that is there for the soak. */
export async function fourOnServer<Server extends { close(): Promise<void> }>(
  server: Server,
  deploy: (server: Server) => Promise<Parameters<typeof fourOn>[0]>,
): Promise<Soaked> {
  const { connections, close } = await fourOn(await deploy(server));
  return {
    connections,
    async close() {
      await close();
      await server.close();
    },
  };
}
