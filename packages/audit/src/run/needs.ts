import type { Credential } from "../credential/credential.ts";
import type { CheckedFile } from "../file/schema.ts";

/** What a check can need beside a login. */
export type Need =
  | "logout"
  | "two users"
  | "fresh logins"
  | "a cookie"
  | "https"
  | "slow"
  | "a request to hold"
  | "change"
  | "sensitive"
  | "endOthers"
  | "password"
  | "sessions"
  | "stepUp"
  | "renew"
  | "halfway"
  | "disable"
  | "stream"
  | "count"
  | "once"
  | "several at once"
  | "time"
  | "idle"
  | "absolute"
  | "sessionsPerUser"
  | "fresh"
  | "browser";

export interface Surroundings {
  readonly file: CheckedFile;
  readonly users: number;
  readonly credentials: readonly Credential[];
  /** `--wait` was given. */
  readonly waits: boolean;
  readonly atOnce: number;
  /** Why no browser can be driven; `null` if one can. */
  readonly noBrowser: Missing | null;
}

/** What is missing for a check, and what would enable it; `null` if nothing is. */
export function missing(
  need: Need,
  { file, users, credentials, waits, atOnce, noBrowser }: Surroundings,
): Missing | null {
  const { actions = {}, expect = {} } = file;
  const lacks = (isThere: boolean, why: string, enable?: string): Missing | null =>
    isThere ? null : { why, ...(enable && { enable }) };
  switch (need) {
    case "logout":
      return lacks(file.logout !== undefined, "the audit file does not say how to log out", 'logout: post("/logout")');
    case "two users":
      return lacks(users > 1, "the audit file names one user", "users.bob: { name, password }");
    case "fresh logins":
      return lacks(
        file.login.kind !== "storageState",
        "a saved state is one session",
        'login: form("/login", { ... })',
      );
    case "a cookie":
      return lacks(
        credentials.some((credential) => credential.some(({ kind }) => kind === "cookie")),
        "no cookie signs anybody in here",
      );
    case "https":
      return lacks(file.target.startsWith("https:"), "the target is not served over https", "target: an https address");
    case "slow":
      return lacks(actions.slow !== undefined, "no slow request is named", 'actions.slow: get("/reports/year")');
    case "a request to hold":
      return lacks(
        (actions.hold ?? actions.change?.do) !== undefined,
        "no request with a body is named",
        'actions.hold: post("/search", { q: "$random" })',
      );
    case "change":
    case "sensitive":
      return lacks(
        actions[need] !== undefined,
        `no ${need} action is named`,
        `actions.${need}: { do: form(...), seenAt: { request: get(...) } }`,
      );
    case "endOthers":
      return lacks(
        actions.endOthers !== undefined,
        "no way to end other sessions is named",
        "actions.endOthers: form(...)",
      );
    case "password":
      return lacks(
        actions.password !== undefined,
        "no change of password is named",
        "actions.password: { do: form(...), restore: form(...) }",
      );
    case "sessions":
      return lacks(actions.sessions !== undefined, "no list of sessions is named", 'actions.sessions: get("/devices")');
    case "stepUp":
      return lacks(actions.stepUp !== undefined, "no way to prove oneself again is named", "actions.stepUp: form(...)");
    case "renew":
      return lacks(actions.renew !== undefined, "no renewal is named", 'actions.renew: post("/renew")');
    case "halfway":
      return lacks(
        actions.halfway !== undefined,
        "no beginning of a login or a reset is named",
        'actions.halfway: [post("/reset", { email: "$user.name" })]',
      );
    case "disable":
      return lacks(
        actions.disable !== undefined,
        "no way to disable an account is named",
        "actions.disable: { do: post(...), restore: post(...) }",
      );
    case "stream":
      return lacks(actions.stream !== undefined, "no stream of events is named", 'actions.stream: get("/events")');
    case "count":
      return lacks(
        actions.count !== undefined,
        "nothing that counts is named",
        "actions.count: { do: form(...), seenAt: { request: get(...), json: ... } }",
      );
    case "once":
      return lacks(
        actions.once !== undefined,
        "nothing that may be used once is named",
        "actions.once: { do: post(...), worked: { status: 200 } }",
      );
    case "several at once":
      return lacks(atOnce > 1, "several requests at once are not allowed on this host", "pace.bursts: true");
    case "time":
      return lacks(
        waits || file.clock !== undefined,
        "timeouts are waited for only when asked",
        "--wait, or clock: post(...) on a test server",
      );
    case "idle":
    case "absolute":
    case "fresh":
    case "sessionsPerUser":
      return lacks(expect[need] !== undefined, `the audit file does not say what to expect`, `expect.${need}`);
    case "browser":
      return (
        noBrowser ??
        lacks(atOnce > 1, "a browser loads whole pages at once, which is not allowed on this host", "pace.bursts: true")
      );
  }
}

export interface Missing {
  readonly why: string;
  readonly enable?: string;
}
