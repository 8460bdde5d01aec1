import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineAudit, get } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { inPackages, nodeProgram, packageVersion } from "../support/npm.ts";
import { start } from "../support/start.ts";

const configuration = (folder: string): string => `storage: ${join(folder, "storage")}
auth:
  htpasswd:
    file: ${join(folder, "htpasswd")}
    max_users: 2
userRateLimit:
  windowMs: 1000
  max: 10000
security:
  api:
    jwt:
      sign:
        expiresIn: 29d
uplinks: {}
packages:
  "**":
    access: $authenticated
    publish: $authenticated
log: { type: stdout, format: pretty, level: warn }
`;

export const verdaccio: Application = {
  name: "verdaccio",
  product: "Verdaccio",
  version: async () => packageVersion("verdaccio"),
  language: "TypeScript",
  configuration: "htpasswd, JSON Web Tokens for its API that live 29 days, no uplinks; plain http on loopback",

  async start(folder, port) {
    const path = join(folder, "config.yaml");
    await writeFile(path, configuration(folder));
    const url = `http://127.0.0.1:${port}`;
    const running = await start({
      program: nodeProgram(),
      parameters: [inPackages("verdaccio/bin/verdaccio"), "--config", path, "--listen", `127.0.0.1:${port}`],
      env: { VERDACCIO_STORAGE_PATH: join(folder, "storage") },
      url: `${url}/-/ping`,
    });
    for (const { name, password } of Object.values(people)) await signUp(url, name, password);
    return running;
  },

  file: (target) =>
    defineAudit({
      target,
      users: Object.fromEntries(
        Object.entries(people).map(([key, { name, password }]) => {
          const basic = Buffer.from(`${name}:${password}`).toString("base64");
          return [key, { name, password, basic }];
        }),
      ),
      whoami: {
        request: get("/-/npm/v1/user"),
        signedIn: { status: 200, json: { "/name": "$user.name" } },
        signedOut: { status: 401 },
      },
      // As npm logs in.
      login: {
        kind: "request",
        method: "PUT",
        path: "/-/user/org.couchdb.user:$user.name",
        fields: { name: "$user.name", password: "$user.password" },
        as: "json",
        pick: { token: { json: "/token" } },
        keep: { authorization: "Bearer $picked.token" },
        headers: { authorization: "Basic $user.basic" },
      },
      logout: { kind: "request", method: "DELETE", path: "/-/user/token/$kept.authorization" },
      expect: { absolute: "29d" },
    }),
};

async function signUp(url: string, name: string, password: string): Promise<void> {
  const { status } = await fetch(`${url}/-/user/org.couchdb.user:${name}`, {
    method: "PUT",
    body: JSON.stringify({ name, password }),
    headers: { "content-type": "application/json" },
  });
  if (status !== 201) throw new Error(`Verdaccio answered a sign-up with ${status}`);
}
