import type { SessionToken } from "../../../src/core/ids.ts";
import { decodeRecord } from "../../../src/core/record.ts";
import type { StoredSession, StoredUpdate } from "../../../src/core/store.ts";
import { idOf, secretHash } from "../../../src/core/token.ts";
import type { Answer, Call } from "./calls.ts";
import type { BadSchedule, Taken } from "./search.ts";

/** A schedule as a person reads it: who asked for what, and what came back, one step a line. */
export function scheduleText(bad: BadSchedule, names: ReadonlyMap<string, string>): string {
  const speak = speaker(names);
  const seats = bad.programs.map(({ name }, at) => {
    const copies = bad.programs.filter((other) => other.name === name).length;
    return copies > 1 ? `${name} ${bad.programs.slice(0, at + 1).filter((other) => other.name === name).length}` : name;
  });
  const widest = Math.max(...seats.map(({ length }) => length));
  const lines = bad.steps
    .flatMap(readsApart)
    .map((step) => `  ${seats[step.move.program]?.padEnd(widest)}  ${lineOf(step, speak)}`);
  return [`${seats.join(", ")}`, ...lines, `  => ${speak.text(bad.violated)}`].join("\n");
}

/** Parallel reads a line each, the last one last: the others were answered at some moment since they were asked for. */
function readsApart(step: Taken): readonly Taken[] {
  const { move } = step;
  if (move.kind !== "readings") return [step];
  const { program, earlier } = move;
  return [...earlier.map(({ call, answer }) => ({ move: { kind: "perform", program, call }, answer }) as const), step];
}

type Speaker = ReturnType<typeof speaker>;

/** Short names for sessions, secrets and marks, given in the order they appear. */
function speaker(names: ReadonlyMap<string, string>) {
  const sessions = new Map(names);
  const secrets = new Map<string, string>();
  const session = (id: string) => given(sessions, id, () => `N${sessions.size - names.size + 1}`);
  const secret = (hash: string) => given(secrets, hash, () => `secret ${secrets.size + 1}`);
  return {
    session,
    secret,
    token: (token: SessionToken | null) =>
      token === null ? "nothing" : `${session(idOf(token))}'s ${secret(secretHash(token))}`,
    text: (text: string) => text.replace(/[A-Za-z0-9_-]{22}/g, (id) => (sessions.has(id) ? session(id) : id)),
  };
}

function given(known: Map<string, string>, key: string, name: () => string): string {
  const value = known.get(key) ?? name();
  known.set(key, value);
  return value;
}

function lineOf({ move, answer }: Taken, speak: Speaker): string {
  const asked = callText(move.call, speak);
  if (move.kind === "stray") return `${asked} is performed after all`;
  if (move.kind === "silence") return `${asked} -> silence`;
  return answer ? `${asked} -> ${answerText(move.call, answer, speak)}` : `${asked} ...`;
}

function callText(call: Call, speak: Speaker): string {
  switch (call.verb) {
    case "find":
    case "remove":
      return `${call.verb} ${speak.session(call.id)}`;
    case "insert":
    case "update":
      return `${call.verb} ${rowText(call.row, speak)}`;
    case "idsOf":
      return `idsOf ${call.userId}`;
    case "receive":
      return `receives the cookie ${speak.token(call.cookie)}`;
    case "toss":
      return `plants the cookie ${speak.token(call.cookie)}`;
    case "send":
      return "sends its cookies";
    case "wait":
      return "nobody does anything for two and a half minutes";
    default:
      return call.verb;
  }
}

function answerText(call: Call, { value }: Answer, speak: Speaker): string {
  if (call.verb === "send") return value === null ? "none" : cookiesText(String(value), speak);
  if (call.verb === "find" && value !== null) return rowText(value as StoredSession, speak);
  if (call.verb === "idsOf") return (value as readonly string[]).map(speak.session).join(" ");
  return value === undefined ? "done" : `${value}`;
}

function cookiesText(header: string, speak: Speaker): string {
  return header
    .split("; ")
    .map((pair) => speak.token(pair.slice(pair.indexOf("=") + 1) as SessionToken))
    .join(" and ");
}

function rowText({ id, version, body }: StoredSession | StoredUpdate, speak: Speaker): string {
  const record = decodeRecord(body);
  if (record === null) return `${speak.session(id)} version ${version}`;
  const { current, pending, previous, sealed, data } = record;
  const parts = [
    `current ${speak.secret(current)}`,
    pending && `pending ${speak.secret(pending.hash)}`,
    previous && `previous ${speak.secret(previous.hash)}${previous.accepted ? "" : " (refused)"}`,
    sealed && "sealed",
    `data ${JSON.stringify(data)}`,
  ].filter(Boolean);
  return `${speak.session(id)} version ${version} {${parts.join(", ")}}`;
}
