/**
 * Where this differs from express-session because safety asks for it, by stable code. Each is said once in a process, when
 * it first matters. `docs/moving-from-express-session.md` has the table.
 */
export const differences = {
  EXPRESS_SESSION_TIMEOUTS:
    "Sessions end on the server: without `policy`, after 30 minutes without activity (or cookie.maxAge) and after 8 hours in any case (or cookie.maxAge, if that is longer). Say what you want: policy: { idle, absolute }",
  EXPRESS_SESSION_MAX_AGE:
    "A session's cookie.maxAge is longer than policy.idle, which counts: raise policy.idle and policy.absolute",
  EXPRESS_SESSION_SAME_SITE: 'cookie.sameSite is "lax" where nothing is said: say "lax", "strict", "none" or false',
  EXPRESS_SESSION_HTTP_ONLY: "cookie.httpOnly cannot be switched off: scripts must not read the session's cookie",
  EXPRESS_SESSION_INSECURE:
    'cookie.secure is false: the cookie also travels over plain HTTP. Leave it out, or write "auto"',
  EXPRESS_SESSION_COOKIE_NOT_SENT:
    'cookie.secure is true and a request came over plain HTTP, so that its session was neither stored nor its cookie set. Behind a proxy that ends TLS: app.set("trust proxy", ...)',
  EXPRESS_SESSION_RESAVE:
    "resave does nothing: a request that changes nothing writes nothing, so that it cannot undo what another one changed",
  EXPRESS_SESSION_UNINITIALIZED:
    "saveUninitialized is not said: as in express-session every visitor gets a stored session. Write false, or true",
  EXPRESS_SESSION_GENID:
    "genid only names sessions: what protects them is a secret of 256 bits that Sojourn draws, whatever genid returns",
  EXPRESS_SESSION_STORE:
    "This store has no compare-and-set: ended sessions stay ended, but two processes that write one session at the same moment can lose a change. Sojourn's own stores cannot",
  EXPRESS_SESSION_MEMORY:
    "No store is given: sessions are kept in this process's memory, and gone when it ends. Write store: redisStore(client), or another",
  EXPRESS_SESSION_NEW_ID:
    "A user logged in without req.session.regenerate: the session got a new id all the same, and req.sessionID changed when it was stored",
  EXPRESS_SESSION_DROPPED:
    "A request changed a session that had ended, or become another one, while it was at work: its change was dropped. express-session would have brought the session back",
  EXPRESS_SESSION_OPTION: "An option was ignored, since express-session has none of that name",
} as const;

export type DifferenceCode = keyof typeof differences;

/** What `warn` is told. Never holds a secret. */
export interface SessionWarning {
  readonly code: DifferenceCode;
  readonly message: string;
}

export type Warn = (code: DifferenceCode, detail?: string) => void;

const saidBefore = new Set<DifferenceCode>();

/** Says each difference once: to `listener` once for this middleware, else once in the process, by `process.emitWarning`. */
export function warnOnce(listener: ((warning: SessionWarning) => void) | false | undefined): Warn {
  if (listener === false) return () => {};
  const said = listener ? new Set<DifferenceCode>() : saidBefore;
  return (code, detail) => {
    if (said.has(code)) return;
    said.add(code);
    const message = detail === undefined ? differences[code] : `${differences[code]}. ${detail}`;
    if (listener) listener({ code, message });
    else process.emitWarning(message, { type: "SojournWarning", code });
  };
}
