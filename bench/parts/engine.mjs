import { hash } from "node:crypto";
import { createSessionManager } from "sojourn";
import { memoryStore } from "sojourn/memory";
import { figure, printTable, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { meanInterval, ratioInterval } from "../lib/statistics.mjs";
import { atMost } from "../lib/verdict.mjs";
import { data, user } from "../servers/scene.mjs";

/*
 * The engine without HTTP, on the memory store. The floor of `open` is what cannot be left out: find the cookie, one
 * synchronous SHA-256 of the secret, one look-up in a map, parse the body. It is awaited, as `open` is.
 */
export async function run({ quick }) {
  section("Engine, memory store");
  const size = quick ? { rounds: 12, amount: 10_000 } : { rounds: 24, amount: 50_000 };
  const works = await prepare();
  for (const [name, work] of Object.entries(works)) await repeat(work, shareOf(name, size.amount));
  const samples = await alternate(Object.keys(works), {
    rounds: size.rounds,
    onRound: progressOf("engine"),
    run: (name) => repeat(works[name], shareOf(name, size.amount)),
  });
  const rows = Object.keys(works).map((name) => ({ name, microseconds: meanInterval(samples[name]) }));
  printTable(
    ["", "us (95 %)", "per second"],
    rows.map(({ name, microseconds }) => [name, spread(microseconds), figure(1e6 / microseconds.value)]),
  );
  const verdicts = [atMost("Engine: open, of its floor", 2.5, ratioInterval(samples.open, samples["floor of open"]))];
  return { settings: size, rows, verdicts };
}

/** What writes is repeated less often: it draws random bytes and leaves rows. */
const shareOf = (name, amount) => (/authenticate|update|end/.test(name) ? amount / 10 : amount);

/** Microseconds of this process's CPU for one run of `work`, of `amount` one after the other. */
async function repeat(work, amount) {
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (let at = 0; at < amount; at++) await work(at);
  const { user: inside, system } = process.cpuUsage(before);
  return (inside + system) / amount;
}

async function prepare() {
  const store = memoryStore();
  const manager = createSessionManager({ store, origins: ["https://shop.example"] });
  const cookies = [];
  for (let at = 0; at < 1_000; at++) {
    const visit = visitWith(null);
    const session = await (await manager.open(visit.request, visit.sink)).authenticate({
      id: `${user.id}-${at}`,
      keep: "none",
    });
    await session.update((draft) => void Object.assign(draft, structuredClone(data)));
    cookies.push(visit.sink.cookie.split(";")[0]);
  }
  const bodies = new Map((await store.scan(null, 1_000)).map((row) => [row.id, row.body]));
  const visits = cookies.map(visitWith);
  const anonymous = visitWith(null);
  const cookieName = cookies[0].split("=")[0];
  const open = ({ request, sink }) => manager.open(request, sink);
  const logIn = async (at) => {
    const visit = visitWith(null);
    return (await open(visit)).authenticate({ id: `other-${at % 997}`, keep: "none" });
  };
  return {
    "floor of open": async (at) => floor(visits[at % 1_000].request.header("cookie"), cookieName, bodies),
    open: async (at) => {
      const session = await open(visits[at % 1_000]);
      if (session.userId === null) throw new Error("not logged in");
    },
    "open, and read data": async (at) => {
      const session = await open(visits[at % 1_000]);
      if (session.data.theme !== "dark") throw new Error("not logged in");
    },
    "open, no cookie": () => open(anonymous),
    "open + update": async (at) => {
      const session = await open(visits[at % 1_000]);
      await session.update((draft) => {
        draft.theme = at % 2 === 0 ? "dark" : "light";
        draft.theme = "dark";
      });
    },
    "open + authenticate + end": async (at) => (await logIn(at)).end(),
  };
}

async function floor(header, name, bodies) {
  const start = header.indexOf(`${name}=`) + name.length + 1;
  const token = header.slice(start, start + 67);
  const secretHash = hash("sha256", token.slice(23), "base64url");
  const record = JSON.parse(bodies.get(token.slice(0, 22)));
  if (record.c !== secretHash || record.d.theme !== "dark") throw new Error("not logged in");
  return record;
}

function visitWith(cookie) {
  const sink = {
    writable: true,
    cookie: null,
    setCookie(_name, line) {
      sink.cookie = line;
    },
    setHeader() {},
    setCaching() {},
  };
  const headers = { cookie, host: "127.0.0.1:3000" };
  const request = {
    method: "GET",
    url: "http://127.0.0.1:3000/",
    secure: false,
    header: (name) => headers[name] ?? null,
  };
  return { request, sink };
}
