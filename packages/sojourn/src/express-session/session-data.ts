import type { Cookie } from "./cookie.ts";

/**
 * What `req.session` holds. Say what your application keeps there, as with express-session:
 * `declare module "sojourn/express-session" { interface SessionData { views: number } }`.
 */
export interface SessionData {
  cookie: Cookie;
}
