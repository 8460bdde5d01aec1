import { type Deviation, deviationsFrom } from "../core/deviations.ts";
import type { Settings } from "../core/settings.ts";
import type { Answer, Requirement } from "./requirement.ts";
import { sectionsOf } from "./sections.ts";

/** One requirement and how the settings answer it. */
export interface PolicyReportRow {
  /** For example `N63B-26`; what each id stands for in the standard is in `docs/presets.md`. */
  readonly id: string;
  readonly standard: string;
  /** In our own words, never the standard's. */
  readonly requirement: string;
  readonly answer: Answer;
  /** The setting or mechanism the answer comes from, as a sentence. */
  readonly because: string;
  /** Why the application deviates, in its own words. Only where it gave a reason; the answer stays `not met`. */
  readonly justification?: string;
}

/** What a manager's settings meet, requirement by requirement. Plain data: no functions, no secrets. */
export interface PolicyReport {
  /** The standard the policy claims to meet, or `null`. */
  readonly claim: string | null;
  readonly settings: { readonly [setting: string]: string };
  /** In the order of the standards; those of the claim first. */
  readonly rows: readonly PolicyReportRow[];
  /** `notMet` counts all that are not met, `justified` those of them that carry a justification. */
  readonly summary: {
    readonly met: number;
    readonly notMet: number;
    readonly justified: number;
    readonly notDecided: number;
  };
}

/**
 * Compares what `manager` was built with to the standard its policy claims, and to OWASP's where that adds something.
 * Without a claim, to OWASP's alone; for a claim of your own, also to each of its demands. Reads settings only.
 */
export function policyReport(manager: { readonly settings: Settings }): PolicyReport {
  const { settings } = manager;
  const rows = sectionsOf(settings.policy.claims).flatMap(({ standard, claim }) => {
    const deviations = claim ? deviationsFrom(claim, settings) : [];
    return standard.requirements.map((requirement) => rowOf(requirement, standard.name, deviations, settings));
  });
  const count = (answer: Answer) => rows.filter((row) => row.answer === answer).length;
  return {
    claim: settings.policy.claims?.name ?? null,
    settings: described(settings),
    rows,
    summary: {
      met: count("met"),
      notMet: count("not met"),
      justified: rows.filter((row) => row.justification !== undefined).length,
      notDecided: count("not decided by the library"),
    },
  };
}

/** A deviation from the claim overrules the row's own decision. */
function rowOf(
  [id, requirement, decide]: Requirement,
  standard: string,
  all: readonly Deviation[],
  settings: Settings,
): PolicyReportRow {
  const deviations = all.filter(({ source }) => source === id);
  if (deviations.length === 0) return { id, standard, requirement, ...decide(settings) };
  const because = deviations.map(
    ({ setting, actual, demanded }) => `\`${setting}\` is ${actual}; demanded: ${demanded}.`,
  );
  const justification = justificationOf(deviations, settings);
  return {
    id,
    standard,
    requirement,
    answer: "not met",
    because: because.join(" "),
    ...(justification && { justification }),
  };
}

function justificationOf(deviations: readonly Deviation[], { policy }: Settings): string {
  const reasons = deviations.map(({ setting }) => policy.justifications?.[setting]?.trim() ?? "");
  return [...new Set(reasons)].filter((reason) => reason !== "").join(" ");
}

function described({ policy, transport, csrf, origins, sealed, store }: Settings): PolicyReport["settings"] {
  return {
    idle: policy.idle,
    absolute: policy.absolute,
    onIdle: policy.onIdle,
    "anonymous.idle": policy.anonymous.idle,
    "anonymous.absolute": policy.anonymous.absolute,
    ...(policy.remembered && {
      "remembered.idle": policy.remembered.idle,
      "remembered.absolute": policy.remembered.absolute,
    }),
    renew: policy.renew ? `every ${policy.renew.every}, grace ${policy.renew.grace}` : "false",
    sessionsPerUser: String(policy.sessionsPerUser),
    clockTolerance: policy.clockTolerance,
    transport: transport.kind,
    ...(transport.kind === "cookie" && {
      "cookie.name": transport.name,
      "cookie.scope": transport.scope,
      "cookie.sameSite": transport.sameSite,
      "cookie.persistent": String(transport.persistent),
    }),
    csrf,
    origins: origins.join(" ") || "none",
    sealed: String(sealed),
    store,
  };
}
