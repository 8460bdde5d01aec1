import type { Brand } from "./brand.ts";

/** Names a session. Random (128 bits), public, safe to log and to show. Proves nothing on its own. */
export type SessionId = Brand<string, "SessionId">;

/** `<id>.<secret>`: the bearer credential. Lives in one cookie (or one `Authorization` header) and nowhere else. */
export type SessionToken = Brand<string, "SessionToken">;

/** The subject; opaque to the library. Well-formed Unicode, no NUL, 1 to 255 bytes. */
export type UserId = string;
