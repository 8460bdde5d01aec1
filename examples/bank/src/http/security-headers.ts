import type { RequestHandler } from "express";

/** Nothing but the bank's own style, script, pictures and forms; nobody frames it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
  // Not `no-referrer`: browsers then send `Origin: null` with the bank's own forms.
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** The same for every response; over TLS also the promise to stay there for a year. */
export const securityHeaders: RequestHandler = (request, response, next) => {
  response.set(headers);
  if (request.secure) response.set("Strict-Transport-Security", "max-age=31536000");
  next();
};
