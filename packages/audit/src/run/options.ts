import type { LaunchedBrowser } from "../browser/launch.ts";
import type { ClientLimits } from "../http/client.ts";
import type { Sleep } from "../http/pace.ts";
import type { Plan } from "./estimate.ts";

export interface AuditOptions {
  /** Wait for timeouts to come, up to the longest that the file expects. Default: no. */
  readonly wait?: boolean;
  /** Only checks whose id is or begins with one of these. Default: all. */
  readonly only?: readonly string[];
  /** Where secrets named by `env()` are. Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The audit file's path in the repository, for reports that point at it. */
  readonly fileName?: string;
  /** Milliseconds over which a question is asked again before its answer counts. Default: 5000. */
  readonly settle?: number;
  /** Stop after the controls: what `doctor` does. */
  readonly onlyControls?: boolean;
  /** Whether to drive a browser where there is one. Default: yes. */
  readonly browser?: boolean;
  readonly limits?: Partial<ClientLimits>;
  /** Called before the first request. */
  readonly onPlan?: (plan: Plan) => void;
  readonly onProgress?: (progress: Progress) => void;
  readonly sleep?: Sleep;
}

export interface Progress {
  readonly step: string;
  readonly done: number;
  readonly of: number;
  /** What a browser is doing, while one is driven: `alice, in Chromium 156`. */
  readonly inBrowser: string | null;
  /** So far. */
  readonly requests: number;
  readonly logins: number;
}

export interface AuditReadyOptions extends AuditOptions {
  /** A browser that is running already, and is left running. */
  readonly launched?: LaunchedBrowser;
}
