import type { RefusalReason } from "../../../src/core/events.ts";
import type { SessionId, SessionToken } from "../../../src/core/ids.ts";

/** What a program tells about itself, at the moment it learns it. The invariants are sentences about these. */
export type Fact =
  | { readonly kind: "asked"; readonly token: SessionToken | null; readonly by: "browser" | "other" }
  | { readonly kind: "opened"; readonly id: SessionId | null; readonly because: RefusalReason | null }
  /** A cookie was put on the response: from here on the client may come to hold this token. */
  | { readonly kind: "issued"; readonly token: SessionToken }
  | { readonly kind: "cleared" }
  | { readonly kind: "incremented"; readonly id: SessionId }
  /** An increment or a taking that failed in a way that leaves open whether it happened. */
  | { readonly kind: "unsure"; readonly id: SessionId }
  | { readonly kind: "took"; readonly id: SessionId }
  | { readonly kind: "elevated"; readonly id: SessionId; readonly token: SessionToken }
  | { readonly kind: "logging-in"; readonly from: SessionId | null }
  | { readonly kind: "logged-in"; readonly id: SessionId; readonly from: SessionId | null }
  | { readonly kind: "logging-out" }
  | { readonly kind: "logged-out"; readonly id: SessionId }
  | { readonly kind: "revoked-all" }
  | { readonly kind: "contained" }
  | { readonly kind: "failed"; readonly code: string };
