import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { assertHoldsSessions, type FailOn, type Report, toHoldSessions } from "../../src/index.ts";
import { readersFolder } from "../report/readers.ts";
import { auditNotes, notesFile } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { servePlain } from "../support/serve.ts";

declare module "vitest" {
  interface Matchers {
    toHoldSessions(failOn?: FailOn): void;
  }
}

let sound: Report;
let flawed: Report;
beforeAll(async () => {
  const only = ["X-COOK-02", "X-COOK-03", "X-END-01"];
  sound = await auditNotes(new Set(), { only });
  flawed = await auditNotes(new Set(["X-COOK-02", "X-COOK-03"]), { only });
});

describe("in a test of one's own", () => {
  test("Vitest takes the matcher, and says every finding", () => {
    expect.extend({ toHoldSessions });
    expect(sound).toHoldSessions();
    expect(flawed).not.toHoldSessions();
    expect(flawed).toHoldSessions("high");
    expect(() => expect(flawed).toHoldSessions()).toThrow(/medium X-COOK-02: Scripts can read __Host-id/);
    expect(() => expect(sound).not.toHoldSessions()).toThrow("hold, and were not to");
  });

  test("so does Jest", () => {
    const { expect: jest } = createRequire(join(readersFolder(), "package.json"))("expect") as {
      expect: {
        (value: unknown): { toHoldSessions(): void; not: { toHoldSessions(): void } };
        extend(matchers: object): void;
      };
    };
    jest.extend({ toHoldSessions });
    jest(sound).toHoldSessions();
    jest(flawed).not.toHoldSessions();
    expect(() => jest(flawed).toHoldSessions()).toThrow(/X-COOK-02/);
  });

  test("a lost login is no pass", () => {
    expect(() => assertHoldsSessions({ ...sound, lost: "no login was found" })).toThrow("no login was found");
  });

  test("node:test runs the package as it is built, passes for what holds, and fails for what does not", async () => {
    const dist = new URL("../../dist/index.js", import.meta.url).href;
    const folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
    try {
      const outcome = async (flaws: readonly string[]) => {
        const notes = await servePlain(createNotes(new Set(flaws)));
        const path = join(folder, "app.test.mjs");
        const file = JSON.stringify(notesFile(notes.url, notes.plainUrl));
        writeFileSync(
          path,
          `import { test } from "node:test";
           import { assertHoldsSessions, audit } from ${JSON.stringify(dist)};
           test("sessions hold", async () => assertHoldsSessions(await audit(${file}, { only: ["X-COOK"] })));`,
        );
        const { NODE_TEST_CONTEXT: _, ...env } = process.env;
        return new Promise<{ code: number; out: string }>((resolve) => {
          execFile(process.execPath, ["--test", path], { env }, (error, stdout) =>
            resolve({ code: error ? Number(error.code) : 0, out: stdout }),
          );
        }).finally(() => notes.close());
      };
      expect((await outcome([])).code).toBe(0);
      const { code, out } = await outcome(["X-COOK-02"]);
      expect(code).toBe(1);
      expect(out).toContain("medium X-COOK-02: Scripts can read __Host-id");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
