import type { CsrfRefusal } from "./events.ts";

/**
 * What can go wrong, by stable code. Messages may change in any release; codes only in a major one.
 * `docs/errors.md` says for each what it means and what to do.
 */
export type SojournErrorCode =
  /** The store threw or did not answer within the deadline. Nothing is known to be lost; try again. */
  | "ERR_STORE_UNAVAILABLE"
  /** The row was removed but the replicas did not confirm it as configured. */
  | "ERR_STORE_UNCONFIRMED"
  /** The store's table is missing. */
  | "ERR_STORE_SCHEMA"
  /** A write was sent and it cannot be known whether it was applied. */
  | "ERR_SESSION_OUTCOME_UNKNOWN"
  /** Too many concurrent writers of one session; the change was not applied. */
  | "ERR_SESSION_CONTENTION"
  /** The session was ended while this request was at work. */
  | "ERR_SESSION_ENDED"
  /** The secret this request came with was replaced meanwhile, or its session became another one at login. */
  | "ERR_SESSION_SUPERSEDED"
  /** The session was contained while this request was at work: it serves nothing until its user proves who they are. */
  | "ERR_SESSION_LOCKED"
  /** A locked session can only be unlocked by its own user. */
  | "ERR_SESSION_OTHER_USER"
  /** A logout came with two different session cookies, and which one is the user's cannot be told. */
  | "ERR_SESSION_AMBIGUOUS"
  /** The action needs a recent proof of identity. */
  | "ERR_SESSION_NOT_FRESH"
  /** The user's credential was changed while a login with the old one was under way. */
  | "ERR_CREDENTIALS_CHANGED"
  /** A cookie must be set, but the response's headers are already sent. */
  | "ERR_RESPONSE_SENT"
  /** A session would be issued over plain HTTP. */
  | "ERR_INSECURE_TRANSPORT"
  /** A login came from a page on plain HTTP, where the browser would not keep the cookie. */
  | "ERR_INSECURE_ORIGIN"
  /** A request that changes something did not come from the application's own pages. */
  | "ERR_CSRF_REFUSED"
  /** The session's data does not satisfy the schema, or is not plain JSON. */
  | "ERR_DATA_INVALID"
  /** The session's data is larger than the budget. */
  | "ERR_DATA_TOO_LARGE"
  /** A sealed body could not be opened with any of the keys. */
  | "ERR_BODY_UNREADABLE";

/**
 * Every error the library throws on its own account, except wrong arguments, which are plain `TypeError`s.
 * Never holds a secret. `status` is the HTTP status that fits.
 */
export class SojournError extends Error {
  readonly code: SojournErrorCode;
  readonly status: number;
  /** Why the CSRF guard refused, where `code` is `ERR_CSRF_REFUSED`; otherwise `null`. As stable as the code. */
  readonly because: CsrfRefusal | null;

  constructor(
    code: SojournErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly because?: CsrfRefusal } = {},
  ) {
    super(message, options);
    this.name = "SojournError";
    this.code = code;
    this.status = statusOf[code];
    this.because = options.because ?? null;
  }

  /** `status`, by the name that http-errors gave it: Fastify, Koa, NestJS and others answer by it. */
  get statusCode(): number {
    return this.status;
  }

  /** As http-errors has it: whether the message is for whoever sent the request. */
  get expose(): boolean {
    return this.status < 500;
  }
}

const statusOf: { readonly [code in SojournErrorCode]: number } = {
  ERR_STORE_UNAVAILABLE: 503,
  ERR_STORE_UNCONFIRMED: 503,
  ERR_STORE_SCHEMA: 503,
  ERR_SESSION_OUTCOME_UNKNOWN: 503,
  ERR_SESSION_CONTENTION: 503,
  ERR_SESSION_ENDED: 401,
  ERR_SESSION_SUPERSEDED: 401,
  ERR_SESSION_LOCKED: 401,
  ERR_SESSION_OTHER_USER: 403,
  ERR_SESSION_AMBIGUOUS: 400,
  ERR_SESSION_NOT_FRESH: 401,
  ERR_CREDENTIALS_CHANGED: 401,
  ERR_RESPONSE_SENT: 500,
  ERR_INSECURE_TRANSPORT: 400,
  ERR_INSECURE_ORIGIN: 400,
  ERR_CSRF_REFUSED: 403,
  ERR_DATA_INVALID: 500,
  ERR_DATA_TOO_LARGE: 500,
  ERR_BODY_UNREADABLE: 500,
};

/** The code under which a failure of the store is reported. */
export function codeOf(error: unknown): SojournErrorCode {
  return error instanceof SojournError ? error.code : "ERR_STORE_UNAVAILABLE";
}

/** Options that do not fit together or do not exist. Thrown once, at construction, with every problem found. */
export class OptionsError extends TypeError {
  readonly code = "ERR_OPTIONS";
  /** One sentence per problem, each saying what to write instead. */
  readonly problems: readonly string[];

  constructor(subject: string, problems: readonly string[]) {
    super(
      `${subject}: ${problems.length === 1 ? "1 problem" : `${problems.length} problems`}\n${problems.map((problem) => `  - ${problem}`).join("\n")}`,
    );
    this.name = "OptionsError";
    this.problems = problems;
  }
}
