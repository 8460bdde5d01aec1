// What the suite uses of the earlier session libraries: resolved from here, where they are installed.
export { betterAuth } from "better-auth";
export { getMigrations } from "better-auth/db/migration";
export { toNodeHandler } from "better-auth/node";
export { default as connectPgSimple } from "connect-pg-simple";
export { RedisStore } from "connect-redis";
export { default as cookieSession } from "cookie-session";
export { default as session } from "express-session";
export { getIronSession, unsealData } from "iron-session";
