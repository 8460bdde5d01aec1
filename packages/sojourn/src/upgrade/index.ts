export type {
  Carried,
  Carry,
  EarlierCredential,
  EarlierRow,
  EarlierStore,
  Left,
  UpgradeSource,
} from "./earlier.ts";
export { type ExchangedJwt, type ExchangeJwtOptions, exchangeJwt, type JwtExchange } from "./exchange-jwt.ts";
export { type LiveUpgradeOptions, liveUpgrade, type Upgrade } from "./live-upgrade.ts";
export { type BetterAuthOptions, betterAuth } from "./sources/better-auth.ts";
export { type CookieSessionOptions, cookieSession, type Keygrip } from "./sources/cookie-session.ts";
export type { EarlierCookie } from "./sources/cookies.ts";
export { type ExpressSessionOptions, expressSession } from "./sources/express-session.ts";
export { type IronSessionOptions, ironSession } from "./sources/iron-session.ts";
export { type ConnectRedisOptions, connectRedis } from "./stores/connect-redis.ts";
export {
  type BetterAuthTableOptions,
  betterAuthTable,
  type ConnectPgSimpleOptions,
  connectPgSimple,
} from "./stores/tables.ts";
