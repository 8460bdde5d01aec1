import type { Check } from "./check.ts";
import type { Member, SignInOptions, Stage } from "./stage.ts";

/**
 * Checks that only look at a session, or send copies of its token: any that is signed in will do, so that an audit makes
 * fewer logins. What one of them finds is shown again in a session of its own.
 */
const lookOnly: ReadonlySet<string> = new Set([
  ...["X-CRED-02", "X-CRED-03", "X-CRED-06"],
  ...[
    "X-COOK-01",
    "X-COOK-02",
    "X-COOK-03",
    "X-COOK-04",
    "X-COOK-05",
    "X-COOK-06",
    "X-COOK-07",
    "X-COOK-08",
    "X-COOK-09",
  ],
  ...["X-TLS-01", "X-TLS-02", "X-CSRF-08", "X-CACHE-01", "X-CACHE-02", "X-BIND-01", "X-TOK-04", "X-TOK-05", "X-TOK-06"],
]);

const standing = new WeakMap<Stage, Member>();

/** The stage on which a check runs first: where it only looks, its logins give the session that others left alone. */
export function stageFor(check: Check, stage: Stage): Stage {
  if (!lookOnly.has(check.id)) return stage;
  return {
    ...stage,
    async signIn(options: SignInOptions = {}) {
      const isOther = options.as !== undefined || (options.user !== undefined && options.user !== stage.users[0]);
      if (isOther) return stage.signIn(options);
      const known = standing.get(stage);
      if (known && (await stage.isSignedIn(copyOf(known)))) return copyOf(known);
      const fresh = await stage.signIn();
      standing.set(stage, copyOf(fresh));
      return fresh;
    },
  };
}

function copyOf(member: Member): Member {
  return { ...member.copy(member.name), user: member.user, loginAnswers: member.loginAnswers };
}
