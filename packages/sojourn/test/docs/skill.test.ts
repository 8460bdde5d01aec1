import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { read, root } from "./repository.ts";

const skills = readdirSync(`${root}skills`, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test("there is a skill for designing session management", () => {
  expect(skills).toContain("design-session-management");
});

test.each(skills)("%s is a skill that agents can load: named as its folder, described, under 200 lines", (name) => {
  const text = read(`skills/${name}/SKILL.md`);
  const [, frontmatter = ""] = /^---\n(.*?)\n---\n/s.exec(text) ?? [];
  expect(frontmatter).toMatch(new RegExp(`^name: ${name}$`, "m"));
  const description = /^description: (.+)$/m.exec(frontmatter)?.[1] ?? "";
  expect(description.length).toBeGreaterThan(0);
  expect(description.length).toBeLessThanOrEqual(1024);
  expect(text.split("\n").length).toBeLessThan(200);
});

test.each(skills)("%s has its slash command, which says what it does and leads to the skill", (name) => {
  const command = read(`skills/${name}/commands/${name}.md`);
  expect(command).toMatch(/^---\ndescription: .+\n/);
  expect(command).toContain("SKILL.md");
});

test.each(skills)("%s says where each requirement comes from", (name) => {
  const sources = read(`skills/${name}/references/sources.md`);
  const known = new Set(sources.match(requirement));
  expect(requirementsIn(read(`skills/${name}/SKILL.md`)).filter((id) => !known.has(id))).toEqual([]);
});

const requirement = /\b(?:ASVS|OSM|OCS|OAU|OMF|OH5|N63B|PCI|HIP|CK|HC|CSD)-\d[\d.]*\b/g;

/** The ids a text names; `OSM-01, 11 to 13` are OSM-01, 11, 12 and 13. */
function requirementsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b([A-Z][A-Z0-9]+)-(\d[\d.]*\b)((?:(?:, | to | and )\d[\d.]*\b)*)/g)].flatMap(
    ([, prefix, first = "", others = ""]) => {
      const numbers = [first];
      for (const [, joint, number = ""] of others.matchAll(/(, | to | and )(\d[\d.]*\b)/g)) {
        if (joint === " to ") numbers.push(...between(numbers.at(-1) ?? "", number));
        numbers.push(number);
      }
      return numbers.map((number) => `${prefix}-${number}`);
    },
  );
}

/** What stands between `7.4.1` and `7.4.4`, or `01` and `04`: they differ in their last number. */
function between(from: string, to: string): readonly string[] {
  const [, stem = "", last = ""] = /^(.*?)(\d+)$/.exec(from) ?? [];
  const width = last.length;
  const between: string[] = [];
  for (let at = Number(last) + 1; at < Number(/\d+$/.exec(to)?.[0]); at++) {
    between.push(stem + String(at).padStart(width, "0"));
  }
  return between;
}
