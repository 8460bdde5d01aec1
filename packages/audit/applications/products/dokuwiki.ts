import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineAudit, form, get, link } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { upstreamVersion } from "../support/debian.ts";
import { start } from "../support/start.ts";

const run = promisify(execFile);

const local = (data: string): string => `<?php
$conf['title'] = 'Wiki';
$conf['useacl'] = 1;
$conf['superuser'] = '@admin';
$conf['savedir'] = '${data}';
$conf['updatecheck'] = 0;
`;
/** Where its parts are, in place of Debian's, which lead to /etc and /var/lib. */
const preload = (conf: string): string => `<?php
define('DOKU_CONF', '${conf}/');
`;

export const dokuwiki: Application = {
  name: "dokuwiki",
  product: "DokuWiki",
  version: () => upstreamVersion("dokuwiki"),
  language: "PHP",
  configuration:
    "users and access rules in files, everything else as it comes; PHP's own server, plain http on loopback",

  async start(folder, port) {
    const wiki = join(folder, "wiki");
    const conf = join(wiki, "conf");
    const data = join(folder, "data");
    await cp("/usr/share/dokuwiki", wiki, { recursive: true, dereference: true });
    await cp("/etc/dokuwiki", conf, { recursive: true, dereference: true });
    for (const name of [
      "attic",
      "cache",
      "index",
      "locks",
      "media",
      "media_attic",
      "media_meta",
      "meta",
      "pages",
      "tmp",
      "log",
    ])
      await mkdir(join(data, name), { recursive: true });
    await writeFile(join(wiki, "inc", "preload.php"), preload(conf));
    await writeFile(join(conf, "local.php"), local(data));
    await writeFile(join(conf, "acl.auth.php"), "*\t@ALL\t1\n*\t@user\t8\n");
    const lines = await Promise.all(
      Object.values(people).map(async ({ name, password }) => {
        const { stdout } = await run("php", [
          "-r",
          "echo password_hash($argv[1], PASSWORD_BCRYPT, ['cost' => 4]);",
          password,
        ]);
        return `${name}:${stdout}:${name}:${name}@example.test:user\n`;
      }),
    );
    await writeFile(join(conf, "users.auth.php"), lines.join(""));
    return start({
      program: "php",
      parameters: ["-S", `127.0.0.1:${port}`, "-t", wiki],
      env: { PHP_CLI_SERVER_WORKERS: "4" },
      url: `http://127.0.0.1:${port}/doku.php?do=login`,
    });
  },

  file: (target) =>
    defineAudit({
      target,
      users: people,
      whoami: {
        request: get("/doku.php?id=start"),
        signedIn: { status: [200, 404], text: "(<bdi>$user.name</bdi>)" },
        signedOut: { status: [200, 404], text: "action login" },
      },
      login: form("/doku.php?id=start&do=login", { u: "$user.name", p: "$user.password" }),
      logout: link("Log Out", { on: "/doku.php?id=start" }),
      actions: {
        change: {
          // A page of one's own: DokuWiki locks a page while somebody edits it.
          do: form("/doku.php?id=user:$user.name&do=edit", { wikitext: "$random", id: "user:$user.name" }),
          seenAt: { request: get("/doku.php?id=user:$user.name&do=export_raw") },
        },
        password: {
          do: form("/doku.php?id=start&do=profile", {
            newpass: "$user.newPassword",
            passchk: "$user.newPassword",
            oldpass: "$user.password",
          }),
          restore: form("/doku.php?id=start&do=profile", {
            newpass: "$user.password",
            passchk: "$user.password",
            oldpass: "$user.newPassword",
          }),
        },
      },
      expect: {},
    }),
};
