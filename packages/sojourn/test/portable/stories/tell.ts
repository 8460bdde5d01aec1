import type { Host } from "./host.ts";
import { suites } from "./suites.ts";

/** One line of what a runtime says. */
export type Line =
  | { readonly runtime: string }
  | { readonly suite: string; readonly notOffered: string }
  | { readonly suite: string; readonly story: string; readonly error: string | null }
  | { readonly end: true };

/** Longer than any story takes, milliseconds: one that hangs is one that failed. */
const patience = 20_000;

/** Tells every story on this runtime, one after the other. */
export async function tellAll(host: Host, say: (line: Line) => void): Promise<void> {
  say({ runtime: host.runtime });
  for (const { name: suite, offered, stories } of suites) {
    const isOffered = offered(host);
    if (isOffered !== true) {
      say({ suite, notOffered: isOffered });
      continue;
    }
    for (const [story, tell] of Object.entries(stories)) say({ suite, story, error: await errorOf(() => tell(host)) });
  }
  say({ end: true });
}

async function errorOf(tell: () => Promise<void>): Promise<string | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`It did not end within ${patience} ms`), patience);
  });
  try {
    return await Promise.race([tell().then(() => null), late]);
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
  } finally {
    clearTimeout(timer);
  }
}
