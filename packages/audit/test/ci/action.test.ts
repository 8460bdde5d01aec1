import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { version } from "../../src/version.ts";
import { readersFolder } from "../report/readers.ts";
import { notesFile } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { type Served, servePlain } from "../support/serve.ts";

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: {
    readonly steps: readonly { readonly env: Readonly<Record<string, string>>; readonly run: string }[];
  };
}

const { parse } = createRequire(join(readersFolder(), "package.json"))("yaml") as { parse(text: string): Action };
const action = parse(readFileSync(new URL("../../action.yml", import.meta.url), "utf8"));
const program = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

let notes: Served;
let folder: string;
beforeAll(async () => {
  notes = await servePlain(createNotes(new Set(["X-COOK-02"])));
  folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
  writeFileSync(join(folder, "app.audit.json"), JSON.stringify(notesFile(notes.url, notes.plainUrl)));
  // In place of npx, which would fetch a release: the program as it is built, after the name that is asked for.
  writeFileSync(
    join(folder, "npx"),
    `#!/bin/sh\necho "asked for $2"\nshift 2\nexec "${process.execPath}" "${program}" "$@"\n`,
  );
  chmodSync(join(folder, "npx"), 0o755);
});
afterAll(async () => {
  await notes.close();
  rmSync(folder, { recursive: true });
});

/** Runs the action's own script as GitHub does: inputs and their defaults as variables, bash that stops at an error. */
function runAction(inputs: Readonly<Record<string, string>>): Promise<{ code: number; out: string }> {
  const [step] = action.runs.steps;
  if (!step) throw new Error("the action has a step");
  const inputOf = (name: string) => inputs[name] ?? action.inputs[name]?.default ?? "";
  const env = Object.fromEntries(
    Object.entries(step.env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_all, input) => inputOf(input)),
    ]),
  );
  return new Promise((resolve) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run],
      { cwd: folder, env: { ...env, PATH: `${folder}:${process.env.PATH}` } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    );
  });
}

test("the action audits, fails its step for findings, and leaves every report", async () => {
  const { code, out } = await runAction({ subject: "app.audit.json", only: "X-COOK" });
  expect(code, out).toBe(1);
  expect(out).toContain(`asked for sojourn-audit@${version}`);
  expect(out).toContain("X-COOK-02 Scripts can read __Host-id");
  expect(readdirSync(join(folder, "sojourn-audit")).sort()).toEqual([
    "report.html",
    "report.json",
    "report.sarif",
    "report.xml",
  ]);
});

test("its options are the command's", async () => {
  const baseline = "sojourn-audit/report.json";
  const inputs = { subject: "app.audit.json", only: "X-COOK", "fail-on": "high", baseline, reports: "second" };
  const { code, out } = await runAction(inputs);
  expect(code, out).toBe(0);
  expect(out).toContain("unchanged: X-COOK-02");
  expect(readdirSync(join(folder, "second")).length).toBe(4);
});

test("an input is never a part of the script", async () => {
  expect((await runAction({ subject: '"; touch taken; echo "' })).out).toContain("There is no file");
  const { out } = await runAction({ subject: "app.audit.json", only: "$(touch taken)" });
  expect(out).toContain("no check is called X-$(TOUCH TAKEN)");
  expect(readdirSync(folder)).not.toContain("taken");
});
