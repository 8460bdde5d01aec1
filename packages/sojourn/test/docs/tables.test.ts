import { describe, expect, test } from "vitest";
import { SojournError, type SojournErrorCode } from "../../src/core/errors.ts";
import { parseMarkdown } from "./markdown.ts";
import { filesIn, read } from "./repository.ts";

const source = (path: string) => read(`packages/sojourn/src/${path}`);

describe("the documentation names everything there is, and nothing else", () => {
  test("every error code, with its status", () => {
    const statuses = membersOf("SojournErrorCode", source("core/errors.ts")).map((code) => [
      code,
      String(new SojournError(code as SojournErrorCode, "").status),
    ]);
    const documented = rowsOf("docs/errors.md", "Code").map(([code = "", status = ""]) => [unquoted(code), status]);
    expect(documented).toEqual([...statuses, ["ERR_OPTIONS", ""]]);
  });

  test("every event type", () => {
    const types = [...source("core/events.ts").matchAll(/readonly type: "([a-z_]+)"/g)].map(([, type]) => type);
    expect(namesIn("docs/events.md", "Type")).toEqual(types);
  });

  test("every reason why a request is not signed in", () => {
    expect(namesIn("docs/events.md", "Reason", "Why a request is not signed in")).toEqual(
      membersOf("RefusalReason", source("core/events.ts")),
    );
  });

  test("every reason why a session is over", () => {
    expect(namesIn("docs/events.md", "Reason", "Why a session is over")).toEqual(
      membersOf("EndReason", source("core/events.ts")),
    );
  });

  test("every cause of a new secret", () => {
    expect(namesIn("docs/events.md", "Cause")).toEqual(membersOf("RenewalCause", source("core/events.ts")));
  });

  test("every reason why a device is missing", () => {
    const documented = namesIn("docs/events.md", "Cause", "Why a device is missing");
    expect(documented).toEqual(membersOf("WithoutDevice", source("core/events.ts")));
  });

  test("every reason why a proof is refused", () => {
    const documented = namesIn("docs/events.md", "Reason", "Why a proof was refused");
    expect(documented).toEqual(membersOf("ProofRefusal", source("core/events.ts")));
  });

  test("every reason of the CSRF guard", () => {
    expect(namesIn("docs/events.md", "Reason", "Why the CSRF guard refused")).toEqual(
      membersOf("CsrfRefusal", source("core/events.ts")),
    );
  });

  test("every subpath that can be imported", () => {
    const { exports } = JSON.parse(read("packages/sojourn/package.json")) as { exports: object };
    expect(namesIn("docs/subpaths.md", "Import")).toEqual(
      Object.keys(exports).map((subpath) => subpath.replace(/^\./, "sojourn")),
    );
  });

  test("every option of a manager, in the page that begins", () => {
    const options = [...source("options.ts").matchAll(/^ {2}readonly (\w+)\??:.*;$/gm)].map(([, name]) => name);
    const documented = rowsOf("docs/start.md", "Option").flatMap(([names = ""]) => names.split(", ").map(unquoted));
    expect(new Set(documented)).toEqual(new Set(options.slice(0, options.indexOf("clock") + 1)));
  });

  test("every decision, in the index", () => {
    const { links } = parseMarkdown("docs/README.md", read("docs/README.md"));
    const linked = links.map(({ target }) => target).filter((target) => target.startsWith("decisions/"));
    expect(linked.map((target) => target.slice("decisions/".length))).toEqual(filesIn("docs/decisions"));
    const titles = linked.map((target) => read(`docs/${target}`).split("\n")[0]);
    expect(titles).toEqual(
      rowsOf("docs/README.md", "", "Decisions").map(([number = "", title]) => `# ${numberOf(number)}. ${title}`),
    );
  });
});

/** The strings of a union type, in the order of the source. */
function membersOf(type: string, text: string): readonly string[] {
  const withoutComments = text.replaceAll(/\/\*\*.*?\*\//gs, "");
  const declaration = new RegExp(`export type ${type} =([^;]+);`).exec(withoutComments)?.[1] ?? "";
  return [...declaration.matchAll(/"([^"]+)"/g)].map(([, member = ""]) => member);
}

/** The names in the first column of a table. */
function namesIn(page: string, heading: string, section?: string): readonly string[] {
  return rowsOf(page, heading, section).map(([name = ""]) => unquoted(name));
}

/** The rows of the first table whose first column has that heading, after the heading `section` where one is named. */
function rowsOf(page: string, heading: string, section?: string): readonly (readonly string[])[] {
  const { lines } = parseMarkdown(page, read(page));
  const from = section === undefined ? 0 : lines.findIndex((line) => line.endsWith(`# ${section}`));
  const top = lines.findIndex((line, at) => at >= from && cellsOf(line)?.[0] === heading);
  const rows: string[][] = [];
  for (let at = top + 2; cellsOf(lines[at]) !== null; at++) rows.push(cellsOf(lines[at]) ?? []);
  return rows;
}

function cellsOf(line = ""): string[] | null {
  if (!line.startsWith("|")) return null;
  return line
    .slice(1, line.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function unquoted(cell: string): string {
  return cell.replaceAll("`", "");
}

function numberOf(link: string): string {
  return /^\[(\d+)\]/.exec(link)?.[1] ?? "";
}
