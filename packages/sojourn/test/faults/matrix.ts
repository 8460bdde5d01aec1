import { appendFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/core/store.ts";
import { type Findings, runWorkload } from "../linearizability/run.ts";
import { type Fault, strikingAgainAndAgain } from "./fault.ts";

/** A store in trouble: its connections, and the faults it is put through. */
export interface Rig {
  readonly connections: readonly SessionStore[];
  readonly faults: readonly Fault[];
  /** Whether the store promises that no failover undoes an acknowledged removal. Default `true`. */
  readonly removalsAreFinal?: boolean;
  close(): Promise<void>;
}

export interface MatrixRow extends Omit<Findings, "complaints"> {
  readonly store: string;
  readonly fault: string;
  readonly seed: number;
}

const operations = Number(process.env.SOJOURN_FAULT_OPERATIONS ?? 20_000);

/** One row of the matrix: `store` under each fault, 20,000 operations each, on servers of its own. */
export function describeFaults(store: string, faults: readonly string[], open: () => Promise<Rig>): void {
  describe(`${store} survives`, () => {
    const rows: MatrixRow[] = [];
    test.for(faults)("%s", { timeout: 180_000 }, async (name) => {
      const seed = Math.floor(Math.random() * 1_000_000);
      const rig = await open();
      try {
        const fault = rig.faults.find((one) => one.name === name);
        if (!fault) throw new Error(`${store} has no fault "${name}"`);
        const { complaints, ...findings } = await runWorkload({
          connections: rig.connections,
          operations,
          seed,
          removalsAreFinal: rig.removalsAreFinal ?? true,
          disturb: strikingAgainAndAgain(fault, operations),
        });
        rows.push({ store, fault: name, seed, ...findings });
        expect(complaints, `seed ${seed}`).toEqual([]);
        expect(findings).toMatchObject({ lost: 0, revived: 0, outOfOrder: 0 });
        // A fault that nobody noticed proves nothing.
        expect(findings.failed + findings.undone, "operations that met the fault").toBeGreaterThan(0);
      } finally {
        await rig.close();
      }
    });
    afterAll(() => report(rows));
  });
}

/** Hands the rows to the command that prints the whole table; run by itself, a test prints its own. */
function report(rows: readonly MatrixRow[]): void {
  const file = process.env.SOJOURN_FAULT_ROWS;
  if (file) for (const row of rows) appendFileSync(file, `${JSON.stringify(row)}\n`);
  else console.table(rows);
}
