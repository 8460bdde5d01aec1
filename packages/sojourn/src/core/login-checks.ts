import { isObject } from "./json.ts";
import { isLevel } from "./levels.ts";
import { assertNames } from "./option-names.ts";
import type { Login } from "./session.ts";

/** Throws a `TypeError` for what cannot be a login. The same bound holds on every store. */
export function assertLogin<Data extends object>(login: Login<Data>): void {
  if (!isObject(login)) throw new TypeError('authenticate(login) is missing: write { id, keep: "none" }');
  assertNames(login, ["id", "keep", "level", "ref", "label"], "authenticate");
  assertName(login.id, "authenticate({ id })");
  if (login.ref !== undefined) assertName(login.ref, "authenticate({ ref })");
  if (login.label !== undefined) assertName(login.label, "authenticate({ label })");
  if (login.keep !== "none" && !Array.isArray(login.keep)) {
    throw new TypeError('authenticate({ keep }): say which keys travel into the new session, or "none"');
  }
  if (login.level !== undefined) assertLevel(login.level, "authenticate({ level })");
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
