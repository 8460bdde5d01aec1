import { readFile } from "node:fs/promises";
import { takeStorageState } from "../login/storage-state.ts";
import type { Visitor, World } from "../login/visitor.ts";
import { type Browsing, keepBearer } from "./browsing.ts";

/**
 * Goes on where a saved Playwright state ends: with its cookies; and with the bearer token that the target's pages send
 * when they find what the state has for local storage, where there is a browser to open them.
 */
export async function takeSavedState(
  visitor: Visitor,
  file: string,
  { world, browsing }: { world: World; browsing: Browsing | null },
): Promise<void> {
  const { target, secrets } = world;
  const entries = takeStorageState(visitor, target, await readFile(file, "utf8"));
  for (const { name, value } of entries) if (looksLikeToken.test(value)) secrets.learn(`localStorage ${name}`, value);
  if (entries.length === 0 || !browsing) return;
  await browsing.use(
    visitor.name,
    async (tab) => {
      await tab.goto(target.href);
      await tab.evaluate(put, entries);
      await tab.goto(target.href);
      keepBearer(tab, visitor, secrets);
    },
    visitor,
  );
}

const looksLikeToken = /^[\w.~+/=-]{16,4096}$/;
const put = "(entries) => { for (const { name, value } of entries) localStorage.setItem(name, value); }";
