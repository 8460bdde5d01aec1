import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { defineAudit, get, post } from "../../src/index.ts";
import { type Application, people } from "../support/application.ts";
import { inPackages, nodeProgram, packageVersion } from "../support/npm.ts";
import { start } from "../support/start.ts";

export const nodeRed: Application = {
  name: "node-red",
  product: "Node-RED",
  version: async () => packageVersion("node-red"),
  language: "JavaScript",
  configuration: "adminAuth with two users of all rights, everything else as it comes; plain http on loopback",

  async start(folder, port) {
    const { hashSync } = createRequire(inPackages("node-red/package.json"))("bcryptjs") as {
      hashSync(password: string, rounds: number): string;
    };
    const users = Object.values(people).map(({ name, password }) => ({
      username: name,
      password: hashSync(password, 4),
      permissions: "*",
    }));
    const settings = {
      uiHost: "127.0.0.1",
      uiPort: port,
      adminAuth: { type: "credentials", users },
      telemetry: { enabled: false, updateNotification: false },
      // Nothing is looked up outside this machine.
      editorTheme: { palette: { catalogues: [] }, tours: false },
      externalModules: { palette: { allowInstall: false }, modules: { allowInstall: false } },
      logging: { console: { level: "warn", metrics: false, audit: false } },
    };
    const path = join(folder, "settings.js");
    await writeFile(path, `module.exports = ${JSON.stringify(settings, null, 2)};\n`);
    return start({
      program: nodeProgram(),
      parameters: [inPackages("node-red/red.js"), "--userDir", folder, "--settings", path],
      url: `http://127.0.0.1:${port}/auth/login`,
    });
  },

  file: (target) =>
    defineAudit({
      target,
      users: people,
      whoami: {
        request: get("/settings"),
        signedIn: { status: 200, json: { "/user/username": "$user.name" } },
        signedOut: { status: 401 },
      },
      login: post(
        "/auth/token",
        {
          client_id: "node-red-editor",
          grant_type: "password",
          scope: "*",
          username: "$user.name",
          password: "$user.password",
        },
        { pick: { token: { json: "/access_token" } }, keep: { authorization: "Bearer $picked.token" } },
      ),
      logout: post("/auth/revoke", { token: "$kept.authorization" }, { as: "json" }),
      actions: {
        change: {
          do: post("/settings/user", { audit: "$random" }, { as: "json" }),
          seenAt: { request: get("/settings/user"), json: "/audit" },
        },
      },
      expect: { absolute: "7d" },
    }),
};
