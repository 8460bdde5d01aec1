import type { Secrets } from "../http/secrets.ts";
import type { Report } from "./report.ts";

/**
 * A report without any secret learned so far. Only in its texts: a cookie whose value is "accepted" or "critical" must
 * not change what the report says, and a name that the target made up must not become a part of it.
 */
export function redacted(report: Report, { redact }: Secrets): Report {
  const or = (text: string | null) => (text === null ? null : redact(text));
  const headers = (lines: [string, string][]) => lines.map(([name, value]): [string, string] => [name, redact(value)]);
  return {
    ...report,
    whoami: or(report.whoami),
    lost: or(report.lost),
    controls: report.controls.map(({ name, problem }) => ({ name, problem: or(problem) })),
    checks: report.checks.map((each) => ({ ...each, summary: redact(each.summary), proof: each.proof.map(redact) })),
    exchanges: report.exchanges.map(({ request, response, failure, ...rest }) => ({
      ...rest,
      request: { ...request, url: redact(request.url), headers: headers(request.headers), body: redact(request.body) },
      response: response && { ...response, headers: headers(response.headers), body: redact(response.body) },
      failure: or(failure),
    })),
  };
}
