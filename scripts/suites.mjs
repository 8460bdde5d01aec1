/**
 * Every test suite of the repository; a further one is one entry here.
 *
 * - `name`: what the report and `npm test -- NAME` call it
 * - `command`: "test" (npm test), "long" (npm run test:long) or "soak" (npm run soak: hours, nobody waits for it)
 * - `folders`: where its tests are; a folder without a test is a failure, and so is a test in no suite's folder
 * - `needs`: names from lib/requirements.mjs; the suite finds each in the environment
 * - `node`: the one of `needs` that runs the suite, in place of the Node that runs this command
 * - `needsBuild`: it starts compiled programs, so it cannot run when the build failed
 * - `oneByOne`: its files run one after the other, because they measure how long things take
 * - `everyCore`: its files share all cores; else one is left free
 * - `table`: what is printed at its end: "stores" (store x check), "adapters" (adapter x story), "faults" (fault x store)
 *   "trials" (check x right or wrong) or "runtimes" (runtime x suite)
 * - `minutes`: the longest it may take (10 if left out)
 */
const core = [
  "core",
  "binding",
  "connections",
  "signals",
  "telemetry",
  "contain",
  "oidc",
  "stores",
  "http",
  "hostile",
].map(inLibrary);
/** Each has an application for the adapter suite, and a lock file of its own. */
export const frameworks = ["fastify", "hono", "koa", "nest", "next"];
/** Those that do not run on the oldest Node that the library runs on. */
export const newerFrameworks = ["sveltekit", "react-router", "nuxt", "astro"];
const auditor = ["bank", "browser", "ci", "cli", "file", "hostile", "login", "look", "pairs", "report"].map(inAuditor);
const servers = ["redis-server", "postgres", "mariadbd"];

export const suites = [
  { name: "core", command: "test", folders: [...core, inLibrary("types"), inLibrary("docs"), "bench/test"] },
  {
    name: "adapters",
    command: "test",
    folders: [inLibrary("adapters"), ...frameworks.map((name) => `examples/${name}/test`)],
    needs: frameworks,
    needsBuild: true,
    table: "adapters",
  },
  {
    name: "express-session",
    command: "test",
    folders: [inLibrary("express-session"), "examples/express-session/test"],
    needs: ["express-session", "redis-server", "postgres"],
    needsBuild: true,
  },
  {
    name: "adapters on node24",
    command: "long",
    folders: newerFrameworks.map((name) => `examples/${name}/test`),
    needs: ["node24", ...newerFrameworks],
    node: "node24",
    needsBuild: true,
    table: "adapters",
  },
  { name: "races", command: "test", folders: [inLibrary("races")], everyCore: true },
  {
    name: "auditor",
    command: "test",
    folders: auditor,
    needs: ["chromium", "xvfb", "report readers"],
    needsBuild: true,
    everyCore: true,
    minutes: 20,
  },
  {
    name: "connections",
    command: "test",
    folders: ["examples/connections/test"],
    needs: ["connections"],
    needsBuild: true,
  },
  { name: "openid", command: "test", folders: [inLibrary("openid")], needs: ["oidc-provider"] },
  {
    name: "browser",
    command: "test",
    folders: ["examples/bank/test", inLibrary("browser")],
    needs: ["chromium"],
    needsBuild: true,
  },
  {
    name: "stores",
    command: "test",
    folders: [inLibrary("databases")],
    needs: [...servers, "connections"],
    needsBuild: true,
    table: "stores",
  },
  {
    name: "upgrade",
    command: "test",
    folders: [inLibrary("upgrade")],
    needs: ["redis-server", "postgres", "chromium", "earlier session libraries"],
    needsBuild: true,
  },
  { name: "races-long", command: "long", folders: [inLibrary("races-long")], everyCore: true, minutes: 45 },
  { name: "migration", command: "long", folders: [inLibrary("migration")], needs: servers, minutes: 40 },
  {
    name: "upgrade-long",
    command: "long",
    folders: [inLibrary("upgrade-long")],
    needs: ["redis-server", "earlier session libraries"],
    minutes: 20,
  },
  {
    name: "containment",
    command: "long",
    folders: [inLibrary("contain-long")],
    needs: ["redis-server", "postgres"],
    oneByOne: true,
    minutes: 40,
  },
  { name: "linearizability", command: "long", folders: [inLibrary("linearizability")] },
  {
    name: "faults",
    command: "long",
    folders: [inLibrary("faults")],
    needs: servers,
    needsBuild: true,
    oneByOne: true,
    table: "faults",
    minutes: 40,
  },
  { name: "auditor pairs", command: "long", folders: [inAuditor("pairs-long")], needs: ["chromium"], minutes: 30 },
  {
    // The twins and the bank too: the table counts over all of which it is known what is wrong with them.
    name: "applications",
    command: "long",
    folders: ["packages/audit/applications", inAuditor("pairs"), inAuditor("bank")],
    needs: ["node24", "mariadbd", "chromium", "applications of npm", "applications of Debian"],
    needsBuild: true,
    oneByOne: true,
    table: "trials",
    minutes: 40,
  },
  {
    name: "runtimes",
    command: "long",
    folders: [inLibrary("portable")],
    needs: ["node22", "node24", "node26", "bun", "deno", "workerd", "hono", "connections"],
    needsBuild: true,
    table: "runtimes",
  },
  ...soaks(),
  ...["node22", "node24", "node26"].map((node) => ({
    name: `core on ${node}`,
    command: "long",
    folders: [...core, inLibrary("adapters"), inLibrary("runtimes")],
    needs: [node, "better-sqlite3"],
    node,
  })),
];

/** A million operations on each store: `npm run soak`, or `npm run soak -- redis`. */
function soaks() {
  const needs = { memory: [], sqlite: [], redis: ["redis-server"], postgres: ["postgres"], mariadb: ["mariadbd"] };
  return Object.entries(needs).map(([name, needed]) => ({
    name,
    command: "soak",
    folders: [inLibrary(`soak/${name}`)],
    needs: needed,
    needsBuild: true,
    minutes: 240,
  }));
}

function inAuditor(area) {
  return `packages/audit/test/${area}`;
}

function inLibrary(area) {
  return `packages/sojourn/test/${area}`;
}
