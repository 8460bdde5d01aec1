import { afterAll, vi } from "vitest";
import { secretWatch } from "./watch.ts";

/*
 * Runs before every test file: each secret that is minted is remembered where it is minted, and each event, error and
 * line of output is searched for all of them. What is found fails the file. The real code runs; it is only listened to.
 */

const watch = secretWatch();
const errors: Error[] = [];

vi.mock(import("../../../src/core/token.ts"), async (importOriginal) => {
  const real = await importOriginal();
  const remembered = <Token extends string>(token: Token): Token => {
    const secret = token.slice(token.indexOf(".") + 1);
    watch.remember("a lineage", secret.slice(0, 22));
    watch.remember("a secret", secret.slice(22));
    return token;
  };
  return {
    ...real,
    createToken: (random) => remembered(real.createToken(random)),
    derivedToken: (id, secret, nonce) => remembered(real.derivedToken(id, secret, nonce)),
    createTokenOf: (id, random) => remembered(real.createTokenOf(id, random)),
    redrawn: (token, random) => remembered(real.redrawn(token, random)),
    successor: (token, nonce) => remembered(real.successor(token, nonce)),
    createBoundSecret(random) {
      const secret = real.createBoundSecret(random);
      watch.remember("a bound cookie", secret);
      return secret;
    },
    csrfKey(token) {
      const key = real.csrfKey(token);
      watch.remember("a CSRF key", Buffer.from(key).toString("base64url"));
      return key;
    },
  };
});

vi.mock(import("../../../src/core/csrf-token.ts"), async (importOriginal) => {
  const real = await importOriginal();
  return {
    ...real,
    maskedCsrfToken(token, random) {
      const masked = real.maskedCsrfToken(token, random);
      watch.remember("a CSRF token", masked);
      return masked;
    },
  };
});

vi.mock(import("../../../src/core/events.ts"), async (importOriginal) => {
  const real = await importOriginal();
  return {
    ...real,
    createEmitter(listener, now) {
      return real.createEmitter((event) => {
        watch.hear("an event", JSON.stringify(event));
        return listener?.(event);
      }, now);
    },
  };
});

/** Most errors of a run are alike: these many are looked at from all sides, the others for what they say. */
const inspectedAtMost = 200;

function heardError(error: Error): void {
  watch.hear("an error", error.cause instanceof Error ? `${error.message} ${error.cause.message}` : error.message);
  if (errors.length < inspectedAtMost) errors.push(error);
}

vi.mock(import("../../../src/core/errors.ts"), async (importOriginal) => {
  const real = await importOriginal();
  class SojournError extends real.SojournError {
    constructor(...given: ConstructorParameters<typeof real.SojournError>) {
      super(...given);
      heardError(this);
    }
  }
  class OptionsError extends real.OptionsError {
    constructor(...given: ConstructorParameters<typeof real.OptionsError>) {
      super(...given);
      heardError(this);
    }
  }
  return { ...real, SojournError, OptionsError };
});

for (const method of ["debug", "info", "log", "warn", "error", "trace"] as const) {
  const write = console[method];
  console[method] = (...said: unknown[]) => {
    for (const each of said) watch.hear(`console.${method}`, each);
    write.apply(console, said);
  };
}

for (const stream of ["stdout", "stderr"] as const) {
  const write = process[stream].write;
  process[stream].write = ((...given: Parameters<typeof write>) => {
    watch.hear(`process.${stream}`, String(given[0]));
    return write.apply(process[stream], given);
  }) as typeof write;
}

afterAll(() => {
  for (const error of errors) watch.hear("an error, looked at from all sides", error);
  if (watch.leaks.length === 0) return;
  throw new Error(`Secrets were said:\n${[...new Set(watch.leaks)].map((leak) => `  - ${leak}`).join("\n")}`);
});
