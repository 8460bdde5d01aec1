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
