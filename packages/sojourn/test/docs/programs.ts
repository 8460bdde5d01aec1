import type { CodeBlock, MarkdownPage } from "./markdown.ts";

/** One program that a page shows: a `ts` block, and the blocks that continue it. */
export interface Program {
  /** For example `docs/start.md, line 12`. */
  readonly name: string;
  /** Without its ending. */
  readonly file: string;
  /** Every line stands where it stands in the page, so that the line of an error is the line of the page. */
  readonly source: string;
}

/** Its program needs iron-session, which is installed apart: the suite `upgrade` runs it. */
const runElsewhere = "docs/moving-from-iron-session.md";

/** The pages whose code is promised to run. */
export function hasPromisedCode({ path }: MarkdownPage): boolean {
  if (path === runElsewhere) return false;
  return (
    ["README.md", "packages/sojourn/README.md", "packages/audit/README.md", "SECURITY.md", "CONTRIBUTING.md"].includes(
      path,
    ) || /^(docs|skills)\//.test(path)
  );
}

export function programsOf(page: MarkdownPage): readonly Program[] {
  const chains: CodeBlock[][] = [];
  for (const block of page.blocks) {
    if (block.language !== "ts") continue;
    const last = chains.at(-1);
    if (block.isContinued && last) last.push(block);
    else chains.push([block]);
  }
  return chains.map((blocks) => ({
    name: `${page.path}, line ${blocks[0]?.line}`,
    file: `${page.path.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${blocks[0]?.line}`,
    source: sourceOf(blocks),
  }));
}

function sourceOf(blocks: readonly CodeBlock[]): string {
  const lines: string[] = [];
  for (const { line, code } of blocks) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...code.split("\n"));
  }
  return `${lines.join("\n")}\n`;
}
