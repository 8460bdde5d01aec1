import type { Counter, Histogram, Meter } from "@opentelemetry/api";

/** What is counted and measured. `docs/telemetry.md` has a table. */
export interface Instruments {
  readonly opened: Counter;
  readonly refused: Counter;
  readonly created: Counter;
  readonly renewed: Counter;
  readonly ended: Counter;
  readonly changed: Counter;
  readonly storeDuration: Histogram;
}

/** Seconds: those that the semantic conventions advise for `db.client.operation.duration`. */
const boundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

export function createInstruments(meter: Meter): Instruments {
  const counter = (name: string, unit: string, description: string) =>
    meter.createCounter(`sojourn.session.${name}`, { unit: `{${unit}}`, description });
  return {
    opened: counter("opened", "request", "Requests that opened a session, by its kind"),
    refused: counter("refused", "request", "Requests that carried a token and were not signed in, by reason"),
    created: counter("created", "session", "Sessions that began, by kind"),
    renewed: counter("renewed", "secret", "Secrets that were replaced, by cause"),
    ended: counter("ended", "session", "Sessions that were ended before their time, by reason"),
    changed: counter("client_changed", "request", "Requests from another client than before, by verdict"),
    storeDuration: meter.createHistogram("sojourn.store.operation.duration", {
      unit: "s",
      description: "How long the store takes, by operation",
      advice: { explicitBucketBoundaries: boundaries },
    }),
  };
}
