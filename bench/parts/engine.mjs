import { hash } from "node:crypto";
import { figure, printTable, progressOf, section, spread } from "../lib/print.mjs";
import { alternate } from "../lib/rounds.mjs";
import { madeSessions, managerOn, visitWith } from "../lib/sessions.mjs";
import { meanInterval, ratioInterval } from "../lib/statistics.mjs";
import { atMost } from "../lib/verdict.mjs";
import { data } from "../servers/scene.mjs";

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
  const { store, sessions } = await madeSessions(1_000);
  const manager = managerOn(store);
  const bodies = new Map(sessions.map(({ row, visit }) => [row.id, floorBody(row, visit.request.header("cookie"))]));
  const visits = sessions.map(({ visit }) => visit);
  const anonymous = visitWith(null);
  const cookieName = visits[0].request.header("cookie").split("=")[0];
  const open = ({ request, sink }) => manager.open(request, sink);
  const logIn = async (at) => (await open(visitWith(null))).authenticate({ id: `other-${at % 997}`, keep: "none" });
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
        draft.visits = at;
      });
    },
    "open + authenticate + end": async (at) => (await logIn(at)).end(),
  };
}

/** What a session of the plainest kind keeps, as JSON: when, who, how strongly, the hash of its secret, the data. */
function floorBody({ userId, expiresAt }, cookie) {
  const secretHash = hash("sha256", cookie.split(".")[1], "base64url");
  return JSON.stringify({ userId, level: "aal1", startedAt: expiresAt, lastSeenAt: expiresAt, secretHash, data });
}

async function floor(header, name, bodies) {
  const start = header.indexOf(`${name}=`) + name.length + 1;
  const token = header.slice(start, start + 67);
  const secretHash = hash("sha256", token.slice(23), "base64url");
  const record = JSON.parse(bodies.get(token.slice(0, 22)));
  if (record.secretHash !== secretHash) throw new Error("not logged in");
  return record;
}
