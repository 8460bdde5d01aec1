import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const server = fileURLToPath(new URL("../../../../examples/bank/dist/server.js", import.meta.url));

export interface RunningBank {
  readonly url: string;
  close(): Promise<void>;
}

/** The bank of `npm start`, as a process of its own, with two customers. `origins` are those its forms may come from. */
export async function startBank(origins: readonly string[] = []): Promise<RunningBank> {
  if (!existsSync(server)) throw new Error("The bank is not built: npm run build");
  const folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, [server], {
    env: {
      ...process.env,
      PORT: String(port),
      BANK_DB: join(folder, "bank.sqlite"),
      BANK_ORIGIN: [url, ...origins].join(","),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("is open at")) break;
  child.stdout.resume();
  for (const name of Object.values(customers)) await signUp(url, name);
  return {
    url,
    async close() {
      child.kill();
      await once(child, "close");
      rmSync(folder, { recursive: true });
    },
  };
}

export const password = "correct horse battery";
export const customers = { alice: "alice@example.org", bob: "bob@example.org" } as const;

async function signUp(url: string, email: string): Promise<void> {
  const body = new URLSearchParams({ name: email, email, password });
  const { status } = await fetch(`${url}/signup`, {
    method: "POST",
    body,
    headers: { origin: url },
    redirect: "manual",
  });
  if (status !== 303) throw new Error(`The bank answered a sign-up with ${status}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
