import type { SessionId } from "./ids.ts";
import type { Found, Storage } from "./storage.ts";

const readsAtOnce = 16;

/** Reads what `ids` name, fresh, some at a time. */
export async function* readBatches(ids: readonly SessionId[], storage: Storage): AsyncGenerator<readonly Found[]> {
  for (let at = 0; at < ids.length; at += readsAtOnce) {
    yield await Promise.all(ids.slice(at, at + readsAtOnce).map((id) => storage.find(id, { fresh: true })));
  }
}
