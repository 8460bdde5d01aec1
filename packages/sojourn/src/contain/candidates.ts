import { movedMark, usedTokenBody } from "../core/no-session.ts";
import { readBatches } from "../core/read-batches.ts";
import type { Loaded } from "../core/storage.ts";
import type { IndexKey, StoredSession } from "../core/store.ts";
import type { Engine } from "../core/visit.ts";
import type { ContainmentQuery } from "./query.ts";

/** Some of the sessions that may be meant. */
export interface Batch {
  readonly sessions: readonly (Loaded | "corrupt")[];
  /** Where the next batch begins; `null`: this was the last. */
  readonly next: string | null;
}

const batchSize = 500;

/** All sessions that may be meant, in batches: by an index where the query names a user or a ref, else every row. */
export async function* candidates(
  query: ContainmentQuery,
  resumeAt: string | null,
  engine: Engine,
): AsyncGenerator<Batch> {
  const key = indexOf(query);
  if (key) return yield* indexed(key, engine);
  const { walk } = engine.storage;
  if (walk === null)
    throw new TypeError(`The ${engine.storage.name} store cannot be walked through: write { userId } or { ref }`);
  for (let next = resumeAt, isFirst = true; isFirst || next !== null; isFirst = false) {
    const page = await walk(next, batchSize, isSession);
    yield page;
    next = page.next;
  }
}

const isSession = ({ body }: StoredSession) => body !== usedTokenBody && !body.startsWith(movedMark);

function indexOf({ userId, ref }: ContainmentQuery): IndexKey | null {
  if (ref !== undefined) return { ref };
  return userId === undefined ? null : { userId };
}

async function* indexed(key: IndexKey, { storage }: Engine): AsyncGenerator<Batch> {
  for await (const found of readBatches(await storage.idsOf(key), storage)) {
    yield { sessions: found.filter((each) => each !== null), next: null };
  }
}
