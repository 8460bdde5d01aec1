import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Trouble } from "../http/trouble.ts";
import { fill, type Values } from "../login/values.ts";
import type { Tab } from "./tab.ts";

/** What a login script is given. `page` and `context` are Playwright's. */
export interface ScriptGiven {
  readonly page: unknown;
  readonly context: unknown;
  /** Where the target is. */
  readonly target: string;
  /** The user of the audit file: `name`, `password` and whatever else it has. */
  readonly user: Readonly<Record<string, string>>;
  /** The code that an authenticator app shows now, if the user has a `totp`. */
  readonly totp: () => string;
}

/** Runs the function that a module exports as its default. @throws Trouble if it does not do what it should */
export async function runScript(
  tab: Tab,
  file: string,
  { target, values }: { target: URL; values: Values },
): Promise<void> {
  const module = (await import(pathToFileURL(resolve(file)).href).catch((error: Error) => {
    throw new Trouble("flow-broken", `The script ${file} cannot be read: ${error.message}`, { cause: error });
  })) as { default?: unknown };
  const { default: script } = module;
  if (typeof script !== "function")
    throw new Trouble("flow-broken", `The script ${file} exports no function as its default`);
  await tab.script(async ({ page, context }) => {
    const given: ScriptGiven = {
      page,
      context,
      target: target.href,
      user: values.user?.values ?? {},
      totp: () => fill("$user.totp", values),
    };
    try {
      await (script as (given: ScriptGiven) => Promise<unknown>)(given);
    } catch (error) {
      if (error instanceof Trouble) throw error;
      const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      throw new Trouble("flow-broken", `The script ${file} failed: ${line}`, { cause: error });
    }
  });
}
