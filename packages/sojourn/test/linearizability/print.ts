import { check } from "./check.ts";
import type { Act, Operation } from "./operation.ts";
import { essence } from "./shrink.ts";

/** An unexplained history as a person reads it: the least of it that is wrong by itself. */
export function wrongHistoryText(history: readonly Operation[]): string {
  const names = new Names();
  const needed = essence(history);
  const rows = needed.map(({ asked, answered, client, act }) => [
    `${asked}-${answered}`,
    client,
    ...sayAct(act, names),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const others = history.length - needed.length;
  return [
    `No order explains these ${needed.length} operations on one session, whatever became of ${others} others:`,
    ...lines.map((line) => `  ${line}`),
  ].join("\n");
}

/** What kind of wrong it is, where the search came furthest. */
export function kindOfWrong(history: readonly Operation[]): "revived" | "lost" | "out of order" {
  const verdict = check(history);
  if (verdict.isExplained) throw new Error("This history is explained");
  const { phase } = verdict.state;
  const worked = verdict.stuck.some(({ act }) => didWork(act));
  if (phase === "gone" && worked) return "revived";
  if (phase === "standing" && verdict.stuck.some(({ act }) => foundNothing(act))) return "lost";
  return "out of order";
}

function didWork(act: Act): boolean {
  if (act.do === "open") return "value" in act.answer;
  if (act.do === "list") return act.answer;
  if (act.do === "update" || act.do === "renew") return act.answer === "done";
  if (act.do === "take" || act.do === "carry") return typeof act.answer === "object";
  return act.do === "remove" && act.answer === true;
}

function foundNothing(act: Act): boolean {
  if (act.do === "open") return "refused" in act.answer;
  if (act.do === "list" || act.do === "remove") return act.answer === false;
  return "answer" in act && act.answer === "ended";
}

function sayAct(act: Act, names: Names): readonly [string, string] {
  switch (act.do) {
    case "log in":
      return [`log in, leaving ${names.value(act.value)}`, names.token(act.token)];
    case "open": {
      const { answer } = act;
      const found = "value" in answer ? sayFound(answer.value, answer.ticket, names) : `refused: ${answer.refused}`;
      return [`open with ${names.token(act.token)}`, found];
    }
    case "update": {
      const ticket = act.ticket === null ? "" : `, leaving ${names.ticket(act.ticket)}`;
      const from = act.seen === undefined ? "nothing" : names.value(act.seen);
      return [`update ${from} to ${names.value(act.value)}${ticket}`, String(act.answer)];
    }
    case "take":
      if (act.answer === null || typeof act.answer === "string") return ["take the ticket", String(act.answer)];
      return ["take the ticket", act.answer.ticket === null ? "none there" : names.ticket(act.answer.ticket)];
    case "renew":
      return [`renew ${names.token(act.token)} to ${names.token(act.to)}`, String(act.answer)];
    case "carry":
      return [
        `log in again with ${names.token(act.token)}`,
        typeof act.answer === "object" && act.answer !== null
          ? `carried ${names.value(act.answer.value)}`
          : String(act.answer),
      ];
    case "remove":
      return [act.by, String(act.answer)];
    case "list":
      return ["list", act.answer ? "there" : "not there"];
    case "fail over":
      return ["fail over", ""];
  }
}

function sayFound(value: string, ticket: string | null, names: Names): string {
  return ticket === null ? names.value(value) : `${names.value(value)} and ${names.ticket(ticket)}`;
}

/** Short names, in the order of their appearance: tokens are secrets and are never printed. */
class Names {
  readonly #values = new Map<string, string>();
  readonly #tokens = new Map<string, string>();

  value = (value: string) => nameIn(this.#values, value, "value");
  ticket = (ticket: string) => `ticket of ${this.value(ticket)}`;
  token = (token: string) => nameIn(this.#tokens, token, "token");
}

function nameIn(known: Map<string, string>, thing: string, kind: string): string {
  const name = known.get(thing) ?? `${kind} ${known.size + 1}`;
  known.set(thing, name);
  return name;
}
