import { sayDuration } from "../file/duration.ts";
import type { Plan } from "../run/estimate.ts";
import type { Progress } from "../run/options.ts";
import type { Stream } from "./command.ts";

/** One line that changes while an audit runs, for a person at a terminal; nothing in a log. */
export function showProgress(
  err: Stream,
  { isQuiet, environment }: { isQuiet: boolean; environment: NodeJS.ProcessEnv },
) {
  const isShown = err.isTTY === true && !isQuiet && !environment.CI;
  const clear = "\r\u001b[K";
  return {
    show({ step, done, of, inBrowser, requests, logins }: Progress): void {
      if (!isShown) return;
      const where = inBrowser === null ? "" : ` (${inBrowser})`;
      err.write(`${clear}${done}/${of} ${step}${where} · ${requests} requests, ${logins} logins`);
    },
    /** Printed in a log too: what is about to happen to the target. */
    plan({ checks, of, requests, logins, takes, browser }: Plan): void {
      if (isQuiet) return;
      const how = browser === null ? "" : `, partly in ${browser}`;
      err.write(
        `${checks} of ${of} checks${how}: about ${requests} requests and ${logins} logins in ${sayDuration(Math.max(1_000, Math.ceil(takes / 1_000) * 1_000))}\n`,
      );
    },
    end(): void {
      if (isShown) err.write(clear);
    },
  };
}
