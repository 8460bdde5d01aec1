import type { Carried, Carry, EarlierRow } from "../earlier.ts";

/** What the application carries over, and the login's time where the store knows an earlier one. */
export function carrying(carry: Carry) {
  return async ({ data, startedAt }: EarlierRow): Promise<Carried | null> => {
    const carried = await carry(data);
    if (!carried || startedAt === undefined) return carried ?? null;
    return { ...carried, startedAt: Math.min(startedAt, carried.startedAt ?? startedAt) };
  };
}
