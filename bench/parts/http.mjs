import { startChild } from "../lib/child.mjs";
import { figure, printTable, progress, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { startRedisServer } from "../lib/servers.mjs";
import { differenceInterval, meanInterval, ratioInterval } from "../lib/statistics.mjs";
import { atLeast, atMost } from "../lib/verdict.mjs";
import { expected } from "../servers/scene.mjs";

/*
 * The CPU that a session adds to a request: the server process's own CPU time for a fixed number of requests of a
 * logged-in user, less that of the same framework without sessions, measured in the same round.
 */

const groups = [
  {
    name: "Express, memory",
    framework: "express",
    contestants: ["bare", "sojourn", "express-session", "cookie-session"],
    limits: { "express-session": 1 / 6 },
  },
  {
    name: "Fastify, memory",
    framework: "fastify",
    contestants: ["bare", "sojourn", "@fastify/session", "@fastify/session, not rolling", "@fastify/secure-session"],
    limits: { "@fastify/session": 1 / 6, "@fastify/session, not rolling": 1 / 6 },
    throughput: 0.8,
  },
  {
    name: "Koa, memory",
    framework: "koa",
    contestants: ["bare", "sojourn", "koa-session, in memory", "koa-session, in a cookie"],
    limits: { "koa-session, in memory": 1 / 4, "koa-session, in a cookie": 1 / 4 },
  },
  {
    name: "node:http, memory",
    framework: "node",
    contestants: ["bare", "sojourn", "iron-session", "better-auth", "better-auth, cookie cache"],
    limits: { "iron-session": 1 / 15, "better-auth": 1 / 15, "better-auth, cookie cache": 1 / 15 },
  },
  {
    name: "Hono, memory",
    framework: "hono",
    contestants: ["bare", "sojourn", "hono-sessions, in memory", "hono-sessions, in a cookie", "@hono/session"],
    limits: {},
  },
  {
    name: "Express, Redis",
    framework: "express",
    contestants: [
      "bare",
      "bare GET",
      "sojourn",
      "sojourn, Redis",
      "express-session, connect-redis",
      "express-session, connect-redis without touch",
    ],
    ours: "sojourn, Redis",
    limits: { "express-session, connect-redis": 1 / 3, "express-session, connect-redis without touch": 1 / 3 },
    redis: true,
  },
];

export async function run({ quick }) {
  const size = quick
    ? { rounds: 12, amount: 1_000, warmUp: 2_000, connections: 16 }
    : { rounds: 16, amount: 8_000, warmUp: 15_000, connections: 16 };
  const redis = await startRedisServer();
  const load = startChild("lib/load.mjs");
  const results = [];
  try {
    for (const group of groups) results.push(await measureGroup(group, { size, load, redis }));
  } finally {
    await load.stop();
    await redis.close();
  }
  return { settings: size, groups: results, verdicts: results.flatMap(({ verdicts }) => verdicts) };
}

async function measureGroup(group, { size, load, redis }) {
  section(`Per request: ${group.name}`);
  const servers = {};
  try {
    for (const name of group.contestants) {
      progress(`starting ${name}`);
      const child = startChild("servers/serve.mjs", [group.framework, name], {
        env: { BENCH_REDIS_PORT: String(redis.port) },
      });
      const { port } = await child.ready;
      servers[name] = { ...child, port, cookies: name.startsWith("bare") ? [] : await logInMany(port) };
    }
    // A bare server gets the same cookies as ours: reading the header off the wire is no work of a session's.
    for (const name of group.contestants.filter((name) => name.startsWith("bare"))) {
      servers[name].cookies = servers.sojourn.cookies;
    }
    const job = (name, amount) => ({
      ...pick(servers[name]),
      amount,
      connections: size.connections,
      body: expected,
      // Where Redis runs too, there is no core to spare for it.
      awake: !group.redis,
    });
    for (const name of group.contestants) {
      progress(`warming up ${name}`);
      await load.ask(job(name, size.warmUp));
    }
    const samples = await alternate(group.contestants, {
      rounds: size.rounds,
      onRound: progressOf(group.name),
      async run(name) {
        const before = await servers[name].ask("cpu");
        const { seconds } = await load.ask(job(name, size.amount));
        const after = await servers[name].ask("cpu");
        const cpu = (after.cpu - before.cpu) / size.amount;
        return { cpu, perSecond: size.amount / seconds, busy: (after.cpu - before.cpu) / 1e6 / seconds };
      },
    });
    return judge(group, samples);
  } finally {
    for (const { stop } of Object.values(servers)) await stop();
  }
}

const pick = ({ port, cookies }) => ({ port, cookies });

/** Thirty-two logged-in sessions: what each connection of the load sends in turn. */
async function logInMany(port) {
  const cookies = [];
  for (let at = 0; at < 32; at++) {
    const origin = `http://127.0.0.1:${port}`;
    const answer = await fetch(`${origin}/login`, {
      method: "POST",
      headers: { Origin: "https://shop.example", "Sec-Fetch-Site": "same-origin" },
    });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`the login answered ${answer.status}: ${text.slice(0, 300)}`);
    // As a browser keeps them: of two cookies with one name, the later.
    const kept = new Map(answer.headers.getSetCookie().map((line) => line.split(";")[0].split(/=(.*)/s).slice(0, 2)));
    cookies.push([...kept].map(([name, value]) => `${name}=${value}`).join("; "));
  }
  return cookies;
}

function judge(group, samples) {
  const { ours = "sojourn", limits, throughput } = group;
  const cpuOf = (name) => samples[name].map(({ cpu }) => cpu);
  const added = (name) => cpuOf(name).map((cpu, round) => cpu - samples.bare[round].cpu);
  const rows = group.contestants.map((name) => ({
    name,
    cpu: meanInterval(cpuOf(name)),
    added: name === "bare" ? null : differenceInterval(cpuOf(name), cpuOf("bare")),
    perSecond: meanInterval(samples[name].map(({ perSecond }) => perSecond)).value,
    busy: meanInterval(samples[name].map(({ busy }) => busy)).value,
    ...(name !== "bare" && name !== ours && { oursOfIt: ratioInterval(added(ours), added(name)) }),
  }));
  printTable(
    ["", "CPU us/request", "added us (95 %)", "ours / it", "requests/s", "busy"],
    rows.map(({ name, cpu, added, oursOfIt, perSecond, busy }) => [
      name,
      figure(cpu.value),
      added ? spread(added) : "-",
      oursOfIt ? spread(oursOfIt) : "-",
      figure(perSecond),
      `${Math.round(busy * 100)} %`,
    ]),
  );
  const verdicts = Object.entries(limits).map(([name, limit]) =>
    atMost(`${group.name}: added CPU, of ${name}'s`, limit, ratioInterval(added(ours), added(name))),
  );
  if (throughput) {
    // Requests a second that one CPU can serve: the load must not be what limits either of them.
    const capacity = ratioInterval(cpuOf("bare"), cpuOf(ours));
    verdicts.push(atLeast(`${group.name}: requests per second of server CPU, of bare's`, throughput, capacity));
    const wall = ratioInterval(...[ours, "bare"].map((name) => samples[name].map(({ perSecond }) => perSecond)));
    verdicts.push(atLeast(`${group.name}: requests per second, of bare's`, throughput, wall));
  }
  if (group.redis) {
    const allowed = samples["bare GET"].map(
      ({ cpu }, round) => cpu + 1.25 * (samples.sojourn[round].cpu - samples.bare[round].cpu),
    );
    verdicts.push(
      atMost(`${group.name}: CPU, of bare GET + 1.25 x ours in memory`, 1, ratioInterval(cpuOf(ours), allowed)),
    );
  }
  return { name: group.name, rows, verdicts };
}
