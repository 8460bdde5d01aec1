import type { Progress } from "../run/audit.ts";
import type { Stream } from "./command.ts";

/** One line that changes while an audit runs, for a person at a terminal; nothing in a log. */
export function showProgress(
  err: Stream,
  { isQuiet, environment }: { isQuiet: boolean; environment: NodeJS.ProcessEnv },
) {
  const isShown = err.isTTY === true && !isQuiet && !environment.CI;
  const clear = "\r\u001b[K";
  return {
    show({ step, done, of }: Progress): void {
      if (isShown) err.write(`${clear}${done}/${of} ${step}`);
    },
    end(): void {
      if (isShown) err.write(clear);
    },
  };
}
