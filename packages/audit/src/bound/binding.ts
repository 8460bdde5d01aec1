import { type Answer, headerOf, linesOf } from "../http/exchange.ts";
import { Trouble } from "../http/trouble.ts";
import { jsonAt } from "../login/pick.ts";
import type { Visitor } from "../login/visitor.ts";
import type { Member, Stage } from "../run/stage.ts";
import { type DeviceKey, newKey, type Proof, proofOf } from "./proof.ts";

/* Device Bound Session Credentials (W3C draft), as a browser speaks them. */

/** An application's offer to bind a session to a device. */
export interface Offer {
  readonly url: URL;
  readonly challenge: string;
  readonly authorization: string | null;
}

/** A session that has been bound to a key of ours. */
export interface Bound {
  readonly member: Member;
  readonly key: DeviceKey;
  readonly id: string;
  readonly refreshUrl: URL;
  /** The short-lived cookie that only a proof renews. */
  readonly cookie: string;
}

/** The offer in the answers of a login, or in that of who-am-I behind it; `null` if there is none. */
export async function offerOf(stage: Stage, member: Member): Promise<Offer | null> {
  const { answer } = await stage.ask(member);
  for (const each of [...member.loginAnswers, answer]) {
    const line = headerOf(each, "secure-session-registration");
    const path = line && textOf(line, "path");
    const challenge = line && textOf(line, "challenge");
    if (line && path && challenge && /\bES256\b/.test(line))
      return { url: new URL(path, each.url), challenge, authorization: textOf(line, "authorization") };
  }
  return null;
}

/** Logs in, and binds the session to a new key; `null` if that is not offered. @throws Trouble if the binding fails */
export async function bind(stage: Stage): Promise<Bound | null> {
  const member = await stage.signIn();
  const offer = await offerOf(stage, member);
  if (!offer) return null;
  const key = newKey();
  const { challenge: jti, authorization } = offer;
  const proof = proofOf({ key, jti, hasKey: true, ...(authorization !== null && { authorization }) });
  const answer = await send(member, offer.url, [["Secure-Session-Response", proof]]);
  const id = jsonAt(answer.text, "/session_identifier");
  const refresh = jsonAt(answer.text, "/refresh_url");
  const cookie = jsonAt(answer.text, "/credentials/0/name");
  if (answer.status >= 300 || id === null || refresh === null || cookie === null) {
    throw new Trouble("flow-broken", `${offer.url.pathname} (status ${answer.status}) takes no binding that it offers`);
  }
  return { member, key, id, refreshUrl: new URL(refresh, answer.url), cookie };
}

/** A fresh challenge. @throws Trouble if none is given */
export async function challengeOf({ member, id, refreshUrl }: Bound): Promise<string> {
  const answer = await send(member, refreshUrl, [["Sec-Secure-Session-Id", id]]);
  const challenge = /"([^"]*)"/.exec(headerOf(answer, "secure-session-challenge") ?? "")?.[1];
  if (!challenge)
    throw new Trouble("flow-broken", `${refreshUrl.pathname} (status ${answer.status}) gives no challenge`);
  return challenge;
}

/** Sends a proof; accepted is what issues the short-lived cookie again. */
export async function refresh(
  bound: Bound,
  proof: string,
  by: Visitor = bound.member,
): Promise<{ isAccepted: boolean; answer: Answer }> {
  const headers = [["Sec-Secure-Session-Id", bound.id] as const, ["Secure-Session-Response", proof] as const];
  const answer = await send(by, bound.refreshUrl, headers);
  const issued = linesOf(answer, "set-cookie").some(
    (line) => line.startsWith(`${bound.cookie}=`) && !/^[^=]+=(;|$)|max-age=0/i.test(line),
  );
  return { isAccepted: answer.status < 300 && issued, answer };
}

/** The proof that is right for a challenge, with something else about it where that is said. */
export function answerTo({ key }: Bound, jti: string, other: Partial<Proof> = {}): string {
  return proofOf({ key, jti, ...other });
}

function send(visitor: Visitor, url: URL, headers: readonly (readonly [string, string])[]): Promise<Answer> {
  return visitor.send({ method: "POST", url, headers, body: "" });
}

/** A parameter of a structured field. */
function textOf(line: string, name: string): string | null {
  return new RegExp(`;\\s*${name}="([^"]*)"`).exec(line)?.[1] ?? null;
}
