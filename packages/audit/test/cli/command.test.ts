import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../src/cli/command.ts";
import { reportSchema } from "../../src/report/report.ts";
import { notesFile } from "../support/audit-notes.ts";
import { createNotes } from "../support/notes.ts";
import { authority, issuedKey, type Served, serve, servePlain } from "../support/serve.ts";

let notes: Served;
let folder: string;
beforeAll(async () => {
  notes = await serve(createNotes(new Set(["X-COOK-02"])));
  folder = mkdtempSync(join(tmpdir(), "sojourn-audit-"));
});
afterAll(async () => {
  await notes.close();
  rmSync(folder, { recursive: true });
});

const account = { AUDIT_USER: "alice@example.test", AUDIT_PASSWORD: "correct horse" };

/** Somebody at the terminal: each answer is typed when a question has been put. */
interface Typing {
  readonly input: PassThrough & { isTTY: boolean };
  readonly answers: readonly string[];
}

/** Runs a command line, and returns its exit code and everything it said. */
async function sojournAudit(
  command: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  isTTY = false,
  typing?: Typing,
) {
  let out = "";
  let err = "";
  const left = [...(typing?.answers ?? [])];
  const code = await runCommand(command, {
    environment,
    ...(typing && { input: typing.input }),
    out: {
      isTTY,
      write: (text) => {
        out += text;
        if (/: $/.test(text) && left.length > 0) typing?.input.write(`${left.shift()}\r`);
      },
    },
    err: {
      isTTY,
      write: (text) => {
        err += text;
      },
    },
  });
  return { code, out, err };
}

function written(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("run", () => {
  test("writes the reports that were asked for, and ends with 1 for a finding", async () => {
    const { target, ...described } = notesFile(notes.url, notes.plainUrl);
    const file = join(folder, "on-lines.json");
    const parts = Object.entries({ target, ...described }).sort(
      ([a], [b]) => Number(a === "login") - Number(b === "login"),
    );
    writeFileSync(
      file,
      `{\n${parts.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(",\n")}\n}`,
    );
    const path = (name: string) => join(folder, name);
    const outputs = [
      "--json",
      path("r.json"),
      "--sarif",
      path("r.sarif"),
      "--junit",
      path("r.xml"),
      "--html",
      path("r.html"),
    ];
    const { code, out } = await sojournAudit(["run", file, "--only", "X-TLS-01,X-COOK", ...outputs]);
    expect(code).toBe(1);
    expect(out).toContain("X-COOK-02 Scripts can read __Host-id");
    const report = reportSchema.parse(JSON.parse(readFileSync(path("r.json"), "utf8")));
    expect(report.checks.map(({ id }) => id)).toContain("X-TLS-01");
    expect(report.checks.find(({ id }) => id === "X-COOK-02")).toMatchObject({ attempts: 2, line: 11 });
    expect(readFileSync(path("r.sarif"), "utf8")).toContain('"startLine": 11');
    for (const name of ["r.sarif", "r.xml", "r.html"]) expect(readFileSync(path(name), "utf8")).toContain("X-COOK-02");
  });

  test("compares with an earlier report, and takes nothing else for one", async () => {
    const file = written("notes.json", notesFile(notes.url, notes.plainUrl));
    const earlier = join(folder, "earlier.json");
    await sojournAudit(["run", file, "--only", "X-COOK-02", "--json", earlier]);
    const { code, out } = await sojournAudit(["run", file, "--only", "X-COOK", "--baseline", earlier]);
    expect(code).toBe(1);
    expect(out).toContain("unchanged: X-COOK-02");
    const wrong = await sojournAudit(["run", file, "--baseline", file]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain("is no report that --json of this version wrote");
  });

  test("an accepted finding of a check that does not exist is a mistake", async () => {
    const accepted = [{ check: "X-COOK-99", reason: "A slip", owner: "us", expires: "2999-01-01" }];
    const file = written("accepted.json", { ...notesFile(notes.url, notes.plainUrl), accepted });
    const { code, err } = await sojournAudit(["run", file]);
    expect(code).toBe(2);
    expect(err).toContain("accepted: there is no check X-COOK-99");
  });

  test("says first what it is going to take; then shows a person how far it is, and a log nothing more", async () => {
    const file = written("notes.json", notesFile(notes.url, notes.plainUrl));
    const seen = await sojournAudit(["run", file, "--only", "X-COOK"], {}, true);
    expect(seen.err).toContain("/10 The cookie has no Secure");
    const plan = /^10 of 10 checks: about \d+ requests and \d+ logins in 1 s\n$/;
    expect((await sojournAudit(["run", file, "--only", "X-COOK", "--no-browser"], { CI: "true" }, true)).err).toMatch(
      plan,
    );
    expect((await sojournAudit(["run", file, "--only", "X-COOK", "--quiet"], {}, true)).err).toBe("");
  });

  test("with a wrong password ends with 3, and says what failed without saying the password", async () => {
    const file = notesFile(notes.url, notes.plainUrl);
    const users = { alice: { name: "alice@example.test", password: "never-to-be-seen" } };
    const { code, out } = await sojournAudit(["run", written("wrong.json", { ...file, users })]);
    expect(code).toBe(3);
    expect(out).toContain("alice is signed in, 3 of 3 times");
    expect(out).not.toContain("never-to-be-seen");
  });

  test("says every problem of an audit file at once, and ends with 2", async () => {
    const { code, err } = await sojournAudit([
      "run",
      written("bad.json", {
        target: "staging",
        users: {},
        login: { kind: "form", page: "login", fields: {} },
        colour: 1,
        whomai: {},
        expect: { idel: "15m" },
      }),
    ]);
    expect(code).toBe(2);
    for (const problem of [
      "target: write a whole URL",
      "users: name at least one user",
      "login.page: write a path",
      'there is no "colour" here',
      'there is no "whomai" here; did you mean "whoami"?',
      'expect: there is no "idel" here; did you mean "idle"?',
    ]) {
      expect(err).toContain(problem);
    }
  });

  test("a host that is nobody's own needs somebody who allowed it, before anything is sent", async () => {
    const file = {
      ...notesFile("https://www.example.com", "http://www.example.com"),
      users: { alice: { name: { env: "NOT_SET" } } },
    };
    const { code, err } = await sojournAudit(["run", written("foreign.json", file)]);
    expect(code).toBe(2);
    expect(err).toContain("www.example.com is not on this machine or a private network");
    expect(err).toContain("the environment variable NOT_SET is not set");
    expect((await sojournAudit(["run", "https://www.example.com"], account)).code).toBe(3);
  });

  test.each([
    [["run"]],
    [["fly", "x"]],
    [["run", "a", "b"]],
    [["run", "x", "--fail-on", "bad"]],
    [["run", "missing.json"]],
    [["run", "x", "--speed"]],
    [["run", "x", "--only", "X-ENDD"]],
    [["run", "localhost:3000"]],
    [["explain", "X-99"]],
  ])("%j is a wrong command: 2, and how to write it", async (command) => {
    const { code, err } = await sojournAudit(command);
    expect(code).toBe(2);
    expect(err).toContain("sojourn-audit --help lists the commands");
  });
});

describe("with a URL alone", () => {
  test("finds the login and the logout by looking, and audits", async () => {
    const handler = createNotes(new Set(["X-COOK-01", "plain name"]));
    const plain = await servePlain(handler);
    try {
      const { code, out } = await sojournAudit(["run", plain.url], account);
      expect(out).toContain('GET /account: signed in means status 200, the text "$user.name"');
      expect(code).toBe(0);
    } finally {
      await plain.close();
    }
  });

  test("https:// before what speaks no TLS is answered with http://", async () => {
    const plain = await servePlain(createNotes(new Set()));
    try {
      const { code, err } = await sojournAudit(["run", plain.url.replace("http:", "https:")], account);
      expect(code).toBe(3);
      expect(err).toContain(
        "did not answer (EPROTO): what listens there speaks no TLS; write http:// if that is meant",
      );
    } finally {
      await plain.close();
    }
  });

  test("over https, an authority of one's own is named by --ca, and by the audit file that init writes", async () => {
    const issued = await serve(createNotes(new Set()), { isIssued: true });
    try {
      const unknown = await sojournAudit(["run", issued.url], account);
      expect(unknown.code).toBe(3);
      expect(unknown.err).toContain("a certificate of an authority that is not trusted here");
      expect(unknown.err).toContain("name its file with --ca FILE, as ca in the audit file, or in NODE_EXTRA_CA_CERTS");
      const ca = fileURLToPath(authority);
      const known = await sojournAudit(["run", issued.url, "--ca", ca, "--only", "X-COOK"], account);
      expect(known.code, known.err).toBe(0);
      const file = { ...notesFile(issued.url, issued.plainUrl), ca: undefined };
      const beside = await sojournAudit(["doctor", written("issued.json", file), "--ca", ca]);
      expect(beside.code, beside.out).toBe(0);
      for (const wrong of [issued.url, written("issued.json", file)]) {
        const { code, err } = await sojournAudit(["run", wrong, "--ca", "nowhere.pem"], account);
        expect(code).toBe(2);
        expect(err).toContain("ca: nowhere.pem cannot be read");
      }
      const keyOnly = await sojournAudit(["run", issued.url, "--ca", fileURLToPath(issuedKey)], account);
      expect(keyOnly.err).toContain("holds no certificates as PEM");
    } finally {
      await issued.close();
    }
  });

  test("with a wrong password says so, and not that the application cannot be understood", async () => {
    const plain = await servePlain(createNotes(new Set()));
    try {
      const { code, err } = await sojournAudit(["run", plain.url], { ...account, AUDIT_PASSWORD: "never-to-be-seen" });
      expect(code).toBe(3);
      expect(err).toContain("Nobody seems to be signed in after the login: the login ended with POST /login");
      expect(err).toContain("Are the name and the password right?");
      expect(err).not.toContain("never-to-be-seen");
    } finally {
      await plain.close();
    }
  });

  test("says what to set, and what to do where there is no form", async () => {
    expect((await sojournAudit(["run", notes.plainUrl])).err).toContain("AUDIT_USER and AUDIT_PASSWORD");
    const empty = await servePlain((_request, response) => void response.end("hello"));
    try {
      const { code, err } = await sojournAudit(["run", empty.url], account);
      expect(code).toBe(3);
      expect(err).toContain("No form with a password was found");
    } finally {
      await empty.close();
    }
  });
});

describe("init", () => {
  const here = process.cwd();
  let plain: Served;
  beforeAll(async () => {
    plain = await servePlain(createNotes(new Set()));
    process.chdir(folder);
  });
  afterAll(async () => {
    process.chdir(here);
    await plain.close();
  });
  afterEach(() => rmSync("sojourn-audit.json", { force: true }));

  const written = () => JSON.parse(readFileSync("sojourn-audit.json", "utf8"));

  test("asks at a terminal, tries out what it found, and writes a file without secrets; no password is shown", async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const answers = ["alice@example.test", "correct horse", "bob@example.test", "battery staple", "soon", "15m", "12h"];
    const { code, out } = await sojournAudit(["init", plain.url], {}, true, { input, answers });
    expect(code, out).toBe(0);
    expect(out).toContain("The name of a test user: ");
    expect(out).toContain('Write a duration like "15m"');
    expect(out).toContain("Tried out: 5 controls hold, signed in by cookie __Host-id");
    expect(out).not.toMatch(/correct horse|battery staple/);
    expect(written()).toMatchObject({
      users: { user: { name: { env: "AUDIT_USER" } }, second: { password: { env: "AUDIT_SECOND_PASSWORD" } } },
      whoami: { request: { path: "/account" } },
      logout: { kind: "form", action: "/logout" },
      expect: { idle: "15m", absolute: "12h" },
    });
    expect(JSON.stringify(written())).not.toMatch(/correct horse|battery staple|alice/);
  });

  test("asks nothing where answers come by flags and the environment, as in CI", async () => {
    const { code, out } = await sojournAudit(["init", plain.url, "--idle", "30m"], account);
    expect(code, out).toBe(0);
    expect(written()).toMatchObject({ expect: { idle: "30m" } });
    expect((await sojournAudit(["init", plain.url], account)).err).toContain("is there already");
  });

  test("writes what it found although the second user cannot log in, says so, and ends with 3", async () => {
    const second = { AUDIT_SECOND_USER: "bob@example.test", AUDIT_SECOND_PASSWORD: "wrong password" };
    const { code, out } = await sojournAudit(["init", plain.url], { ...account, ...second });
    expect(code).toBe(3);
    expect(out).toContain("Tried out: ");
    expect(out).not.toContain("wrong password");
  });

  test("without a user nothing is sent: 2", async () => {
    expect((await sojournAudit(["init", plain.url])).code).toBe(2);
    expect((await sojournAudit(["record", "nowhere"])).code).toBe(2);
  });
});

describe("doctor and explain", () => {
  test("doctor says step by step what works", async () => {
    const file = written("notes.json", notesFile(notes.url, notes.plainUrl));
    const { code, out } = await sojournAudit(["doctor", file]);
    expect(code).toBe(0);
    expect(out.split("\n")).toEqual(
      expect.arrayContaining([
        "ok    nobody is signed out",
        "ok    alice is signed in, 3 of 3 times",
        "Signed in by cookie __Host-id",
      ]),
    );
  });

  test("explain says what a check means and how to mend what it finds", async () => {
    expect((await sojournAudit(["explain", "end-03"])).code).toBe(0);
    const { code, out } = await sojournAudit(["explain", "x-end-03"]);
    expect(code).toBe(0);
    expect(out).toContain("# X-END-03: A request in flight during the logout brings the session back");
    expect(out).toContain("| ASP.NET Core |");
  });

  test("help and version", async () => {
    expect((await sojournAudit([])).out).toContain("Exit code: 0");
    expect((await sojournAudit(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
