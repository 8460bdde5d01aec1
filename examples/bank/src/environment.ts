import { fileURLToPath } from "node:url";
import type { Duration } from "sojourn";

/** What the environment may say about the bank. */
export interface Settings {
  /** `PORT`: where it listens, on this machine only. Default 3000. */
  readonly port: number;
  /** `BANK_DB`: the SQLite file. Default `data/bank.sqlite` beside the program. */
  readonly databasePath: string;
  /** `BANK_IDLE` and `BANK_ABSOLUTE`: the two timeouts, like `15m`. Defaults 15 minutes and 8 hours. */
  readonly policy: { readonly idle?: Duration; readonly absolute?: Duration };
  /** `BANK_ORIGIN`: the bank's own origins, separated by commas. Default: localhost and 127.0.0.1 at this port. */
  readonly origins: readonly string[];
  /** `BANK_PROXY`: the addresses of the proxies in front of it, as Express' `trust proxy` takes them. Default: none. */
  readonly proxy: string | null;
  /** `BANK_TLS`: the files of a certificate and its key, separated by a comma, to serve https. Default: none, http. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
}

/** The settings in `env`. Nothing given and the empty text are the same. */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  const port = portIn(env.PORT || "3000");
  const tls = filesIn(env.BANK_TLS || null);
  const scheme = tls ? "https" : "http";
  return {
    port,
    databasePath: env.BANK_DB || fileURLToPath(new URL("../data/bank.sqlite", import.meta.url)),
    // Written as the session manager wants them, which says so if they are not.
    policy: {
      ...(env.BANK_IDLE && { idle: env.BANK_IDLE as Duration }),
      ...(env.BANK_ABSOLUTE && { absolute: env.BANK_ABSOLUTE as Duration }),
    },
    origins: env.BANK_ORIGIN
      ? env.BANK_ORIGIN.split(",").map((origin) => origin.trim())
      : [`${scheme}://localhost:${port}`, `${scheme}://127.0.0.1:${port}`],
    proxy: env.BANK_PROXY || null,
    tls,
  };
}

function filesIn(text: string | null): Settings["tls"] {
  if (text === null) return null;
  const [cert, key, ...more] = text.split(",").map((file) => file.trim());
  if (cert && key && more.length === 0) return { cert, key };
  throw new TypeError(`BANK_TLS is ${JSON.stringify(text)}: write two files, like "certificate.pem,key.pem"`);
}

function portIn(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new TypeError(`PORT is ${JSON.stringify(text)}: write a number from 1 to 65535`);
}
