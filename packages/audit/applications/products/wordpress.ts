import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineAudit, form, get, http, link, post } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { upstreamVersion } from "../support/debian.ts";
import { type Running, start } from "../support/start.ts";

const run = promisify(execFile);
const databasePassword = "secret-of-the-database";

const config = (socket: string, url: string): string => `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', '${databasePassword}');
define('DB_HOST', 'localhost:${socket}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
  define($name . '_KEY', '$name-key-of-this-test-and-of-nothing-else-0123456789');
  define($name . '_SALT', '$name-salt-of-this-test-and-of-nothing-else-012345678');
}
define('WP_HOME', '${url}');
define('WP_SITEURL', '${url}');
// Nothing goes out of this machine.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`;

const install = `<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require __DIR__ . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
function wp_mail() { return true; }
wp_install('Site', '${people.alice.name}', 'alice@example.test', false, '', '${people.alice.password}');
wp_insert_user(['user_login' => '${people.bob.name}', 'user_pass' => '${people.bob.password}',
  'user_email' => 'bob@example.test', 'role' => 'administrator']);
`;

export const wordpress: Application = {
  name: "wordpress",
  product: "WordPress",
  version: () => upstreamVersion("wordpress"),
  language: "PHP",
  configuration: "as it installs itself, two administrators, MariaDB; PHP's own server, plain http on loopback",

  async start(folder, port) {
    const url = `http://127.0.0.1:${port}`;
    const database = await startDatabase(folder);
    try {
      const site = join(folder, "site");
      const socket = join(folder, "socket");
      await cp("/usr/share/wordpress", site, { recursive: true, dereference: true });
      await writeFile(join(site, "wp-config.php"), config(socket, url));
      await writeFile(join(site, "install-for-audit.php"), install);
      await run("php", [join(site, "install-for-audit.php")], { cwd: site });
      const server = await start({
        program: "php",
        parameters: ["-S", `127.0.0.1:${port}`, "-t", site],
        env: { PHP_CLI_SERVER_WORKERS: "4" },
        url: `${url}/wp-login.php`,
      });
      return {
        async stop() {
          await server.stop();
          await database.stop();
        },
      };
    } catch (error) {
      await database.stop();
      throw error;
    }
  },

  file: (target) =>
    defineAudit({
      target,
      users: people,
      whoami: {
        request: get("/wp-admin/profile.php"),
        signedIn: { status: 200, text: 'id="user_login" value="$user.name"' },
        signedOut: { status: 302, location: "/wp-login.php" },
      },
      login: form("/wp-login.php", { log: "$user.name", pwd: "$user.password" }),
      logout: link("Log Out", { on: "/wp-admin/profile.php" }),
      actions: {
        change: {
          do: form("/wp-admin/profile.php", { first_name: "$random" }),
          seenAt: { request: get("/wp-admin/profile.php") },
        },
        endOthers: http([
          get("/wp-admin/profile.php", { pick: { nonce: { input: "_wpnonce" }, user: { input: "user_id" } } }),
          post("/wp-admin/admin-ajax.php", {
            action: "destroy-sessions",
            nonce: "$picked.nonce",
            user_id: "$picked.user",
          }),
        ]),
        password: {
          do: form("/wp-admin/profile.php", { pass1: "$user.newPassword", pass2: "$user.newPassword" }),
          restore: form("/wp-admin/profile.php", { pass1: "$user.password", pass2: "$user.password" }),
        },
      },
      expect: { absolute: "2d" },
    }),
};

async function startDatabase(folder: string): Promise<Running> {
  const program = process.env.MARIADBD_PATH;
  if (!program) throw new Error("MARIADBD_PATH is not set: start this test with `npm run test:long -- applications`");
  const data = join(folder, "database");
  await mkdir(data);
  const me = `--user=${userInfo().username}`;
  await run("mariadb-install-db", ["--no-defaults", me, `--datadir=${data}`, "--skip-test-db"]);
  const first = join(folder, "first.sql");
  const account = "'wordpress'@'localhost'";
  await writeFile(
    first,
    `CREATE DATABASE wordpress;\nCREATE USER ${account} IDENTIFIED BY '${databasePassword}';\nGRANT ALL ON wordpress.* TO ${account};\n`,
  );
  const socket = join(folder, "socket");
  return start({
    program,
    parameters: [
      "--no-defaults",
      me,
      `--datadir=${data}`,
      "--skip-networking",
      `--socket=${socket}`,
      `--init-file=${first}`,
    ],
    isUp: () =>
      run("mariadb-admin", ["--no-defaults", `--socket=${socket}`, "ping"]).then(
        () => true,
        () => false,
      ),
  });
}
