import type { SessionManager } from "sojourn";

/** About every ten minutes. Jitter, so that several processes on one file do not sweep at the same moment. */
const every = 10 * 60_000;

/** Removes expired sessions now and then, for as long as the process has something else to do. Returns how to stop. */
export function startSweeper<Data extends object>(manager: SessionManager<Data>): () => void {
  let timer = schedule();

  function schedule(): NodeJS.Timeout {
    return setTimeout(sweep, every * (0.75 + Math.random() / 2)).unref();
  }

  async function sweep(): Promise<void> {
    // A store that does not answer now is swept next time; requests report the outage themselves.
    await manager.sweep().catch(() => {});
    timer = schedule();
  }

  return () => clearTimeout(timer);
}
