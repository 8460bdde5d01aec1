import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

export interface Display {
  /** What `DISPLAY` is to say. */
  readonly name: string;
  close(): Promise<void>;
}

/** A display of a free number, and no screen to it. */
export async function startDisplay(): Promise<Display> {
  const { XVFB_PATH } = process.env;
  if (!XVFB_PATH) throw new Error("XVFB_PATH is not set: start this test with `npm test -- auditor`");
  const options = ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"];
  const child = spawn(XVFB_PATH, options, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const [number] = (await once(createInterface({ input: child.stdio[3] as Readable }), "line")) as [string];
  return {
    name: `:${number}`,
    async close() {
      child.kill();
      await once(child, "close");
    },
  };
}
