import { type BrokenStore, broken, pause, racy, unlimited } from "./weaken.ts";

/** Rows that are forgotten too early, or by too many at once. */
export const brokenExpiry: readonly BrokenStore[] = [
  {
    weakness: "the sweep does not judge again",
    open: racy((store) => ({
      async removeExpired(before, limit) {
        const expired = (await store.scan(null, unlimited)).filter((row) => row.expiresAt <= before).slice(0, limit);
        await pause();
        const removed = await Promise.all(expired.map((row) => store.remove(row.id)));
        return removed.filter(Boolean).length;
      },
    })),
    caughtBy: ["a row is judged again when it is removed: one just extended is kept"],
  },
  {
    weakness: "the sweep knows no limit",
    open: broken((store) => ({ removeExpired: (before) => store.removeExpired(before, unlimited) })),
    caughtBy: ["removeExpired removes at most as many rows as it may, says how many, and gets through them all"],
  },
  {
    weakness: "expiry is rounded down to the second",
    open: broken((store) => ({
      removeExpired: (before, limit) => store.removeExpired(Math.floor(before / 1000) * 1000 + 999, limit),
    })),
    caughtBy: ["before expiresAt nothing is forgotten, however often it is swept"],
  },
  {
    weakness: "an update leaves expiresAt where it was",
    open: broken((store) => ({
      async update(row) {
        const current = await store.find(row.id);
        return store.update({ ...row, expiresAt: current?.expiresAt ?? row.expiresAt });
      },
    })),
    caughtBy: [
      "update writes if the stored version is exactly one less",
      "an update that extends a row keeps it beyond its first expiresAt, and named",
      "an update may also bring the end nearer",
    ],
  },
];
