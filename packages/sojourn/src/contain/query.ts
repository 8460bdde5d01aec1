import type { Instant } from "../core/clock.ts";
import type { SessionId, UserId } from "../core/ids.ts";
import { isObject } from "../core/json.ts";
import { assertNames } from "../core/option-names.ts";
import type { AssuranceLevel } from "../core/policy.ts";
import { type Candidate, criteria } from "./criteria.ts";

/** A stretch of time: from `from` on, and before `to`. */
export interface TimeSpan {
  readonly from?: Instant;
  readonly to?: Instant;
}

/** Which sessions, of those somebody is logged in with: all that is said must hold. */
export interface ContainmentQuery {
  /** Every session there is. Nothing else means that: an empty query is a mistake. */
  readonly all?: true;
  readonly userId?: UserId;
  /** The `ref` of the login. */
  readonly ref?: string;
  /** Logins at this OpenID provider, whose `ref` begins with its issuer. */
  readonly issuer?: string;
  /** When the login was. */
  readonly loggedIn?: TimeSpan;
  /** When it was last used, to within one touch interval. */
  readonly lastSeen?: TimeSpan;
  /** Exactly this level. */
  readonly level?: AssuranceLevel;
  readonly label?: string;
  /** One of the `methods` of the login. */
  readonly method?: string;
  readonly remembered?: boolean;
  readonly credentialVersion?: string;
  /** Rows that were last written under this key of the codec; `null`: unsealed. For a codec with `keyOf`. */
  readonly sealedWith?: string | null;
  /** Locked by the containment of this name. */
  readonly containedBy?: string;
  /** Not these: the operator's own. */
  readonly except?: readonly SessionId[];
}

/** Whether a session is one of those a query is about. */
export type Matches = (candidate: Candidate) => boolean;

/** Throws a `TypeError` for what is no query: a misspelt key would contain too many, or too few. */
export function matcherOf(query: ContainmentQuery, where: string): Matches {
  if (!isObject(query)) throw new TypeError(`${where}(query) is missing: write { userId }, or { all: true }`);
  assertNames(query, Object.keys(criteria), where);
  const asked = Object.entries(query).filter(([, value]) => value !== undefined);
  if (asked.every(([name]) => name === "except"))
    throw new TypeError(`${where}(query) asks for nothing: write { userId }, or { all: true } for every session`);
  const conditions = asked.map(([name, value]): Matches => {
    const { write, isValue, holds } = criteria[name as "label"];
    if (!isValue(value)) throw new TypeError(`${where}({ ${name} }): write ${write}`);
    return (candidate) => holds(candidate, value as string);
  });
  return (candidate) => conditions.every((holds) => holds(candidate));
}
