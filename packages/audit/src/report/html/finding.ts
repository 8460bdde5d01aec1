import { frameworks, type RemedyTopic, remedies } from "../../checks/remedies.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { Report, Result } from "../report.ts";
import { type Html, html } from "./html.ts";

/** One finding: what happened, the proof, every exchange in its order, and how to mend it. */
export function findingCard(result: Result, report: Report, { isOpen }: { isOpen: boolean }): Html {
  const exchanges = result.transcript.flatMap((id) => report.exchanges.find((each) => each.id === id) ?? []);
  const remedy = remedies[result.remedy as RemedyTopic];
  return html`<details${isOpen ? html` open` : null} id="${result.id}">
<summary><span class="tag ${result.severity}">${result.severity}</span> <h3>${result.id}: ${result.title}</h3></summary>
<div class="inside">
<p>${result.summary}. <span class="soft">${result.confidence ?? result.verdict}</span></p>
${result.proof.length > 0 ? html`<ul>${result.proof.map((line) => html`<li>${line}</li>`)}</ul>` : null}
${exchanges.length > 0 ? timeline(exchanges, result) : null}
<details><summary>How to mend it</summary><div class="inside"><p>${remedy.rule}</p>
<dl>${frameworks.map((framework) => html`<dt>${framework}</dt><dd>${remedy.in[framework].replaceAll("`", "")}</dd>`)}</dl></div></details>
</div></details>`;
}

/** The decisive exchanges are those that the proof names; without one, the last. */
function timeline(exchanges: readonly Exchange[], { proof }: Result): Html {
  const named = new Set(proof.flatMap((line) => line.match(/\be\d+\b/g) ?? []));
  const last = exchanges.at(-1)?.id;
  const isDecisive = ({ id }: Exchange) => (named.size > 0 ? named.has(id) : id === last);
  return html`<ol class="timeline" aria-label="What was sent">${exchanges.map((each) => step(each, isDecisive(each)))}</ol>`;
}

const longestPath = 80;

function step(exchange: Exchange, isDecisive: boolean): Html {
  const { id, by, request, response, failure, at, took } = exchange;
  const path = URL.canParse(request.url) ? request.url.slice(new URL(request.url).origin.length) : request.url;
  return html`<li${isDecisive ? html` class="decisive"` : null}><details>
<summary>${id} · ${by}: ${request.method} ${path.length > longestPath ? `${path.slice(0, longestPath)}…` : path} → ${response?.status ?? failure}${isDecisive ? " · decisive" : null}</summary>
<p class="inside soft">${(at / 1000).toFixed(2)} s after the start, ${took} ms</p>
<pre>${request.method} ${request.url}
${lines(request.headers)}
${request.body}</pre>
${
  response
    ? html`<pre>${response.status}
${lines(response.headers)}

${response.body}</pre>`
    : html`<pre>${failure}</pre>`
}
</details></li>`;
}

function lines(headers: Exchange["request"]["headers"]): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}
