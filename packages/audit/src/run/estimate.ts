import { milliseconds } from "../file/duration.ts";
import type { HostKind } from "../http/hosts.ts";
import type { Check } from "./check.ts";
import { missing, type Surroundings } from "./needs.ts";

/** What an audit is going to take, as far as it can be told before the first request. */
export interface Plan {
  /** How many checks are going to run, of how many. */
  readonly checks: number;
  readonly of: number;
  readonly requests: number;
  readonly logins: number;
  /** Milliseconds. */
  readonly takes: number;
  /** The browser that is driven; `null` if none is. */
  readonly browser: string | null;
}

export interface Planning {
  readonly surroundings: Omit<Surroundings, "credentials">;
  readonly host: HostKind;
  readonly loginsAtMost: number;
  readonly browser: string | null;
}

/* Measured on the bank and on the notes application of the tests; other targets redirect more often, or less. */
const usual = { requests: 7, logins: 1 };
const unusual: Readonly<Record<string, { readonly requests: number; readonly logins: number }>> = {
  "X-CRED-01": { requests: 0, logins: 0 },
  "X-CRED-04": { requests: 20, logins: 1 },
  "X-CRED-05": { requests: 0, logins: 0 },
  "X-FIX-01": { requests: 7, logins: 1 },
  "X-FIX-03": { requests: 10, logins: 2 },
  "X-END-05": { requests: 0, logins: 0 },
  "X-END-06": { requests: 0, logins: 0 },
  "X-END-07": { requests: 0, logins: 0 },
  "X-END-08": { requests: 17, logins: 2 },
  "X-END-10": { requests: 35, logins: 5 },
  "X-CONC-01": { requests: 210, logins: 2 },
  "X-CONC-03": { requests: 26, logins: 1 },
  "X-STEP-01": { requests: 15, logins: 1 },
  "X-TIME-01": { requests: 60, logins: 3 },
  "X-TIME-02": { requests: 0, logins: 0 },
  "X-TIME-03": { requests: 0, logins: 0 },
};
const ofForgery = { requests: 20, logins: 2 };
/** Milliseconds of a request where none has to wait for its turn, and of a check in a browser beside its requests. */
const ofRequest = 8;
const inBrowser = 1_500;
const controls = { requests: 15, logins: 1 };
const tokensCompared = 30;

/** Where credentials are not known yet, every check that only asks for a cookie is counted. */
export function estimate(checks: readonly Check[], { surroundings, host, loginsAtMost, browser }: Planning): Plan {
  const { file, waits } = surroundings;
  const assumed = { ...surroundings, credentials: [[{ kind: "cookie" as const, name: "" }]] };
  const run = checks.filter(({ needs }) => needs.every((need) => missing(need, assumed) === null));
  const costs = run.map((check) => costOf(check, file.expect?.sessionsPerUser ?? 0));
  const sum = (of: "requests" | "logins") => controls[of] + costs.reduce((all, cost) => all + cost[of], 0);
  const made = sum("logins");
  // Tokens of other checks are compared too; only what is missing is issued for it.
  const issued = run.some(({ id }) => id.startsWith("X-TOK")) ? Math.max(made, tokensCompared) : made;
  const logins = Math.min(issued, loginsAtMost);
  const requests = sum("requests") + (issued - made) * 4;
  const gap = host === "public" ? 1000 / (file.pace?.perSecond ?? 5) : ofRequest;
  const browsed =
    browser === null
      ? 0
      : run.filter(({ id, needs }) => needs.includes("browser") && costOf({ id }, 0).logins > 0).length;
  const isWaiting = waits && !file.clock && run.some(({ needs }) => needs.includes("time"));
  const waited = isWaiting ? longest(file.expect) : 0;
  return {
    checks: run.length,
    of: checks.length,
    requests,
    logins,
    takes: Math.round(requests * gap + browsed * inBrowser + waited),
    browser: browsed > 0 ? browser : null,
  };
}

function costOf({ id }: Pick<Check, "id">, sessionsPerUser: number) {
  if (id === "X-CONC-02") return { requests: 8 * (sessionsPerUser + 6), logins: sessionsPerUser + 6 };
  if (/^X-TOK-0[123]$/.test(id)) return { requests: 0, logins: 0 };
  if (/^X-CSRF-0[1-5]$/.test(id)) return ofForgery;
  return unusual[id] ?? usual;
}

/** Every timeout is waited for at the same time, but for the age of a proof of identity. */
function longest({
  idle = "0s",
  absolute = "0s",
  fresh = "0s",
}: {
  idle?: string | undefined;
  absolute?: string | undefined;
  fresh?: string | undefined;
} = {}): number {
  return Math.max(milliseconds(idle), milliseconds(absolute)) * 1.1 + milliseconds(fresh) * 1.2;
}
