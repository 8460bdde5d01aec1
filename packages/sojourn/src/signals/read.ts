import { isHandshake } from "../core/handshake.ts";
import type { RequestFacts } from "../core/request.ts";
import type { StoredSignals } from "../core/signals.ts";
import { parseClientHints } from "./client-hints.ts";
import { remembered } from "./remembered.ts";
import type { SignalRules } from "./rules.ts";
import { parseUserAgent } from "./user-agent.ts";

/** What one request says of its client: what a session would remember of it, and what only this request can tell. */
export interface Reading extends StoredSignals {
  /** As its hints have it; `""`: not said. */
  readonly hintedPlatform: string;
  /** A handshake of WebSocket has neither hints nor, in every browser, Fetch Metadata: nothing follows from that, and nothing is learnt from it. */
  readonly isSocket: boolean;
}

const mostLanguages = 8;

export function readClient(request: RequestFacts, rules: SignalRules): Reading {
  const userAgent = parseUserAgent(request.header("user-agent"));
  const hints = parseClientHints(request.header("sec-ch-ua"), request.header("sec-ch-ua-platform"));
  const network = networkOf(request, rules);
  const hasHints = request.header("sec-ch-ua") !== null;
  return {
    client: userAgent.client,
    version: userAgent.version,
    platform: userAgent.platform,
    brand: hints.brand,
    languages: rules.languages ? languagesIn(request.header("accept-language")) : [],
    networks: network === null ? [] : [network],
    habits: `${hasHints ? "h" : ""}${request.header("sec-fetch-mode") === null ? "" : "f"}${contradicts(hints.platform, userAgent.platform) ? "c" : ""}`,
    own: "",
    hintedPlatform: hints.platform,
    isSocket: isHandshake(request),
  };
}

/** As it is kept; `null` where the address is not known, or networks are not looked at. */
export function networkOf(request: RequestFacts, rules: SignalRules): string | null {
  return rules.networkOf(request.address?.() ?? null);
}

/** Primary subtags, each once, in the order of the header: a region says too little and too much. */
const languagesIn = remembered((header: string | null): readonly string[] => {
  const tags = (header ?? "")
    .slice(0, 512)
    .toLowerCase()
    .matchAll(/(?:^|,)\s*([a-z]{2,3})(?![a-z])/g);
  return [...new Set([...tags].map(([, tag = ""]) => tag))].slice(0, mostLanguages);
});

/** A phone that asks for desktop pages says "Linux" in one place and may say "Android" in the other. */
function contradicts(hinted: string, said: string): boolean {
  return hinted !== "" && said !== "" && hinted !== said && !(hinted === "android" && said === "linux");
}
