import type { Instant } from "./clock.ts";
import type { EmitEvent, Side } from "./events.ts";
import type { SessionRecord } from "./record.ts";
import type { RequestFacts } from "./request.ts";

/**
 * What a session remembers of its client: coarse or keyed forms only, gone with the session. In the body under `g`, as a list
 * in this order; whoever looks for the sessions of a network or a client compares `networks` and `client` with equality.
 */
export interface StoredSignals {
  /** The browser's family or a program's name, in lower case, like `"firefox"` or `"curl"`; `""`: it did not say. */
  readonly client: string;
  /** The major version; 0: it did not say. */
  readonly version: number;
  /** What the client hints call it, in lower case, like `"brave"`; `""`: never sent. */
  readonly brand: string;
  /** `"windows"`, `"macos"`, `"linux"`, `"chromeos"`, `"android"`, `"iphone"`, `"ipad"`; `""`: it did not say. */
  readonly platform: string;
  /** Primary subtags seen in this session, like `["de", "en"]`: at most eight. */
  readonly languages: readonly string[];
  /** Networks seen in this session, the latest first: at most four, each `"198.51.100.0/24"` or its keyed hash. */
  readonly networks: readonly string[];
  /** What it sends: `h` client hints, `f` Fetch Metadata; `c`: its hints contradict its `User-Agent`. */
  readonly habits: string;
  /** What the application's own signal asked to keep; `""`: nothing. */
  readonly own: string;
}

/** In what a client differs from the one the session knows. Stable: logs and weights name them. */
export type SignalChange =
  /** Another browser, or another program. */
  | "client"
  /** The same browser in an earlier version. */
  | "older-version"
  /** Another browser of the same family, as its hints say. */
  | "brand"
  /** Another operating system. */
  | "platform"
  /** A phone or tablet that asks for pages as a desktop does, or no longer does. */
  | "desktop-mode"
  /** None of the languages is known. */
  | "languages"
  /** None of the session's last networks. */
  | "network"
  /** It sent client hints, and now does not. */
  | "no-hints"
  /** It sent Fetch Metadata as every browser does, and now does not. */
  | "no-fetch-metadata"
  /** Its hints name another system than its `User-Agent`. */
  | "contradiction"
  /** What the application's own signal found. */
  | "own";

/** `remembered`: what the session knows from now on if the request is served; the same object where nothing is new. */
export type Weighing =
  | { readonly verdict: "same"; readonly remembered: StoredSignals }
  | {
      readonly verdict: "observe" | "lock" | "end";
      readonly remembered: StoredSignals;
      readonly changes: readonly SignalChange[];
      /** The session's client as it was last seen, and that of this request. */
      readonly before: Side;
      readonly now: Side;
    };

/** The client of one request, read at most once and only if somebody asks. */
export interface ClientOfRequest {
  /** What a session that begins, or is unlocked, with this request remembers. */
  readonly signals: StoredSignals;
  weigh(record: SessionRecord, now: Instant): Weighing;
  side(now: Instant): Side;
  /** The client that `record` tells of, as far as the signals that are on may know of it. */
  before(record: SessionRecord): Side;
}

/** Looks at clients. Where signals are off there is none. */
export interface SignalWatch {
  of(request: RequestFacts): ClientOfRequest;
  /** Told of a token that opened nothing: may be a guess. */
  missed(request: RequestFacts, token: string, now: Instant): void;
  /** Whether `network` has the form in which networks are kept; never where none are. */
  isNetwork(network: string): boolean;
}

/** What `clientSignals` of `sojourn/signals` makes. */
export interface Signals {
  watch(emit: EmitEvent): SignalWatch;
}

/** A client in a few words for a log. */
export function described({ client, version, platform }: StoredSignals): string {
  return `${client || "unknown"}${version > 0 ? ` ${version}` : ""}${platform ? ` on ${platform}` : ""}`;
}
