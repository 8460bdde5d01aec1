import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logsInAndOut, refusesAnotherSitesForm } from "../support/logging-in.ts";
import { programsOf } from "./programs.ts";
import { markdownPages } from "./repository.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

/** The programs that show how to protect an application. All of them have to tell the same story. */
const programs = markdownPages()
  .flatMap(programsOf)
  .filter(({ source }) => source.includes('"/logout"') && source.includes("Hello, "));
let workshop: Workshop;

beforeAll(async () => {
  workshop = await openWorkshop(programs);
});
afterAll(() => workshop.close());

test("the pages show how to protect an application with Express, node:http and fetch", () => {
  const imports = ["sojourn/express", "sojourn/node", "sojourn/fetch"];
  expect(imports.filter((subpath) => !programs.some(({ source }) => source.includes(subpath)))).toEqual([]);
});

describe.each(programs)("the application of $name", (program) => {
  test("lets in who logs in, and nobody else, and forgets them at logout", async () => {
    await workshop.visit(program, async (origin) => {
      await logsInAndOut(origin);
    });
  });

  test("refuses a form that another site posts", async () => {
    await workshop.visit(program, async (origin) => {
      await refusesAnotherSitesForm(origin);
    });
  });
});
