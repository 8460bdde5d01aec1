import {
  type MeterProvider,
  metrics,
  type Span,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { codeOf } from "../core/errors.ts";
import type { SessionEvent } from "../core/events.ts";
import type { Session } from "../core/session.ts";
import type { SessionStore } from "../core/store.ts";
import type { SessionManager } from "../manager.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { observedStore } from "./observed-store.ts";

export interface TelemetryOptions {
  /** Default: the global one. */
  readonly meterProvider?: MeterProvider;
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** How many sessions are active now, as your store counts them; asked whenever metrics are collected. Default: not measured. */
  readonly active?: () => number | Promise<number>;
  /** A near cache, whose hits and misses are counted. Default: none. */
  readonly cache?: { readonly stats: { readonly hits: number; readonly misses: number } };
}

/** Metrics and spans of the sessions, through the OpenTelemetry API. Holds ids, never secrets, users or addresses. */
export interface Telemetry {
  /** For `onEvent`: counts what began, was renewed and was ended. */
  onEvent(event: SessionEvent): void;
  /** `store`, with a span and a duration for each call. */
  store<Store extends SessionStore>(store: Store): Store;
  /** `manager`, with a span for each `open`, and its outcome counted. */
  manager<Data extends object>(manager: SessionManager<Data>): SessionManager<Data>;
}

/** Makes the instruments once: call it once per application. */
export function openTelemetry(options: TelemetryOptions = {}): Telemetry {
  const { meterProvider, tracerProvider, active, cache } = options;
  const meter = (meterProvider ?? metrics).getMeter("sojourn");
  const tracer = (tracerProvider ?? trace).getTracer("sojourn");
  const instruments = createInstruments(meter);
  if (active) {
    meter
      .createObservableGauge("sojourn.session.active", { unit: "{session}", description: "Sessions that stand" })
      .addCallback(async (result) => result.observe(await active()));
  }
  if (cache) {
    meter
      .createObservableCounter("sojourn.cache.reads", { unit: "{read}", description: "Reads of the near cache" })
      .addCallback((result) => {
        result.observe(cache.stats.hits, { "sojourn.cache.result": "hit" });
        result.observe(cache.stats.misses, { "sojourn.cache.result": "miss" });
      });
  }
  return {
    onEvent: (event) => countEvent(event, instruments),
    store: (store) =>
      observedStore(store, async (operation, call) => {
        const about = { "sojourn.store.name": store.name, "sojourn.store.operation": operation };
        const start = performance.now();
        const took = (more?: { readonly "error.type": string }) =>
          instruments.storeDuration.record((performance.now() - start) / 1_000, { ...about, ...more });
        return spanned(tracer, `sojourn.store ${operation}`, async (span) => {
          span.setAttributes(about);
          try {
            const answer = await call();
            took();
            return answer;
          } catch (error) {
            took({ "error.type": codeOf(error) });
            throw error;
          }
        });
      }),
    manager: (manager) =>
      Object.freeze({
        ...manager,
        open: (...given: Parameters<typeof manager.open>) =>
          spanned(tracer, "sojourn.open", async (span) => {
            const session = await manager.open(...given);
            span.setAttributes(aboutSession(session));
            const isRefused = session.kind === "anonymous" && session.because !== "none";
            instruments.opened.add(1, { "sojourn.session.kind": session.kind });
            if (isRefused) instruments.refused.add(1, { "sojourn.refusal.reason": session.because });
            return session;
          }),
      }),
  };
}

/** `session.id` is the semantic conventions' name. The user is nobody's business here. */
function aboutSession<Data extends object>(session: Session<Data>): Record<string, string> {
  return {
    "sojourn.session.kind": session.kind,
    ...(session.id && { "session.id": session.id }),
    ...(session.kind === "anonymous" && { "sojourn.refusal.reason": session.because }),
  };
}

function countEvent(event: SessionEvent, { created, renewed, ended, changed }: Instruments): void {
  switch (event.type) {
    case "session_created":
      created.add(1, { "sojourn.session.kind": event.userId === null ? "anonymous" : "authenticated" });
      break;
    case "session_renewed":
      renewed.add(1, { "sojourn.renewal.cause": event.cause });
      break;
    case "session_logout":
      ended.add(1, { "sojourn.end.reason": "logout" });
      break;
    case "session_expired":
      ended.add(1, { "sojourn.end.reason": event.reason });
      break;
    case "session_client_changed":
      changed.add(1, { "sojourn.client.verdict": event.verdict });
      break;
    default:
  }
}

/**
 * `work` in a span that ends with it. A failure is told by its code alone: messages of a database's client may hold the
 * address it connects to, password and all.
 */
function spanned<Answer>(tracer: Tracer, name: string, work: (span: Span) => Promise<Answer>): Promise<Answer> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setAttribute("error.type", codeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
