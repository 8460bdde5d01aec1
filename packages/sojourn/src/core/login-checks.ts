import { SojournError } from "./errors.ts";
import type { UserId } from "./ids.ts";
import { isObject } from "./json.ts";
import { isLevel } from "./levels.ts";
import { assertNames } from "./option-names.ts";
import type { Login, UnlockProof } from "./session.ts";
import type { Engine } from "./visit.ts";

/** Throws a `TypeError` for what cannot be a login. The same bound holds on every store. */
export function assertLogin<Data extends object>(login: Login<Data>, engine: Engine): void {
  if (!isObject(login)) throw new TypeError('authenticate(login) is missing: write { id, keep: "none" }');
  assertNames(
    login,
    ["id", "keep", "level", "methods", "persistent", "credentialVersion", "ref", "label"],
    "authenticate",
  );
  assertName(login.id, "authenticate({ id })");
  if (login.ref !== undefined) assertName(login.ref, "authenticate({ ref })");
  if (login.label !== undefined) assertName(login.label, "authenticate({ label })");
  if (login.keep !== "none" && !Array.isArray(login.keep)) {
    throw new TypeError('authenticate({ keep }): say which keys travel into the new session, or "none"');
  }
  if (login.level !== undefined) assertLevel(login.level, "authenticate({ level })");
  assertMethods(login.methods);
  assertPersistence(login.persistent, engine);
  assertCredentialVersion(login.credentialVersion, "authenticate({ credentialVersion })", engine);
}

function assertMethods(methods: unknown): void {
  if (methods === undefined) return;
  if (!Array.isArray(methods) || methods.length > 16)
    throw new TypeError('authenticate({ methods }): write a list of at most 16, like ["pwd", "otp"]');
  for (const method of methods) assertName(method, "authenticate({ methods })");
}

function assertCredentialVersion(version: unknown, where: string, { credentialVersionOf }: Engine): void {
  if (version !== undefined) assertName(version, where);
  else if (credentialVersionOf)
    throw new TypeError(
      `${where} is missing: with credentialVersionOf, write the version that was read before the check`,
    );
}

/** A login that asks for what the policy does not have would be forgotten sooner than its user was told. */
function assertPersistence(persistent: unknown, { rules }: Engine): void {
  if (persistent === undefined || persistent === false) return;
  if (persistent !== true) throw new TypeError("authenticate({ persistent }): write true or false");
  if (rules.remembered === null)
    throw new TypeError(
      'authenticate({ persistent }) needs limits: write policy.remembered, like { idle: "14d", absolute: "30d" }',
    );
}

/** Throws for a proof that does not unlock this user's session. */
export function assertUnlock({ userId, level, credentialVersion }: UnlockProof, owner: UserId, engine: Engine): void {
  assertLevel(level, "unlock({ level })");
  assertCredentialVersion(credentialVersion, "unlock({ credentialVersion })", engine);
  if (userId === owner) return;
  throw new SojournError(
    "ERR_SESSION_OTHER_USER",
    "A locked session can only be unlocked by its own user: end it first",
  );
}

export function assertLevel(level: unknown, where: string): void {
  if (!isLevel(level)) throw new TypeError(`${where}: write "aal1", "aal2" or "aal3"`);
}

/** Throws a `TypeError` unless `name` can be a user id, a ref or a label: well-formed Unicode, no NUL, 1 to 255 bytes. */
export function assertName(name: unknown, where: string): void {
  if (typeof name !== "string" || name === "") throw new TypeError(`${where}: write a string that is not empty`);
  if (!name.isWellFormed() || name.includes("\0")) throw new TypeError(`${where}: no NUL and no lone surrogates`);
  if (new TextEncoder().encode(name).length > 255) throw new TypeError(`${where}: at most 255 bytes`);
}
