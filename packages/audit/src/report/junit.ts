import type { Report, Result } from "./report.ts";

/** JUnit XML: a suite per family, a case per check. What is inconclusive is an error: dashboards hide what is skipped. */
export function junitReport(report: Report): string {
  const families = [...new Set(report.checks.map(({ family }) => family))];
  const suites = families.map((family) =>
    suite(
      report.checks.filter((each) => each.family === family),
      family,
    ),
  );
  const lost = report.lost === null ? [] : [suite([lostLogin(report.lost)], "LOGIN")];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sojourn-audit">\n${[...lost, ...suites].join("\n")}\n</testsuites>\n`;
}

type Row = Pick<Result, "id" | "title" | "verdict" | "summary" | "proof" | "enable" | "accepted" | "took">;

function lostLogin(why: string): Row {
  return {
    id: "login",
    title: "could be made and kept",
    verdict: "inconclusive",
    summary: why,
    proof: [],
    enable: null,
    accepted: null,
    took: 0,
  };
}

function suite(rows: readonly Row[], family: string): string {
  const isFailure = ({ verdict, accepted }: Row) => verdict === "fail" && accepted === null;
  const counts = [
    `tests="${rows.length}"`,
    `failures="${rows.filter(isFailure).length}"`,
    `errors="${rows.filter(({ verdict }) => verdict === "inconclusive").length}"`,
    `skipped="${rows.filter(({ verdict }) => verdict === "not run").length}"`,
  ];
  return `  <testsuite name="X.${family}" ${counts.join(" ")}>\n${rows.map((row) => testCase(row, family)).join("\n")}\n  </testsuite>`;
}

function testCase(row: Row, family: string): string {
  const name = `classname="X.${family}" name="${xml(`${row.id} ${row.title}`)}" time="${row.took / 1000}"`;
  const details = xml([row.summary, ...row.proof].join("\n"));
  switch (row.verdict) {
    case "fail":
      return row.accepted
        ? `    <testcase ${name}><system-out>${xml(`accepted: ${row.accepted.reason}`)}</system-out></testcase>`
        : `    <testcase ${name}><failure message="${xml(row.summary)}">${details}</failure></testcase>`;
    case "inconclusive":
      return `    <testcase ${name}><error message="${xml(row.summary)}">${details}</error></testcase>`;
    case "not run":
      return `    <testcase ${name}><skipped message="${xml(row.enable ? `${row.summary}: add ${row.enable}` : row.summary)}"/></testcase>`;
    default:
      return `    <testcase ${name}><system-out>${details}</system-out></testcase>`;
  }
}

/** Text for XML 1.0, which has no control characters but three. */
function xml(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|\p{Cs}|[\ufffe\uffff]/gu, "�")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\n", "&#10;");
}
