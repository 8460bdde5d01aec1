import type { Instant } from "../core/clock.ts";
import type { EmitEvent, Side } from "../core/events.ts";
import type { SessionRecord } from "../core/record.ts";
import type { RequestFacts } from "../core/request.ts";
import {
  type ClientOfRequest,
  described,
  type SignalChange,
  type SignalWatch,
  type StoredSignals,
  type Weighing,
} from "../core/signals.ts";
import { changesBetween, remembering } from "./compare.ts";
import { createGuessCounter } from "./guessing.ts";
import type { SignalOptions } from "./options.ts";
import { networkOf, type Reading, readClient } from "./read.ts";
import { type SignalRules, signalRules } from "./rules.ts";
import { stillKept } from "./still-kept.ts";

/** Looks at clients as `options` says. */
export function createSignalWatch(options: SignalOptions, emit: EmitEvent): SignalWatch {
  const rules = signalRules(options);
  const guesses = rules.guesses === null ? null : createGuessCounter(rules.guesses, emit);
  return {
    of: (request) => new Client(request, rules),
    missed(request, token, now) {
      const network = guesses && networkOf(request, rules);
      if (network) guesses.count(network, token, now);
    },
    isNetwork: rules.isNetwork,
  };
}

class Client implements ClientOfRequest {
  readonly #request: RequestFacts;
  readonly #rules: SignalRules;
  #reading: Reading | null = null;

  constructor(request: RequestFacts, rules: SignalRules) {
    this.#request = request;
    this.#rules = rules;
  }

  get #seen(): Reading {
    this.#reading ??= readClient(this.#request, this.#rules);
    return this.#reading;
  }

  get signals(): StoredSignals {
    const { hintedPlatform: _hintedPlatform, isSocket: _isSocket, ...signals } = this.#seen;
    return signals;
  }

  side(now: Instant): Side {
    return sideOf(this.#seen, now);
  }

  before({ signals, lastSeenAt }: SessionRecord): Side {
    if (!signals) return { at: lastSeenAt, client: null, network: null };
    return sideOf(stillKept(signals, this.#rules), lastSeenAt);
  }

  weigh(record: SessionRecord, now: Instant): Weighing {
    // A session from before the signals were switched on: this client is its first.
    const known = record.signals ? stillKept(record.signals, this.#rules) : this.signals;
    const own = this.#askOwn(known.own, record.lastSeenAt, now);
    const changes: SignalChange[] = record.signals ? [...changesBetween(known, this.#seen)] : [];
    let sum = 0;
    for (const change of changes) if (change !== "own") sum += this.#rules.weights[change];
    if (own.weight > 0) changes.push("own");
    sum += own.weight;
    const next = remembering(known, this.#seen);
    const remembered = own.keep === next.own ? next : { ...next, own: own.keep };
    if (changes.length === 0) return { verdict: "same", remembered };
    const { lockAt, endAt } = this.#rules;
    const verdict = sum >= endAt ? "end" : sum >= lockAt ? "lock" : "observe";
    return { verdict, changes, remembered, before: this.before(record), now: this.side(now) };
  }

  #askOwn(kept: string, lastSeenAt: Instant, now: Instant): { readonly weight: number; readonly keep: string } {
    if (!this.#rules.own) return { weight: 0, keep: kept };
    try {
      const { weight, keep } = this.#rules.own(this.#request, { kept, lastSeenAt, now });
      return { weight: Number.isFinite(weight) ? Math.max(0, weight) : 0, keep: String(keep).slice(0, 64) };
    } catch {
      // A database of places that is away must sign nobody out.
      return { weight: 0, keep: kept };
    }
  }
}

function sideOf(signals: StoredSignals, at: Instant): Side {
  return { at, client: described(signals), network: signals.networks[0] ?? null };
}
