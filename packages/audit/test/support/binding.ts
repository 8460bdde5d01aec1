import { createPublicKey, type JsonWebKey, randomBytes, verify } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { cookieOf, send } from "./answers.ts";
import type { Flaws } from "./flaws.ts";
import type { Session, Sessions } from "./sessions.ts";

interface Binding {
  readonly session: Session;
  readonly jwk: JsonWebKey;
  cookie: string;
}

const cookieName = "__Host-bound";
const attributes = "Path=/; Secure; HttpOnly; SameSite=Lax";

/** Device binding of the notes application: each flaw is one line. */
export class Bindings {
  readonly #flaws: Flaws;
  readonly #sessions: Sessions;
  readonly #bindings = new Map<string, Binding>();
  readonly #challenges = new Set<string>();

  constructor(flaws: Flaws, sessions: Sessions) {
    this.#flaws = flaws;
    this.#sessions = sessions;
  }

  offer(response: ServerResponse): void {
    if (!this.#flaws.has("device binding")) return;
    response.setHeader("Secure-Session-Registration", `(ES256);path="/bind";challenge="${this.#newChallenge()}"`);
  }

  /** Whether a request in a bound session comes from the device. */
  allows(request: IncomingMessage, session: Session): boolean {
    const own = [...this.#bindings.values()].find((each) => each.session === session);
    return !own || this.#flaws.has("X-BIND-05") || cookieOf(request, cookieName) === own.cookie;
  }

  register(request: IncomingMessage, response: ServerResponse, session: Session): void {
    const proof = readProof(request);
    const { jwk } = proof?.header ?? {};
    if (!proof || !jwk || !proof.isSignedBy(jwk) || !this.#challenges.delete(proof.jti)) {
      send(response, 400);
      return;
    }
    const id = randomBytes(16).toString("base64url");
    const binding = { session, jwk, cookie: "" };
    this.#bindings.set(id, binding);
    this.#issue(response, binding);
    const credentials = [{ type: "cookie", name: cookieName, attributes }];
    const configuration = {
      session_identifier: id,
      refresh_url: "/bind/refresh",
      scope: { include_site: false },
      credentials,
    };
    send(response, 200, JSON.stringify(configuration), { "Content-Type": "application/json" });
  }

  refresh(request: IncomingMessage, response: ServerResponse): void {
    const id = String(request.headers["sec-secure-session-id"] ?? "");
    const binding = this.#bindings.get(id);
    if (!binding || !(this.#sessions.has(binding.session) || this.#flaws.has("X-BIND-06"))) {
      send(response, 404);
      return;
    }
    const proof = readProof(request);
    if (proof && this.#isRight(proof, binding)) {
      this.#issue(response, binding);
      send(response, 200);
      return;
    }
    response.setHeader("Secure-Session-Challenge", `"${this.#newChallenge()}";id="${id}"`);
    send(response, 403);
  }

  #isRight({ header, jti, isSignedBy }: Proof, { jwk }: Binding): boolean {
    const isNew = this.#flaws.has("X-BIND-04") ? this.#challenges.has(jti) : this.#challenges.delete(jti);
    const isUnsigned = header.alg === "none" && this.#flaws.has("X-BIND-03");
    return isNew && (isUnsigned || isSignedBy(jwk));
  }

  #issue(response: ServerResponse, binding: Binding): void {
    binding.cookie = randomBytes(32).toString("base64url");
    response.appendHeader("Set-Cookie", `${cookieName}=${binding.cookie}; ${attributes}; Max-Age=600`);
  }

  #newChallenge(): string {
    const challenge = randomBytes(16).toString("base64url");
    this.#challenges.add(challenge);
    return challenge;
  }
}

interface Proof {
  readonly header: { readonly alg?: string; readonly jwk?: JsonWebKey };
  readonly jti: string;
  isSignedBy(jwk: JsonWebKey): boolean;
}

function readProof({ headers }: IncomingMessage): Proof | null {
  const [head, body, signature] = String(headers["secure-session-response"] ?? "").split(".");
  if (!head || !body || signature === undefined) return null;
  const parsed = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, string>;
  const isSignedBy = (jwk: JsonWebKey) =>
    verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      { key: createPublicKey({ key: jwk, format: "jwk" }), dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
  return { header: parsed(head) as Proof["header"], jti: parsed(body).jti ?? "", isSignedBy };
}
