import { application, type Decide, doesNotApply, met, stating, when } from "./requirement.ts";

/* What holds whatever the settings, because the library is built that way. Several standards ask for the same things. */

export const unguessable = met("Session id: 128 bits, secret: 256 bits, both from the platform's CSPRNG.");
export const opaque = met("The token is random. User, level and data stay on the server.");
export const newAtLogin = met("`authenticate` draws a new id and secret and removes the old row.");
export const neverAdopted = met(
  "Only ids the library drew are in the store; an invented one is refused, reported, never adopted.",
);
export const serverClock = met(
  "Both timeouts are judged on the server from the stored row; nothing the client holds takes part.",
);
export const endedForGood = met(
  "`session.end()` and `revoke` remove the row, which nothing can bring back; an expired row is refused.",
);
export const notInUrl = met(
  "The token is read from its own header alone. A valid one seen in a URL is reported and replaced.",
);
export const constantTime = met("Only SHA-256 of a secret is stored, and it is compared in constant time.");
export const noSecretsInEvents = met(
  "Events name sessions by their public id. Secrets appear in no event, error or log line.",
);
export const failsClosed = met(
  "A store that fails or is late is an error with status 503; it signs nobody in and nobody out.",
);

/* What the application has to do, and the function that helps. */

export const showLogout = application("Put a logout control on every page; behind it `session.end()`.");
export const revokeWhenDisabled = application(
  "Call `manager.revokeAll(userId)` where an account is disabled or deleted.",
);
export const showSessions = application(
  "Show `manager.list`; offer `manager.revoke` and `session.endOthers`, behind `requireFresh`.",
);
export const askAgain = application("Guard these actions with `requireFresh({ within, level })`.");
export const watchUse = application(
  "Judge IP, device and behaviour in the application; answer with `requireFresh` or `manager.revoke`.",
);
export const keepEvents = application("Keep what `onEvent` reports; add the logins your own code refuses.");
export const sendHsts = application(
  "Send Strict-Transport-Security and redirect to HTTPS in the application or its proxy.",
);
export const nativeStorage = application("`transport` is bearer: the native client decides where its token lies.");

/* What depends on the settings. */

export const onlyOverTls: Decide = isInsecure(
  "tokens travel over plain HTTP",
  "A token that arrives over plain HTTP is refused, and none is issued there; loopback excepted.",
);

export const secureAttribute: Decide = isBearer(
  onlyOverTls,
  isInsecure("the cookie lacks `Secure`", "The cookie always carries `Secure`."),
);

export const httpOnly: Decide = isBearer(
  nativeStorage,
  met("The cookie always carries `HttpOnly`; its value leaves the server in Set-Cookie alone."),
);

export const noWebStorage: Decide = isBearer(
  met("`transport` is bearer: requests made by web pages are refused, so no page has a token to store."),
  met("The cookie is `HttpOnly`: no script can read the token, so none can store it."),
);

export const notPersistent: Decide = isBearer(nativeStorage, (settings) =>
  settings.transport.kind === "cookie" && settings.transport.persistent
    ? { answer: "not met", because: "`cookie.persistent` is true: the cookie has `Max-Age` and survives the browser." }
    : { answer: "met", because: "`cookie.persistent` is false: the cookie has no `Max-Age`." },
);

export const sameSite: Decide = stating(({ transport }) =>
  transport.kind === "bearer"
    ? "Does not apply: no browser adds a bearer token by itself."
    : `The cookie says \`SameSite=${transport.sameSite}\`${transport.sameSite === "None" ? ", with `Secure` and `Partitioned`" : ""}.`,
);

export const idleStated: Decide = stating(
  ({ policy }) => `\`idle\` is ${policy.idle}, before login ${policy.anonymous.idle}; on the server.`,
);

export const absoluteStated: Decide = stating(
  ({ policy }) =>
    `\`absolute\` is ${policy.absolute}, before login ${policy.anonymous.absolute}; activity never extends it.`,
);

export const limitedPerUser: Decide = stating(({ policy }) =>
  policy.sessionsPerUser === "unlimited"
    ? "`sessionsPerUser` is unlimited: concurrent sessions are allowed."
    : `\`sessionsPerUser\` is ${policy.sessionsPerUser}: beyond it the oldest session is revoked, with an event.`,
);

/** Whether there are secrets that only a device's key keeps alive. */
export const boundSecrets: Decide = when(
  ({ binding }) => binding !== "off",
  met("`binding` binds sessions to a device's key where browsers can; `idle` and `absolute` hold for them as for all."),
  doesNotApply("the secret is a bearer secret."),
);

/** The guard that looks where a request comes from. */
export const crossSiteRefused: Decide = stating(({ transport, csrf }) =>
  transport.kind === "bearer"
    ? "Does not apply: no browser adds a bearer token by itself, and requests made by web pages are refused."
    : `\`csrf\` is ${csrf}: unsafe requests are judged by Sec-Fetch-Site, else Origin${csrf === "token" ? ", and must carry a token" : ""}.`,
);

/** `then` where the client is a native one that sends its token itself. */
export function isBearer(then: Decide, otherwise: Decide): Decide {
  return when(({ transport }) => transport.kind === "bearer", then, otherwise);
}

/** For rules about CSRF tokens: `then` where the settings use them. */
export function usesCsrfToken(then: Decide): Decide {
  const unused = doesNotApply("`csrf` is fetch-metadata, which needs no token.");
  return isBearer(
    crossSiteRefused,
    when(({ csrf }) => csrf === "token", then, unused),
  );
}

function isInsecure(consequence: string, otherwise: string): Decide {
  const insecure: Decide = () => ({ answer: "not met", because: `\`cookie.scope\` is insecure: ${consequence}.` });
  return when(
    ({ transport }) => transport.kind === "cookie" && transport.scope === "insecure",
    insecure,
    met(otherwise),
  );
}
