import { figure, spread, target } from "./print.mjs";

/** The figures of all parts as Markdown: of each what it was to reach, then what was measured. */
export function evidence(results) {
  const sections = Object.entries(results).flatMap(([part, result]) => {
    const { date, machine, seconds, quick, verdicts } = result;
    // Kept apart when they are written; said again here, because these are published.
    if (quick) throw new Error(`the figures of ${part} are of a quick run`);
    const head = `### ${part}: ${date}, ${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${seconds} s`;
    return [head, ...targets(verdicts), ...(details[part]?.(result) ?? [])];
  });
  return sections.join("\n\n");
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function targets(verdicts) {
  if (verdicts.length === 0) return [];
  const rows = verdicts.map((one) => [one.what, target(one), spread(one), one.met ? "met" : "**missed**"]);
  return [table(["What", "Target", "Measured (95 % interval)", ""], rows)];
}

const titled = (title, head, rows) => [`**${title}**`, table(head, rows)];

/** Part by part. */
const details = {
  http: ({ groups }) =>
    groups.flatMap(({ name, rows }) =>
      titled(
        name,
        ["", "CPU us/request", "Added by the session, us", "Requests/s"],
        rows.map(({ name, cpu, added, perSecond }) => [
          name,
          figure(cpu.value),
          added ? spread(added) : "",
          figure(perSecond),
        ]),
      ),
    ),
  engine: ({ rows }) => [
    table(
      ["", "CPU us", "Per second"],
      rows.map(({ name, microseconds }) => [name, spread(microseconds), figure(1e6 / microseconds.value)]),
    ),
  ],
  stores: ({ databases }) => [
    ...titled(
      "`open` beside the bare read",
      ["Store", "Callers", "Bare reads/s", "Opens/s", "Share"],
      databases.flatMap(({ name, reads }) =>
        reads.map(({ callers, read, open, share }) => [name, callers, spread(read), spread(open), spread(share)]),
      ),
    ),
    ...databases.flatMap(bytesAtRest),
  ],
  growth: ({ growth, users, sweep }) => [
    ...growth.flatMap(({ name, rows, readShare }) => [
      ...titled(
        `Growth: ${name}`,
        ["Sessions", "Opens/s", "Bare reads/s"],
        rows.map(({ size, perSecond, readsPerSecond }) => [figure(size), spread(perSecond), spread(readsPerSecond)]),
      ),
      `The bare read keeps ${spread(readShare)} of its own at 10,000.`,
    ]),
    ...users.flatMap(({ name, rows }) =>
      titled(
        `Users with many sessions: ${name}`,
        ["Sessions of one user", "List, ms", "Revoke all, ms"],
        rows.map(({ sessions, list, revokeAll }) => [figure(sessions), spread(list), spread(revokeAll)]),
      ),
    ),
    `Sweep: ${figure(sweep.rows / sweep.seconds)} rows/s; event-loop delay ${spread(sweep.delay.p50)} ms (median), ` +
      `${figure(sweep.delay.longest)} ms (longest); without a sweep ${spread(sweep.idle.p99)} ms (99 %).`,
  ],
  start: ({ imports, worker }) => [
    ...titled(
      "Import in a fresh process",
      ["", "ms", "Heap kB", "Files"],
      imports.map(({ name, milliseconds, kilobytes, files }) => [
        name,
        spread(milliseconds),
        figure(kilobytes.value),
        files,
      ]),
    ),
    `Cold start on workerd: first answer after ${spread(worker.milliseconds)} ms, of which the session ` +
      `${spread(worker.added)} ms; bundle ${figure(worker.bytes)} bytes, minified.`,
  ],
};

/** Where a peer was measured beside it. */
function bytesAtRest({ name, bytes }) {
  if (!bytes) return [];
  const peerName = bytes.connectRedis ? "connect-redis" : "connect-pg-simple";
  const peer = bytes.connectRedis ?? bytes.connectPgSimple;
  const rows = Object.entries(bytes.ours).map(([what, size]) => [
    what,
    figure(size),
    peer[what] ? figure(peer[what]) : "none",
  ]);
  return titled(`Bytes of a session: ${name}`, ["", "Sojourn", peerName], rows);
}
