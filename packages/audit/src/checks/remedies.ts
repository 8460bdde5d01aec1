/** How to mend what a check finds, in six frameworks. Several checks share one remedy. */
export const frameworks = ["Express", "Django", "Rails", "Laravel", "Spring", "ASP.NET Core"] as const;
export type Framework = (typeof frameworks)[number];

export interface Remedy {
  readonly rule: string;
  readonly in: Readonly<Record<Framework, string>>;
}

const texts = {
  "keep tokens in cookies": {
    rule: "Let the token travel in an HttpOnly cookie and nowhere else: not in URLs, pages, lists of sessions or parameters.",
    in: {
      Express: "Read the session from its cookie only; pass `req.session`'s data to views, never `req.sessionID`.",
      Django: "Keep `SESSION_ENGINE` cookie-based lookup as it is; never render `request.session.session_key`.",
      Rails: "Do not render `session.id` or `cookies[...]`; keep `config.session_store` on cookies.",
      Laravel: "Never print `session()->getId()`; leave `session.cookie` with `http_only` on.",
      Spring: "Set `server.servlet.session.tracking-modes=cookie` so that `;jsessionid=` is neither written nor read.",
      "ASP.NET Core":
        "Use cookie authentication with `Cookie.HttpOnly = true`; do not read the ticket from query or form.",
    },
  },
  "set cookie attributes": {
    rule: "Name the cookie with `__Host-`, and set Secure, HttpOnly, Path=/ and SameSite=Lax or Strict, without Domain, for no longer than the session.",
    in: {
      Express: "`cookie: { secure: true, httpOnly: true, sameSite: 'lax', path: '/' }` and `name: '__Host-id'`.",
      Django:
        "`SESSION_COOKIE_SECURE`, `SESSION_COOKIE_HTTPONLY`, `SESSION_COOKIE_SAMESITE = 'Lax'`, `SESSION_COOKIE_NAME = '__Host-id'`.",
      Rails: "`config.session_store :cookie_store, key: '__Host-id', secure: true, httponly: true, same_site: :lax`.",
      Laravel:
        "`SESSION_SECURE_COOKIE=true`, `SESSION_HTTP_ONLY=true`, `SESSION_SAME_SITE=lax`, `SESSION_COOKIE=__Host-id`, no `SESSION_DOMAIN`.",
      Spring: "`server.servlet.session.cookie.secure=true`, `.http-only=true`, `.same-site=lax`, `.name=__Host-id`.",
      "ASP.NET Core":
        '`options.Cookie.SecurePolicy = CookieSecurePolicy.Always`, `.HttpOnly`, `.SameSite`, `.Name = "__Host-id"`.',
    },
  },
  "use https alone": {
    rule: "Serve nothing but a redirect over http, and send Strict-Transport-Security for at least a year, with includeSubDomains where the cookie has a Domain.",
    in: {
      Express: "Redirect in front of the app; `helmet({ hsts: { maxAge: 31536000, includeSubDomains: true } })`.",
      Django:
        "`SECURE_SSL_REDIRECT = True`, `SECURE_HSTS_SECONDS = 31536000`, `SECURE_HSTS_INCLUDE_SUBDOMAINS = True`.",
      Rails: "`config.force_ssl = true` (it sends HSTS too).",
      Laravel: "Redirect in the web server, and add the header in a middleware.",
      Spring: "`http.redirectToHttps(withDefaults())` and `headers(h -> h.httpStrictTransportSecurity(...))`.",
      "ASP.NET Core": "`app.UseHttpsRedirection(); app.UseHsts();` with `MaxAge = TimeSpan.FromDays(365)`.",
    },
  },
  "issue a new token at login": {
    rule: "At every login make a new session with a token that the server drew, and end the one that was there before.",
    in: {
      Express: "`req.session.regenerate(...)` before the user is stored in it.",
      Django: "`login(request, user)` cycles the key; call nothing else in its place.",
      Rails: "`reset_session` before `session[:user_id] = user.id`.",
      Laravel: "`$request->session()->regenerate()` after `Auth::attempt`.",
      Spring: "`sessionManagement(s -> s.sessionFixation().newSession())`.",
      "ASP.NET Core":
        "`HttpContext.Session.Clear()` and `SignInAsync`, which issues a new ticket; keep nothing from before.",
    },
  },
  "end it on the server": {
    rule: "Remove the session from the store at logout, never write a session that is gone, and expire every cookie that could bring it back.",
    in: {
      Express:
        "`req.session.destroy()` and `res.clearCookie(name, attributes)`; use a store whose writes fail for a removed session.",
      Django: "`logout(request)`; do not save the session object afterwards.",
      Rails: "`reset_session`, and a server-side store: a cookie store cannot end a copy.",
      Laravel: "`Auth::logout(); $request->session()->invalidate();`, and forget the remember token.",
      Spring: "`logout(l -> l.invalidateHttpSession(true).deleteCookies(...))`.",
      "ASP.NET Core": "Keep tickets in an `ITicketStore` and remove them; a ticket in a cookie lives until it expires.",
    },
  },
  "end the others": {
    rule: "After a change of password, and when asked to, end every other session of the user, in one step that no request under way can undo.",
    in: {
      Express: "Keep sessions by user, and delete all but `req.sessionID`.",
      Django: "`update_session_auth_hash(request, user)` after the change: other sessions no longer match.",
      Rails: "Keep sessions in a table by user: `user.sessions.where.not(id: current).destroy_all`.",
      Laravel: "`Auth::logoutOtherDevices($password)` with the `AuthenticateSession` middleware.",
      Spring: "`SessionRegistry.getAllSessions(principal, false)` and `expireNow()` for each.",
      "ASP.NET Core":
        "`UserManager.UpdateSecurityStampAsync(user)` with a short `SecurityStampValidatorOptions.ValidationInterval`.",
    },
  },
  "limit time on the server": {
    rule: "Keep the time of login and of last use with the session on the server, and refuse it after either limit. A cookie's Max-Age ends nothing.",
    in: {
      Express: "Store `loggedInAt` and `lastUsedAt` in the session and check both in a middleware.",
      Django: "`SESSION_COOKIE_AGE` with `SESSION_SAVE_EVERY_REQUEST`, and a check of the login time in a middleware.",
      Rails: "Keep `created_at` and `last_seen_at` and check them in `before_action`.",
      Laravel: "`SESSION_LIFETIME` for inactivity; a middleware for the absolute limit.",
      Spring: "`server.servlet.session.timeout`, and a filter for the absolute limit.",
      "ASP.NET Core": "`ExpireTimeSpan` with `SlidingExpiration`, and `OnValidatePrincipal` for the absolute limit.",
    },
  },
  "check where requests come from": {
    rule: "For every request that changes something, require a token bound to the session, or refuse what Sec-Fetch-Site or Origin says comes from elsewhere. Never change anything on GET; allow no other site to read with credentials.",
    in: {
      Express: "Check `Sec-Fetch-Site` and `Origin` in a middleware, and route changes with `app.post` only.",
      Django: "Keep `CsrfViewMiddleware`; no `@csrf_exempt`; `@require_POST` on views that change something.",
      Rails: "`protect_from_forgery with: :exception`; no `match via: :all`.",
      Laravel: "Leave `ValidateCsrfToken` on without exceptions; no `Route::any`.",
      Spring: "Leave `csrf()` on; `@PostMapping`, and no `HiddenHttpMethodFilter` on GET.",
      "ASP.NET Core": "`AutoValidateAntiforgeryToken` for all controllers.",
    },
  },
  "cache nothing private": {
    rule: "Send `Cache-Control: no-store` with every page of somebody who is signed in and with every Set-Cookie, and let no cache in front decide by the end of a path.",
    in: {
      Express: "`res.set('Cache-Control', 'no-store')` in the middleware that finds the user.",
      Django: "`@never_cache` (it sends no-store and private), or a middleware for all pages behind the login.",
      Rails: "`response.headers['Cache-Control'] = 'no-store'` in the controller behind the login.",
      Laravel: "The `cache.headers:no_store` middleware on the group behind the login.",
      Spring: "Leave `headers().cacheControl()` on: it sends no-store.",
      "ASP.NET Core": "`[ResponseCache(NoStore = true)]`, and no output cache for signed-in users.",
    },
  },
  "keep requests apart": {
    rule: "Keep nothing about a user in variables that several requests share; make renewal and limits of sessions atomic in the store.",
    in: {
      Express: "No module-level `currentUser`; `AsyncLocalStorage` or `req` carry it.",
      Django: "No module globals; `request.user` carries it.",
      Rails: "`Current` attributes, reset for every request; no class variables.",
      Laravel: "No static state, in particular under Octane.",
      Spring:
        "No fields in singleton beans; `SecurityContextHolder` carries it. `maximumSessions(n)` with a shared registry.",
      "ASP.NET Core": "No singletons with user state; scoped services and `HttpContext.User` carry it.",
    },
  },
  "ask again": {
    rule: "Remember when the user proved who they are, and ask again before anything sensitive when that is too long ago.",
    in: {
      Express: "Store `provedAt` in the session and check it in a middleware on sensitive routes.",
      Django: "A `user_passes_test` on `request.session['proved_at']`, or django-sudo.",
      Rails: "A `before_action` that compares `session[:proved_at]`.",
      Laravel: "The `password.confirm` middleware.",
      Spring: "Authorize with a rule on the time of authentication, and a page that asks again.",
      "ASP.NET Core": "A policy on the `auth_time` claim, and a new challenge.",
    },
  },
  "check proofs of possession": {
    rule: "Verify each proof against the key and the algorithm stored at the registration, let each challenge be answered once, and refuse a bound session without its short-lived cookie.",
    in: {
      Express:
        "The device binding of sojourn, or a JOSE library with `algorithms: ['ES256']` and the stored key; never the proof's own header.",
      Django: "`jwt.decode(proof, stored_key, algorithms=['ES256'])`, and challenges deleted when used.",
      Rails: "`JWT.decode(proof, stored_key, true, algorithm: 'ES256')`, and challenges deleted when used.",
      Laravel: "`JWT::decode($proof, new Key($stored, 'ES256'))`, and `Cache::pull()` for challenges.",
      Spring: "`NimbusJwtDecoder` with the stored key and ES256 alone; challenges removed when used.",
      "ASP.NET Core":
        "`TokenValidationParameters` with the stored key and `ValidAlgorithms`; challenges removed when used.",
    },
  },
  "draw tokens at random": {
    rule: "Draw at least 128 bits from the system's cryptographic generator for every token, put nothing else into it, and compare it exactly.",
    in: {
      Express: "`crypto.randomBytes(16)` or more; leave `genid` of express-session as it is.",
      Django: "Leave the session key to `SessionBase`; no `SESSION_ENGINE` with own keys.",
      Rails: "`SecureRandom.urlsafe_base64(16)` or more.",
      Laravel: "`Str::random(40)`, as the framework does; a binary collation for the id column.",
      Spring: "Leave `SessionIdGenerator` to the container; no timestamps in ids.",
      "ASP.NET Core": "`RandomNumberGenerator.GetBytes(16)` or more for ids of an `ITicketStore`.",
    },
  },
} as const satisfies Readonly<Record<string, Remedy>>;

export type RemedyTopic = keyof typeof texts;

export const remedies: Readonly<Record<RemedyTopic, Remedy>> = texts;
