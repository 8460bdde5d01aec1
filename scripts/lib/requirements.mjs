import { execFileSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { install, isInstalled } from "./install.mjs";
import { inRepository } from "./paths.mjs";
import { announce } from "./print.mjs";
import { run } from "./run.mjs";

/** What the auditor is tried on, each with a file by which it is known to be there. */
const debianApplications = [
  { package: "dokuwiki", file: "share/dokuwiki/doku.php" },
  { package: "wordpress", file: "share/wordpress/wp-login.php" },
  { package: "tomcat10-examples", file: "share/tomcat10-examples/examples/WEB-INF/web.xml" },
  { package: "tomcat10-common", file: "share/tomcat10/bin/catalina.sh" },
  { package: "python3-django", file: "lib/python3/dist-packages/django/__init__.py" },
  { package: "php-cli", file: "bin/php" },
  { package: "php-xml", file: "share/doc/php-xml" },
  { package: "php-mysql", file: "share/doc/php-mysql" },
];

/**
 * What a suite may need beside npm's packages. Each is looked for in this order: a given path or address
 * (`variable`), one that is installed (`find`), one that this command can install (`obtain`). To add a server: one
 * entry here, and its name in the `needs` of a suite in ../suites.mjs.
 *
 * - `variable`: the environment variable that names it, and under which the suite gets it
 * - `accepts(path)`: whether it really works
 * - `find()`: where an installed one is, or `null`
 * - `obtain()`: installs it; may do nothing where it cannot
 * - `mend`: the command to show to a person when all that failed
 */
const requirements = {
  chromium: {
    variable: "CHROMIUM_PATH",
    accepts: (path) => printsVersion(path, /chrom/i),
    find: () => onPath(["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]),
    obtain: () => installDebianPackages(["chromium"]),
    mend: "sudo apt-get install chromium, or CHROMIUM_PATH=/path/to/chromium npm test -- browser",
  },
  // A display without a screen, for windows that tests open.
  xvfb: {
    variable: "XVFB_PATH",
    accepts: isExecutable,
    find: () => onPath(["Xvfb"]),
    obtain: () => installDebianPackages(["xvfb"]),
    mend: "sudo apt-get install xvfb, or XVFB_PATH=/path/to/Xvfb npm test -- auditor",
  },
  "redis-server": debianProgram({
    variable: "REDIS_SERVER_PATH",
    package: "redis-server",
    find: () => onPath(["redis-server", "valkey-server"]),
    says: /(redis|valkey) server/i,
  }),
  postgres: debianProgram({
    variable: "POSTGRES_PATH",
    package: "postgresql",
    find: () => newestPostgres() ?? onPath(["postgres"]),
    says: /postgres/i,
  }),
  mariadbd: debianProgram({
    variable: "MARIADBD_PATH",
    package: "mariadb-server",
    find: () => onPath(["mariadbd"]),
    says: /mariadb/i,
  }),
  node22: nodeRuntime(22),
  node24: nodeRuntime(24),
  node26: nodeRuntime(26),
  bun: foreignRuntime({ variable: "BUN_PATH", program: ["@oven", "bun-linux-x64", "bin", "bun"], says: /^\d+\.\d/ }),
  deno: foreignRuntime({ variable: "DENO_PATH", program: ["@deno", "linux-x64-glibc", "deno"], says: /^deno \d/ }),
  workerd: foreignRuntime({
    variable: "WORKERD_PATH",
    program: ["@cloudflare", "workerd-linux-64", "bin", "workerd"],
    says: /^workerd \d/,
  }),
  fastify: framework("fastify"),
  hono: framework("hono"),
  koa: framework("koa"),
  nest: framework("nest"),
  next: framework("next"),
  "express-session": framework("express-session"),
  sveltekit: framework("sveltekit"),
  "react-router": framework("react-router"),
  nuxt: framework("nuxt"),
  astro: framework("astro"),
  connections: framework("connections"),
  "better-sqlite3": {
    variable: "SOJOURN_BETTER_SQLITE3",
    accepts: (path) => existsSync(join(path, "package.json")),
    find: () => inRepository("tools", "runtimes", "node_modules", "better-sqlite3"),
    obtain: installRuntimes,
    mend: "npm ci --prefix tools/runtimes",
  },
  "oidc-provider": {
    variable: "SOJOURN_OIDC_PROVIDER",
    accepts: (path) => existsSync(join(path, "package.json")),
    find: () => inRepository("tools", "openid", "node_modules", "oidc-provider"),
    obtain: () => install({ folder: inRepository("tools", "openid"), label: "an OpenID provider" }),
    mend: "npm ci --prefix tools/openid",
  },
  "earlier session libraries": {
    variable: "SOJOURN_EARLIER_LIBRARIES",
    accepts: (path) =>
      ["express-session", "connect-redis", "connect-pg-simple", "cookie-session", "iron-session", "better-auth"].every(
        (name) => existsSync(join(path, name, "package.json")),
      ),
    find: () => inRepository("tools", "upgrade", "node_modules"),
    obtain: () =>
      install({
        folder: inRepository("tools", "upgrade"),
        label: "the session libraries that live upgrade moves from",
      }),
    mend: "npm ci --prefix tools/upgrade",
  },
  "report readers": {
    variable: "SOJOURN_REPORT_READERS",
    accepts: (path) =>
      ["ajv", "ajv-formats", "expect", "junit2json", "yaml"].every((name) =>
        existsSync(join(path, name, "package.json")),
      ),
    find: () => inRepository("tools", "readers", "node_modules"),
    obtain: () => install({ folder: inRepository("tools", "readers"), label: "readers of SARIF and JUnit (10 MB)" }),
    mend: "npm ci --prefix tools/readers",
  },
  "applications of npm": {
    variable: "SOJOURN_NPM_APPLICATIONS",
    accepts: (path) => ["node-red", "verdaccio"].every((name) => existsSync(join(path, name, "package.json"))),
    find: () => inRepository("tools", "applications", "node_modules"),
    obtain: () => install({ folder: inRepository("tools", "applications"), label: "Node-RED and Verdaccio (165 MB)" }),
    mend: "npm ci --prefix tools/applications",
  },
  "applications of Debian": {
    variable: "SOJOURN_DEBIAN_APPLICATIONS",
    accepts: (path) => debianApplications.every(({ file }) => existsSync(join(path, file))),
    find: () => "/usr",
    obtain: () => installDebianPackages(debianApplications.map((each) => each.package)),
    mend: `sudo apt-get install --no-install-recommends ${debianApplications.map((each) => each.package).join(" ")}`,
  },
};

/** Makes sure that `name` can be used: `{ path, env }` for the suite, or `{ why, mend }`. */
export async function provide(name) {
  const { variable, accepts, find, obtain, mend } = requirements[name];
  const given = process.env[variable];
  if (given) {
    return accepts(given)
      ? found(given)
      : { why: `${variable} is set, but what it names is not a working ${name}`, mend };
  }
  if (!works(find())) await obtain();
  const path = find();
  return works(path) ? found(path) : { why: `${name} is not there and could not be installed`, mend };

  function works(candidate) {
    return candidate !== null && accepts(candidate);
  }
  function found(candidate) {
    return { path: candidate, env: { [variable]: candidate } };
  }
}

/** A server that tests start on a port of their own, with data of their own; `variable` names its program. */
function debianProgram({ variable, package: name, find, says }) {
  return {
    variable,
    accepts: (path) => printsVersion(path, says),
    find,
    obtain: () => installDebianPackages([name]),
    mend: `sudo apt-get install ${name}, or ${variable}=/path/to/the/program npm run test:stores`,
  };
}

/** Debian keeps PostgreSQL's server, and the initdb beside it, off the PATH, in a folder a version. */
function newestPostgres() {
  const folder = "/usr/lib/postgresql";
  if (!existsSync(folder)) return null;
  const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(folder, version, "bin", "postgres")).find(isExecutable) ?? null;
}

/** A Node of another major version, from the packages of tools/runtimes. */
function nodeRuntime(major) {
  return {
    variable: `NODE${major}_PATH`,
    accepts: (path) => printsVersion(path, new RegExp(`^v${major}\\.`)),
    find: () =>
      process.versions.node.startsWith(`${major}.`)
        ? process.execPath
        : inRepository("tools", "runtimes", "node_modules", `node${major}`, "bin", "node"),
    obtain: installRuntimes,
    mend: `npm ci --prefix tools/runtimes (Linux x64), or NODE${major}_PATH=/path/to/node npm run test:long`,
  };
}

/** A runtime that is not Node, from the packages of tools/foreign. */
function foreignRuntime({ variable, program, says }) {
  return {
    variable,
    accepts: (path) => printsVersion(path, says),
    find: () => inRepository("tools", "foreign", "node_modules", ...program),
    obtain: () => install({ folder: inRepository("tools", "foreign"), label: "Bun, Deno and workerd (about 350 MB)" }),
    mend: `npm ci --prefix tools/foreign (Linux x64), or ${variable}=/path/to/it npm run test:runtimes`,
  };
}

/** A web framework, from the lock file of its example. */
function framework(name) {
  const folder = inRepository("examples", name);
  return {
    variable: `SOJOURN_${name.toUpperCase().replaceAll("-", "_")}`,
    accepts: (path) => existsSync(path),
    find: () => (isInstalled(folder) ? folder : null),
    obtain: () => install({ folder, label: name }),
    mend: `npm ci --prefix examples/${name}`,
  };
}

function installRuntimes() {
  return install({
    folder: inRepository("tools", "runtimes"),
    label: "Node 22, 24 and 26 and better-sqlite3 (about 600 MB)",
  });
}

function printsVersion(path, pattern) {
  try {
    return pattern.test(
      execFileSync(path, ["--version"], { encoding: "utf8", timeout: 30_000, stdio: ["ignore", "pipe", "ignore"] }),
    );
  } catch {
    return false;
  }
}

function onPath(programs) {
  // Servers are administrators' programs: Debian has some of them where a user's PATH does not lead.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"].filter((folder) => folder !== "");
  for (const program of programs) {
    const path = folders.map((folder) => join(folder, program)).find(isExecutable);
    if (path) return path;
  }
  return null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Only root on Debian can install without asking somebody; elsewhere this does nothing and the suite's `mend` is shown. */
async function installDebianPackages(packages) {
  if (process.getuid?.() !== 0 || !isDebian()) return;
  announce(`Installing ${packages.join(", ")} with apt`);
  const options = ["-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0"];
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", [...options, "update"], { env, minutes: 5 });
  await run("apt-get", [...options, "install", "-y", "--no-install-recommends", ...packages], { env, minutes: 15 });
}

function isDebian() {
  return existsSync("/etc/os-release") && /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}
