import type { Check } from "./check.ts";
import type { Member, SignInOptions, Stage } from "./stage.ts";

const standing = new WeakMap<Stage, Member>();

/** The stage on which a check runs first: where it only looks, its logins give the session that others left alone. */
export function stageFor(check: Check, stage: Stage): Stage {
  if (!check.onlyLooks) return stage;
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
