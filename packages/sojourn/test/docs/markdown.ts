/** What the tests look at in a page of Markdown. */
export interface MarkdownPage {
  /** In the repository, for example `docs/start.md`. */
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** What can stand after `#` in a link to this page. */
  readonly anchors: ReadonlySet<string>;
  /** The text without code blocks, line by line. */
  readonly lines: readonly string[];
}

export interface CodeBlock {
  /** `ts`, `sh` and so on; empty where none is named. */
  readonly language: string;
  /** Whether it goes on where the block before it ended: `ts continued`. */
  readonly isContinued: boolean;
  /** The number, from 1, of its first line of code in the page. */
  readonly line: number;
  readonly code: string;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

const fence = /^( *)(`{3,})(.*)$/;

export function parseMarkdown(path: string, text: string): MarkdownPage {
  const blocks: CodeBlock[] = [];
  const lines: string[] = [];
  const all = text.split("\n");
  for (let at = 0; at < all.length; at++) {
    const [, indent = "", ticks = "", info = ""] = fence.exec(all[at] ?? "") ?? [];
    lines.push(ticks === "" ? (all[at] ?? "") : "");
    if (ticks === "") continue;
    const first = at + 1;
    while (++at < all.length && all[at]?.trim() !== ticks) lines.push("");
    lines.push("");
    const [language = "", ...words] = info.trim().split(/\s+/);
    const code = all.slice(first, at).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ language, isContinued: words.includes("continued"), line: first + 1, code: code.join("\n") });
  }
  return { path, blocks, links: linksIn(lines), anchors: anchorsIn(lines), lines };
}

function linksIn(lines: readonly string[]): readonly Link[] {
  return lines.flatMap((line, at) =>
    [...line.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(<?([^)\s>]+)>?\)|(?:src|href)="([^"]+)"/g)].map((match) => ({
      line: at + 1,
      target: match[1] ?? match[2] ?? "",
    })),
  );
}

/** The anchors that GitHub makes of headings: lower case, no punctuation, a number after the second of a name. */
function anchorsIn(lines: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of lines) {
    const heading = /^#{1,6} +(.*?) *$/.exec(line)?.[1];
    if (heading === undefined) continue;
    const slug = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}
