import { bold, red } from "./print.mjs";

/** Lines of a table whose cells are text: the first row is its head. Numbers stand at the right. */
export function tableLines(rows) {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en") : cell)));
  const widths = texts[0].map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  return texts.map((row, at) =>
    row
      .map((text, column) =>
        isNumber(rows[at === 0 ? 1 : at]?.[column]) ? text.padStart(widths[column]) : text.padEnd(widths[column]),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** The same table as Markdown. */
export function markdownTable([head, ...rows]) {
  const line = (cells) => `| ${cells.map((cell) => (isNumber(cell) ? cell.toLocaleString("en") : cell)).join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, column) => (isNumber(rows[0]?.[column]) ? "--:" : "---"))),
    ...rows.map(line),
  ].join("\n");
}

/** Prints who of them (stores, adapters) keeps which sentence of their contract, and names every one that is broken. */
export function printContractTable(tests, { of, plural }) {
  const prefix = `${of} contract: `;
  const contract = tests.flatMap(({ ancestorTitles, title, status }) => {
    const group = ancestorTitles.find((name) => name.startsWith(prefix));
    return group === undefined ? [] : [{ keeper: group.slice(prefix.length), check: title, status }];
  });
  if (contract.length === 0) return;
  const keepers = [...new Set(contract.map(({ keeper }) => keeper))].sort();
  const checks = [...new Set(contract.map(({ check }) => check))];
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const letterOf = (keeper) => [...letters, ...letters.map((letter) => `A${letter}`)][keepers.indexOf(keeper)];
  const cells = new Map(contract.map(({ keeper, check, status }) => [`${keeper}\n${check}`, status]));
  const cell = (keeper, check) => ({ passed: "ok", failed: "NO" })[cells.get(`${keeper}\n${check}`)] ?? "--";

  console.log(`\n${bold(`${plural} and the ${checks.length} checks of their contract (-- is not run)`)}`);
  for (const keeper of keepers) {
    const passed = checks.filter((check) => cell(keeper, check) === "ok").length;
    console.log(`  ${letterOf(keeper).padEnd(2)} ${keeper.padEnd(44)} ${passed} of ${checks.length} checks`);
  }
  console.log(`\n  ${keepers.map((keeper) => letterOf(keeper).padEnd(2)).join(" ")}`);
  for (const check of checks) console.log(`  ${keepers.map((keeper) => cell(keeper, check)).join(" ")}  ${check}`);
  const broken = contract.filter(({ status }) => status !== "passed");
  for (const { keeper, check } of broken) console.log(red(`  ${keeper} does not keep: ${check}`));
}

function isNumber(cell) {
  return typeof cell === "number";
}
