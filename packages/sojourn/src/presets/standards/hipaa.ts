import * as has from "../mechanisms.ts";
import { application, type Decide, met, notMet, type Standard, when } from "../requirement.ts";

const logoff: Decide = when(
  ({ policy }) => policy.onIdle === "end",
  (settings) => ({
    answer: "met",
    because: `\`idle\` is ${settings.policy.idle} and ends the session. The time is your choice: HIPAA names none.`,
  }),
  notMet("`onIdle` is lock: inactivity locks the session and does not end it."),
);

/** The HIPAA Security Rule, as far as it touches sessions. */
export const hipaaRule: Standard = {
  name: "HIPAA Security Rule",
  requirements: [
    ["HIP-01", "Addressable: a session ends after a predetermined time of inactivity", logoff],
    [
      "HIP-02",
      "What is addressable is implemented, or the reason and the equivalent documented",
      application("`justifications` holds the reason; this report prints it."),
    ],
    [
      "HIP-03",
      "Every user has an identity of their own",
      met("A session belongs to the one user id given to `authenticate`, for all its life."),
    ],
    ["HIP-04", "Persons and entities are authenticated", application("Authentication comes before `authenticate`.")],
    ["HIP-05", "Audit controls; logins are monitored", has.keepEvents],
    [
      "HIP-06",
      "Required documentation is kept for 6 years",
      application("Documents are kept by you; whether this covers logs is a question for counsel."),
    ],
    ["HIP-07", "Proposed in 2025, not in force: nothing addressable any more", application("Watch for a final rule.")],
  ],
};
