import { existsSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { expect, test } from "vitest";
import { markdownPages, root } from "./repository.ts";

const pages = markdownPages();
const pageAt = new Map(pages.map((page) => [page.path, page]));

test("every link inside the repository leads to a file, and to a heading where it names one", () => {
  const broken = pages.flatMap((page) =>
    page.links
      .filter(({ target }) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
      .filter(({ target }) => !leadsSomewhere(page.path, target))
      .map(({ line, target }) => `${page.path}, line ${line}: ${target}`),
  );
  expect(broken).toEqual([]);
});

function leadsSomewhere(from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? from : join(dirname(from), file);
  if (path.startsWith("..") || !existsSync(root + path)) return false;
  return anchor === undefined || pageAt.get(path)?.anchors.has(anchor) === true;
}
