import type { Answer } from "../../core/answer.ts";
import type { SessionId } from "../../core/ids.ts";
import type { StoredSession } from "../../core/store.ts";

export interface Read {
  readonly answer: Promise<StoredSession | null>;
  /** Nothing was heard of this session since the read began. */
  isUndisturbed(): boolean;
}

/** The reads that are under way. */
export interface Reads {
  begin(id: SessionId, options: { readonly since: number; readonly read: () => Answer<StoredSession | null> }): Read;
  /**
   * The answer to come of an undisturbed read that is under way. Who joins it is served no worse than from memory:
   * whatever it may have missed is not known here yet. One that has not been answered soon is nobody else's to wait for.
   */
  shared(id: SessionId, now: number): Promise<StoredSession | null> | null;
  /** This session changed. */
  disturb(id: SessionId): void;
  disturbAll(): void;
}

/** Milliseconds: longer than a read usually takes, and far shorter than any deadline. */
const joinableFor = 200;

export function createReads(): Reads {
  /** Undisturbed ones only. Of several of one session the latest can be joined, and the earlier ones are not kept. */
  const underWay = new Map<SessionId, { readonly answer: Promise<StoredSession | null>; readonly since: number }>();

  return {
    begin(id, { since, read }) {
      const answer = Promise.resolve(read());
      const entry = { answer, since };
      underWay.set(id, entry);
      const isUndisturbed = () => underWay.get(id) === entry;
      const forget = () => {
        // After whoever awaits the answer has looked.
        queueMicrotask(() => {
          if (isUndisturbed()) underWay.delete(id);
        });
      };
      answer.then(forget, forget);
      return { answer, isUndisturbed };
    },
    shared(id, now) {
      const read = underWay.get(id);
      return read && now - read.since < joinableFor ? read.answer : null;
    },
    disturb: (id) => void underWay.delete(id),
    disturbAll: () => underWay.clear(),
  };
}
