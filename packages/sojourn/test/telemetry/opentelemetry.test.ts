import { context } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SojournError } from "../../src/core/errors.ts";
import type { SessionId } from "../../src/core/ids.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { nearCache } from "../../src/stores/near-cache.ts";
import { openTelemetry } from "../../src/telemetry/opentelemetry.ts";
import { world } from "../support/world.ts";

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

/** An application with the SDK's own exporters at the other end. */
function observedWorld() {
  const spans = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  const rows = memoryStore();
  const cache = nearCache(rows, { entries: 10, maxAge: "30s" });
  const telemetry = openTelemetry({
    meterProvider,
    tracerProvider,
    cache,
    active: async () => (await rows.scan(null, 1_000)).length,
  });
  const here = world();
  const { store } = here;
  const manager = telemetry.manager(here.node({ store: telemetry.store(store), onEvent: telemetry.onEvent }));
  return {
    ...here,
    cache,
    manager,
    telemetry,
    browser: here.newcomer().at(manager),
    spans: () => spans.getFinishedSpans(),
    /** Every point that was exported, as `name{attributes}: value`. */
    async points(): Promise<Record<string, number>> {
      await reader.forceFlush();
      const exported = exporter
        .getMetrics()
        .at(-1)!
        .scopeMetrics.flatMap(({ metrics }) => metrics);
      return Object.fromEntries(
        exported.flatMap(({ descriptor, dataPoints }) =>
          dataPoints.map(({ attributes, value }) => [
            `${descriptor.name} ${Object.values(attributes).join(" ")}`.trim(),
            typeof value === "number" ? value : (value as { count: number }).count,
          ]),
        ),
      );
    },
    close: () => Promise.all([meterProvider.shutdown(), tracerProvider.shutdown(), cache.close()]),
  };
}

test("a life of a session, as an exporter of the SDK gets it", async () => {
  const here = observedWorld();
  await here.browser.logIn("alice");
  const stolen = here.browser.copy();
  await (await here.browser.signedIn()).elevate("aal2");
  await stolen.open();
  await (await here.browser.signedIn()).end();
  expect(await here.points()).toMatchObject({
    "sojourn.session.opened anonymous": 2,
    "sojourn.session.opened authenticated": 2,
    "sojourn.session.refused superseded": 1,
    "sojourn.session.created authenticated": 1,
    "sojourn.session.renewed elevated": 1,
    "sojourn.session.ended logout": 1,
    "sojourn.store.operation.duration memory find": 3,
    "sojourn.store.operation.duration memory remove": 1,
    "sojourn.session.active": 0,
  });
  await here.close();
});

test("hits and misses of a near cache", async () => {
  const here = observedWorld();
  const browser = here.browser.at(here.node({ store: here.cache }));
  await here.cache.ready();
  await browser.logIn("alice");
  await browser.open();
  await browser.open();
  expect(await here.points()).toMatchObject({
    "sojourn.cache.reads hit": 1,
    "sojourn.cache.reads miss": 1,
    "sojourn.session.active": 1,
  });
  await here.close();
});

test("a request is a span, and what it asks of the store are its children", async () => {
  const here = observedWorld();
  const { id } = await here.browser.logIn("alice");
  await here.browser.open();
  const [read, opened] = here.spans().slice(-2);
  expect(opened).toMatchObject({
    name: "sojourn.open",
    attributes: { "session.id": id, "sojourn.session.kind": "authenticated" },
  });
  expect(read).toMatchObject({ name: "sojourn.store find", attributes: { "sojourn.store.name": "memory" } });
  expect(read!.parentSpanContext?.spanId).toBe(opened!.spanContext().spanId);
  await here.close();
});

test("a failure is told by its code, and by nothing that its message says", async () => {
  const here = observedWorld();
  await here.browser.logIn("alice");
  const url = "postgres://app:hunter2@db.example/";
  here.store.failNext("find", new Error(`cannot connect to ${url}`));
  await expect(here.browser.open()).rejects.toBeInstanceOf(SojournError);
  const [read, opened] = here.spans().slice(-2);
  for (const span of [read, opened]) {
    expect(span).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "ERR_STORE_UNAVAILABLE" } });
  }
  expect(await here.points()).toMatchObject({
    "sojourn.store.operation.duration memory find ERR_STORE_UNAVAILABLE": 1,
  });
  expect(
    JSON.stringify(here.spans().map(({ attributes, events, status }) => [attributes, events, status])),
  ).not.toContain("hunter2");
  await here.close();
});

test("no span and no metric holds a token, a user or an address", async () => {
  const here = observedWorld();
  await here.browser.logIn("alice");
  await here.browser.open({ url: `https://shop.example/?${here.browser.token}`, address: "192.0.2.7" });
  const told = JSON.stringify([await here.points(), here.spans().map(({ name, attributes }) => [name, attributes])]);
  for (const secret of [here.browser.token.slice(23, 45), "alice", "192.0.2.7"]) expect(told).not.toContain(secret);
  await here.close();
});

test("walking through a store and confirming a removal are measured as well", async () => {
  const here = observedWorld();
  const { scan: _scan, ...rows } = memoryStore();
  const store = here.telemetry.store({
    ...rows,
    walk: async (_from: string | null, _limit: number) => ({ rows: [], next: null }),
    confirm: async (_id: SessionId) => {},
  });
  expect(await store.walk(null, 10)).toEqual({ rows: [], next: null });
  await store.confirm("s1" as SessionId);
  expect(here.spans().map(({ name }) => name)).toEqual(["sojourn.store walk", "sojourn.store confirm"]);
  expect(await here.points()).toMatchObject({
    "sojourn.store.operation.duration memory walk": 1,
    "sojourn.store.operation.duration memory confirm": 1,
  });
  await here.close();
});

test("a store keeps whatever else it can do", async () => {
  const here = observedWorld();
  const store = here.telemetry.store(memoryStore());
  expect("watch" in store && "scan" in store).toBe(true);
  await (await store.watch(() => {}))();
  expect(await store.scan(null, 1)).toEqual([]);
  await here.close();
});
