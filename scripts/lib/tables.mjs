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

/** Prints which store keeps which sentence of the contract, and names every one that is broken. */
export function printStoreTable(tests) {
  const contract = tests.flatMap(({ ancestorTitles, title, status }) => {
    const group = ancestorTitles.find((name) => name.startsWith("store contract: "));
    return group === undefined ? [] : [{ store: group.slice("store contract: ".length), check: title, status }];
  });
  if (contract.length === 0) return;
  const stores = [...new Set(contract.map(({ store }) => store))].sort();
  const checks = [...new Set(contract.map(({ check }) => check))];
  const letters = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
  const letterOf = (store) => [...letters, ...letters.map((letter) => `A${letter}`)][stores.indexOf(store)];
  const cells = new Map(contract.map(({ store, check, status }) => [`${store}\n${check}`, status]));
  const cell = (store, check) => ({ passed: "ok", failed: "NO" })[cells.get(`${store}\n${check}`)] ?? "--";

  console.log(`\n${bold(`Stores and the ${checks.length} checks of their contract (-- is not run)`)}`);
  for (const store of stores) {
    const passed = checks.filter((check) => cell(store, check) === "ok").length;
    console.log(`  ${letterOf(store).padEnd(2)} ${store.padEnd(44)} ${passed} of ${checks.length} checks`);
  }
  console.log(`\n  ${stores.map((store) => letterOf(store).padEnd(2)).join(" ")}`);
  for (const check of checks) console.log(`  ${stores.map((store) => cell(store, check)).join(" ")}  ${check}`);
  const broken = contract.filter(({ status }) => status !== "passed");
  for (const { store, check } of broken) console.log(red(`  ${store} does not keep: ${check}`));
}

function isNumber(cell) {
  return typeof cell === "number";
}
