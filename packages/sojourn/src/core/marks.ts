import { type RandomSource, randomText } from "./random.ts";
import type { SessionRecord } from "./record.ts";

/**
 * How many of its last writes a body remembers; if the version moved by no more, an absent mark means "not applied". What
 * nobody asks about, a touch, moves the version and leaves no mark.
 */
export const marksKept = 8;

/** Names one write. 48 random bits: it is compared with at most eight others. */
export function createMark(random: RandomSource): string {
  return randomText(random, 6);
}

/** `record` as the write named `mark` leaves it. */
export function marked(record: SessionRecord, mark: string): SessionRecord {
  return { ...record, marks: [mark, ...record.marks].slice(0, marksKept) };
}

export function isMarkedWith(record: SessionRecord, mark: string): boolean {
  return record.marks.includes(mark);
}
