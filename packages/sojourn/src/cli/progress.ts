import { grouped, type Terminal } from "./terminal.ts";

export interface Progress {
  show(done: number): void;
  end(): void;
}

const width = 30;

/** A bar where a person looks; elsewhere a line for every tenth. `now`: milliseconds, of any clock. */
export function progressOf(total: number, terminal: Terminal, now: () => number = () => performance.now()): Progress {
  const start = now();
  let tenths = 0;

  function text(done: number): string {
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    const seconds = Math.max((now() - start) / 1000, 0.001);
    const remaining = done === 0 ? "" : `, ${duration((seconds / done) * Math.max(total - done, 0))} to go`;
    const amount = `${grouped(done)} of ${grouped(total)} sessions, ${grouped(Math.round(done / seconds))} a second`;
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    if (!terminal.isInteractive) return `${percent}  ${amount}${remaining}`;
    const full = Math.round(share * width);
    return `[${"#".repeat(full)}${"-".repeat(width - full)}] ${percent}  ${amount}${remaining}`;
  }

  return {
    show(done) {
      // Over the line before, and without what is left of it.
      if (terminal.isInteractive) return terminal.write(`\r${text(done)}\u001b[K`);
      const reached = total === 0 ? 10 : Math.floor((done / total) * 10);
      if (reached > tenths) terminal.write(`${text(done)}\n`);
      tenths = Math.max(tenths, reached);
    },
    end() {
      if (terminal.isInteractive) terminal.write("\n");
    },
  };
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
