import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { data, user } from "./scene.mjs";

/** As an application in production makes it; everything else is the default. */
export function createManager(store = memoryStore()) {
  return createSessionManager({ store, origins: ["https://shop.example"] });
}

export async function logIn(session) {
  const loggedIn = await session.authenticate({ id: user.id, keep: "none" });
  await loggedIn.update((draft) => void Object.assign(draft, structuredClone(data)));
}
