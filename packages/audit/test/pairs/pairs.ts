import { type AuditFile, post, webSocket } from "../../src/index.ts";
import type { Feature } from "../support/flaws.ts";

/** The two twins of a check: the notes application with and without one flaw. */
export interface Pair {
  readonly id: string;
  /** What the flawed twin has. Default: what is called like the check. */
  readonly flaw?: string;
  /** What the flawed twin gets. Default: "fail". */
  readonly verdict?: "info";
  /** What both twins have. */
  readonly features?: readonly Feature[];
  /** What both audits say. */
  readonly file?: (file: AuditFile) => AuditFile;
  /** Checks whose verdict the flaw changes too, and why that is right. */
  readonly alsoChanges?: Readonly<Record<string, string>>;
  /** What both twins are known to have beside it, because of their features. */
  readonly alsoFlawed?: readonly string[];
  /** Over plain http, as on a development machine, the check would only inform. */
  readonly overHttps?: boolean;
}

const noToken = "no token is needed at all, so nothing can be said about tokens";

/** Whoever is remembered signs in again by that cookie alone, whatever has ended meanwhile. */
const neverForgotten = ["X-CONC-02", "X-END-08", "X-END-09", "X-END-10", "X-FIX-06", "X-TIME-02", "X-TIME-05"];

export const pairs: readonly Pair[] = [
  { id: "X-CRED-02" },
  { id: "X-CRED-03" },
  { id: "X-CRED-04" },
  { id: "X-CRED-05" },
  { id: "X-CRED-06" },
  { id: "X-CRED-07" },
  { id: "X-COOK-01", features: ["plain name"], alsoFlawed: ["X-COOK-04"], overHttps: true },
  { id: "X-COOK-02" },
  { id: "X-COOK-03" },
  { id: "X-COOK-04", overHttps: true },
  { id: "X-COOK-05", features: ["plain name"] },
  { id: "X-COOK-06" },
  { id: "X-COOK-07" },
  { id: "X-COOK-08" },
  { id: "X-COOK-09" },
  { id: "X-COOK-10", verdict: "info", features: ["plain name"] },
  { id: "X-TLS-01", overHttps: true },
  { id: "X-TLS-02", overHttps: true },
  {
    id: "X-FIX-01",
    alsoChanges: { "X-FIX-04": "the session of before the login goes on, and its CSRF token with it" },
  },
  { id: "X-FIX-02" },
  { id: "X-FIX-03" },
  { id: "X-FIX-04" },
  { id: "X-FIX-05", features: ["plain name"] },
  { id: "X-FIX-06" },
  { id: "X-FIX-07" },
  {
    id: "X-END-01",
    alsoChanges: {
      "X-END-03": "a session that outlives the logout cannot be brought back by something else",
      "X-END-11": "the stream is that of a session which has not ended",
    },
  },
  {
    id: "X-END-02",
    alsoChanges: { "X-END-06": "browsers keep a no-store page for the back button until a cookie changes" },
  },
  { id: "X-END-03" },
  { id: "X-END-04" },
  { id: "X-END-05", features: ["remember me"], alsoFlawed: neverForgotten },
  { id: "X-END-06" },
  { id: "X-END-07" },
  { id: "X-END-08" },
  { id: "X-END-09" },
  { id: "X-END-10" },
  { id: "X-END-11" },
  {
    id: "X-END-11",
    flaw: "X-END-11 over a WebSocket",
    file: (file) => ({ ...file, actions: { ...file.actions, stream: webSocket("/socket") } }),
  },
  { id: "X-END-12" },
  { id: "X-END-13" },
  { id: "X-CSRF-01", alsoChanges: { "X-CSRF-02": noToken, "X-CSRF-03": noToken, "X-FIX-04": noToken } },
  { id: "X-CSRF-02" },
  { id: "X-CSRF-03" },
  {
    id: "X-CSRF-04",
    file: (file) => {
      const { seenAt } = file.actions?.change ?? {};
      if (!seenAt) throw new Error("the notes application's file names a change");
      const change = { do: post("/city.json", { city: "$random" }, { as: "json" }), seenAt };
      return { ...file, actions: { ...file.actions, change } };
    },
  },
  { id: "X-CSRF-05" },
  { id: "X-CSRF-06" },
  { id: "X-CSRF-07" },
  { id: "X-CSRF-08" },
  { id: "X-CACHE-01" },
  { id: "X-CACHE-02" },
  { id: "X-CONC-01" },
  { id: "X-CONC-02" },
  { id: "X-CONC-03", alsoChanges: { "X-CONC-01": "answers that are signed out cannot be mixed up" } },
  { id: "X-CONC-04" },
  { id: "X-CONC-05" },
  { id: "X-BIND-03", features: ["device binding"] },
  { id: "X-BIND-04", features: ["device binding"] },
  { id: "X-BIND-05", features: ["device binding"] },
  { id: "X-BIND-06", features: ["device binding"] },
  { id: "X-TOK-01" },
  { id: "X-TOK-02" },
  { id: "X-TOK-03" },
  { id: "X-TOK-04" },
  { id: "X-TOK-05" },
  { id: "X-TOK-06", features: ["signed token"] },
  { id: "X-TOK-06", flaw: "X-TOK-06 past exp", features: ["signed token", "token that ends"] },
  { id: "X-TOK-06", flaw: "X-TOK-06 by the wrong kind of key", features: ["signed token", "published key"] },
  { id: "X-STEP-01", alsoChanges: { "X-STEP-02": "an action that needs no recent proof needs none in any session" } },
  { id: "X-STEP-02" },
  { id: "X-TIME-01" },
  { id: "X-TIME-02", alsoChanges: { "X-TIME-05": "without an absolute timeout there is none to stretch" } },
  { id: "X-TIME-03", features: ["short cookie"] },
  { id: "X-TIME-04" },
  { id: "X-TIME-05" },
];

/** What a browser alone tells, and what changes that. Where one only adds to the proof, `npm run test:long` looks at every pair in it. */
const toldByBrowser: ReadonlySet<string> = new Set([
  "X-CRED-04",
  "X-CRED-05",
  "X-END-02",
  "X-END-06",
  "X-END-07",
  "X-TIME-04",
]);

export function isShownInBrowser({ id }: Pair): boolean {
  return toldByBrowser.has(id);
}
