const isTerminal = process.stdout.isTTY === true;

/** One line that says what goes on, in place where a terminal allows it. */
export function progress(text) {
  if (isTerminal) process.stdout.write(`\r\u001b[2K  ${text}`);
  else if (text !== "") console.log(`  ${text}`);
}

/** Progress in rounds: on a terminal every round, elsewhere only the last. */
export const progressOf = (label) => (round, rounds) => {
  if (isTerminal || round === rounds) progress(`${label}: round ${round} of ${rounds}`);
};

export function section(text) {
  progress("");
  console.log(`${isTerminal ? "\r" : ""}\n== ${text}`);
}

/** Rows of texts in columns, numbers to the right. */
export function printTable(head, rows) {
  progress("");
  if (isTerminal) process.stdout.write("\r");
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  for (const row of all) {
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ")}`,
    );
  }
}

/** A number with three significant digits, large ones with separators. */
export function figure(value) {
  if (value === null || value === undefined) return "unbounded";
  if (!Number.isFinite(value)) return "unbounded";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return Number(value.toPrecision(3)).toString();
}

export const spread = ({ value, low, high }) =>
  low === high ? figure(value) : `${figure(value)} (${figure(low)} to ${figure(high)})`;

const units = { x: "", us: " us", ms: " ms", bytes: " bytes", percent: " %", commands: "" };

export function target(verdict) {
  const words =
    verdict.atMost === undefined ? `at least ${figure(verdict.atLeast)}` : `at most ${figure(verdict.atMost)}`;
  return `${words}${units[verdict.unit] ?? ` ${verdict.unit}`}`;
}

export function printVerdicts(verdicts) {
  if (verdicts.length === 0) return;
  console.log("");
  printTable(
    ["target", "", "measured (95 % interval)", ""],
    verdicts.map((one) => [one.what, target(one), spread({ ...one }), one.met ? "met" : "MISSED"]),
  );
}
