import { z } from "zod";
import { durationPattern } from "./duration.ts";

/*
 * What an audit file may say: one description for the types, the validation and the published JSON Schema.
 * Texts may hold `$user.name`, `$user.password` and any other key of the user, `$user.totp`, `$random`,
 * `$picked.NAME`, and `$kept.NAME` for a header that the login keeps, without its scheme.
 */

const secret = z.union([z.string().min(1), z.strictObject({ env: z.string().min(1) })]);
const texts = z.record(z.string(), z.string());
const duration = z.string().regex(durationPattern, 'write a duration like "15m", "12h" or "30s"');
const path = z.string().regex(/^(\/|https?:\/\/)/, "write a path that begins with /, or a whole URL");
const url = z.url({ protocol: /^https?$/, error: "write a whole URL, like https://staging.example.test" });

const pick = z.strictObject({
  /** A JSON Pointer into the body. */
  json: z.string().optional(),
  header: z.string().optional(),
  /** The value of an input of the page. */
  input: z.string().optional(),
  cookie: z.string().optional(),
});

const step = z.strictObject({
  kind: z.literal("request"),
  method: z.string().regex(/^[A-Z]+$/, "write a method in capital letters"),
  path,
  fields: texts.optional(),
  as: z.enum(["form", "json"]).default("form"),
  headers: texts.optional(),
  /** The body as it is, in place of `fields`; `$names` in the texts of a JSON body are filled in. */
  body: z.string().optional(),
  /** Follow redirects before values are picked. */
  follow: z.boolean().optional(),
  /** Values of the answer for later steps, as `$picked.NAME`. */
  pick: z.record(z.string(), pick).optional(),
  /** Headers to send with every later request of this visitor, such as a bearer token. */
  keep: texts.optional(),
});

const form = z.strictObject({
  kind: z.literal("form"),
  page: path,
  fields: texts,
  /** Where the form leads, to tell it from others of the page. */
  action: z.string().optional(),
});

const flow = z.discriminatedUnion("kind", [
  step,
  form,
  z.strictObject({ kind: z.literal("http"), steps: z.array(step).min(1) }),
  z.strictObject({ kind: z.literal("link"), page: path, text: z.string().min(1) }),
  z.strictObject({ kind: z.literal("storageState"), file: z.string().min(1) }),
  /** A login that a browser's network panel recorded. */
  z.strictObject({ kind: z.literal("har"), file: z.string().min(1) }),
  /** A module whose default export does it in a browser, with Playwright's page. */
  z.strictObject({ kind: z.literal("playwright"), file: z.string().min(1) }),
]);

const predicate = z.strictObject({
  status: z.union([z.int(), z.array(z.int())]).optional(),
  /** JSON Pointers and what stands there. */
  json: texts.optional(),
  /** A text the answer has, or has not. */
  text: z.string().optional(),
  notText: z.string().optional(),
  /** Where the answer redirects to, or the beginning of it. */
  location: z.string().optional(),
});

const seen = z.strictObject({
  request: step,
  json: z.string().optional(),
  between: z.tuple([z.string(), z.string()]).optional(),
});

const socket = z.strictObject({
  kind: z.literal("webSocket"),
  path,
  /** What is sent first, such as a subscription. */
  send: z.array(z.string()).optional(),
});

const change = z.strictObject({
  do: flow,
  /** Where the value can be read, before and after. */
  seenAt: seen,
  /** Puts the value back. */
  restore: flow.optional(),
});

export const auditFileSchema = z.strictObject({
  $schema: z.string().optional(),
  target: url,
  /** The same application over http. Default: the target's host, port 80. */
  plainHttp: url.optional(),
  /** Other origins that a flow may lead to. */
  alsoAllowed: z.array(url).optional(),
  /** Who allowed this audit, and when: needed for every host but this machine, private addresses and *.test. */
  authorized: z.string().min(3).optional(),
  users: z
    .record(z.string(), z.object({ name: secret, password: secret.optional() }).catchall(secret))
    .refine((users) => Object.keys(users).length > 0, "name at least one user"),
  whoami: z.strictObject({ request: step, signedIn: predicate, signedOut: predicate }).optional(),
  login: flow,
  logout: flow.optional(),
  actions: z
    .strictObject({
      /** A request that takes a while. */
      slow: step.optional(),
      /** Changes a value that can be read. */
      change: change.optional(),
      /** Something that only somebody may do who has proved who they are recently. */
      sensitive: change.optional(),
      /** Ends all other sessions of the user. */
      endOthers: flow.optional(),
      /** Changes the password to `$user.newPassword`; `restore` changes it back. */
      password: z.strictObject({ do: flow, restore: flow }).optional(),
      /** The page that lists the user's sessions. */
      sessions: step.optional(),
      /** Proves who one is once more. */
      stepUp: flow.optional(),
      /** Gives the session a new token, as some applications do every now and then. */
      renew: flow.optional(),
      /** Beginnings of flows that sign in at their end: a first factor, a password reset. */
      halfway: z.array(flow).min(1).optional(),
      /** Disables the account of `$user.name`, and enables it again: done by nobody, so with a secret of its own. */
      disable: z.strictObject({ do: flow, restore: flow }).optional(),
      /** A stream of events (text/event-stream) or a WebSocket that says something when `change` is made. */
      stream: z.discriminatedUnion("kind", [step, socket]).optional(),
      /** Adds one to a number. */
      count: change.optional(),
      /** Uses something that may be used once; `worked` tells an answer by which it was. */
      once: z.strictObject({ do: flow, worked: predicate }).optional(),
      /** Any POST that does no harm, to be held back at its last byte. Default: `change`. */
      hold: flow.optional(),
    })
    .optional(),
  expect: z
    .strictObject({
      idle: duration.optional(),
      absolute: duration.optional(),
      /** How old a proof of identity may be for the sensitive action. */
      fresh: duration.optional(),
      sessionsPerUser: z.int().positive().optional(),
      /** The cookie is meant for other hosts of the domain too. */
      shared: z.boolean().optional(),
    })
    .optional(),
  /** Moves the clock of a test server by `$milliseconds`, so that timeouts need no waiting. */
  clock: step.optional(),
  /** A file with certificates to trust beside the usual ones. */
  ca: z.string().optional(),
  pace: z
    .strictObject({
      perSecond: z.number().positive().max(50).optional(),
      bursts: z.boolean().optional(),
      logins: z.int().positive().optional(),
    })
    .optional(),
  /** Findings that somebody has decided to live with, until a day. */
  accepted: z
    .array(
      z.strictObject({
        check: z.string(),
        reason: z.string().min(3),
        owner: z.string().min(1),
        expires: z.iso.date("write a day like 2027-01-31"),
      }),
    )
    .optional(),
});

/** What a person writes: as JSON, or with the functions of `define.ts`. */
export type AuditFile = z.input<typeof auditFileSchema>;
/** The same, checked, with its defaults. */
export type CheckedFile = z.output<typeof auditFileSchema>;
export type Step = z.output<typeof step>;
export type Flow = z.output<typeof flow>;
export type Stream = NonNullable<NonNullable<CheckedFile["actions"]>["stream"]>;
export type FormFlow = z.output<typeof form>;
export type Predicate = z.output<typeof predicate>;
export type Change = z.output<typeof change>;
export type Seen = z.output<typeof seen>;
export type Whoami = NonNullable<CheckedFile["whoami"]>;
export type Pick = z.output<typeof pick>;
