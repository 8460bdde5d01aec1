import { setTimeout as delay } from "node:timers/promises";
import { readAuthorities } from "../http/trust.ts";
import type { LookOptions } from "../look/world.ts";
import { type Command, UsageError } from "./arguments.ts";

/** How to look at a target, by what the command line says. @throws UsageError if a file of certificates is none */
export async function lookOptionsOf(
  { authorized, ca: caFile }: Pick<Command, "authorized" | "ca">,
  environment: NodeJS.ProcessEnv,
): Promise<LookOptions> {
  const { ca, problems } = await readAuthorities([caFile], environment);
  if (problems.length > 0) throw new UsageError(problems.map((each) => `--${each}`).join("\n"));
  return {
    ...(authorized && { authorized }),
    ...(caFile && { caFile }),
    ca,
    sleep: (milliseconds) => delay(milliseconds),
  };
}
