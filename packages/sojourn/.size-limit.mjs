/**
 * The size budget of each subpath, gzipped, with everything it loads. On Node and on runtimes that resolve packages as
 * Node does, digests are the runtime's own; elsewhere the portable ones come with it.
 */
const onNode = (config) => ({ ...config, conditions: ["node"] });
const kilobytes = (limit) => ({ limit: `${limit} KB`, gzip: true });

/** The engine: what core/ exports to those who build on it. It is no subpath, so it is measured from its source. */
const core = {
  "./src/core/data.ts": "{ createDataRules }",
  "./src/core/events.ts": "{ createEmitter }",
  "./src/core/open.ts": "{ openSession }",
  "./src/core/policy.ts": "{ defaultPolicy }",
  "./src/core/random.ts": "{ systemRandom }",
  "./src/core/revoke.ts": "{ revokeOwned, revokeSessions }",
  "./src/core/rules.ts": "{ rulesOf }",
  "./src/core/sessions-of.ts": "{ summariesOf, markPrivilegesChanged }",
  "./src/core/storage.ts": "{ createStorage }",
};

/** Where sessions are not bound to devices these are never loaded: they are imported when the first proof arrives. */
const proofs = ["./register*", "./refresh*", "jose"];

export default [
  {
    name: "the core alone, on Node",
    path: Object.keys(core),
    import: core,
    ...kilobytes(15.25),
    modifyEsbuildConfig: onNode,
  },
  { name: "the core alone, elsewhere", path: Object.keys(core), import: core, ...kilobytes(18.25) },
  {
    name: "sojourn, on Node",
    path: "dist/index.js",
    ...kilobytes(27.5),
    ignore: proofs,
    modifyEsbuildConfig: onNode,
  },
  { name: "sojourn, elsewhere", path: "dist/index.js", ...kilobytes(30.5), ignore: proofs },
  { name: "sojourn, elsewhere, with the proofs of devices", path: "dist/index.js", ...kilobytes(39) },
  { name: "sojourn/fetch", path: "dist/adapters/fetch.js", ...kilobytes(3.5) },
  { name: "sojourn/node", path: "dist/adapters/node.js", ...kilobytes(4), ignore: ["node:*"] },
  { name: "sojourn/express", path: "dist/adapters/express.js", ...kilobytes(4.75), ignore: ["node:*"] },
  {
    name: "sojourn/express-session",
    path: "dist/express-session/index.js",
    ...kilobytes(27.75),
    ignore: ["node:*"],
    modifyEsbuildConfig: onNode,
  },
  { name: "sojourn/fastify", path: "dist/adapters/fastify.js", ...kilobytes(4.75), ignore: ["node:*"] },
  { name: "sojourn/hono", path: "dist/adapters/hono.js", ...kilobytes(4.5) },
  { name: "sojourn/koa", path: "dist/adapters/koa.js", ...kilobytes(4.5), ignore: ["node:*"] },
  { name: "sojourn/nest", path: "dist/adapters/nest.js", ...kilobytes(5.5), ignore: ["node:*"] },
  { name: "sojourn/next", path: "dist/adapters/next.js", ...kilobytes(5.5) },
  { name: "sojourn/sveltekit", path: "dist/adapters/sveltekit.js", ...kilobytes(5) },
  { name: "sojourn/react-router", path: "dist/adapters/react-router.js", ...kilobytes(5) },
  { name: "sojourn/h3", path: "dist/adapters/h3.js", ...kilobytes(6), ignore: ["node:*"] },
  { name: "sojourn/astro", path: "dist/adapters/astro.js", ...kilobytes(5) },
  { name: "sojourn/memory", path: "dist/stores/memory.js", ...kilobytes(1.5) },
  { name: "sojourn/sqlite", path: "dist/stores/sqlite.js", ...kilobytes(3.25) },
  { name: "sojourn/redis", path: "dist/stores/redis.js", ...kilobytes(7.25) },
  { name: "sojourn/postgres", path: "dist/stores/postgres.js", ...kilobytes(7) },
  { name: "sojourn/mysql", path: "dist/stores/mysql.js", ...kilobytes(5) },
  { name: "sojourn/near-cache", path: "dist/stores/near-cache.js", ...kilobytes(4) },
  { name: "sojourn/connections", path: "dist/connections/index.js", ...kilobytes(7.25), ignore: ["node:*"] },
  { name: "sojourn/migrating", path: "dist/stores/migrating.js", ...kilobytes(4) },
  { name: "sojourn/upgrade", path: "dist/upgrade/index.js", ...kilobytes(26) },
  { name: "sojourn/oidc", path: "dist/oidc/index.js", ...kilobytes(14) },
  { name: "sojourn/presets", path: "dist/presets/index.js", ...kilobytes(14) },
  { name: "sojourn/codec", path: "dist/codec/index.js", ...kilobytes(3) },
  { name: "sojourn/signals", path: "dist/signals/index.js", ...kilobytes(8.75) },
  {
    name: "sojourn/opentelemetry",
    path: "dist/telemetry/opentelemetry.js",
    ...kilobytes(3),
    ignore: ["@opentelemetry/api"],
  },
  { name: "sojourn/testing", path: "dist/testing/index.js", ...kilobytes(42.75), ignore: ["node:*", ...proofs] },
];
