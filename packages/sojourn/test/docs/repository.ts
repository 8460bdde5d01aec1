import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type MarkdownPage, parseMarkdown } from "./markdown.ts";

/** The repository's folder, with a slash at its end. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Every Markdown file of the repository, but for what git ignores. */
export function markdownPages(): readonly MarkdownPage[] {
  const listed = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", "*.md"],
    { cwd: root, encoding: "utf8" },
  );
  return listed
    .split("\n")
    .filter((path) => path !== "" && existsSync(root + path))
    .map((path) => parseMarkdown(path, read(path)));
}

/** A file's text, by its path in the repository. */
export function read(path: string): string {
  return readFileSync(root + path, "utf8");
}

/** The names of the files in a folder of the repository, in order. */
export function filesIn(path: string): readonly string[] {
  return readdirSync(root + path).sort();
}
