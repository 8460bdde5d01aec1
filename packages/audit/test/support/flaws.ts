/** The ids of the checks that are to fail, and features that a flaw needs beside it: without a flaw they are sound. */
export type Flaws = ReadonlySet<string>;

export type Feature =
  | "plain name"
  | "remember me"
  | "short cookie"
  | "second factor"
  | "device binding"
  | "SameSite=None"
  | "signed token"
  | "logout made by a script"
  | "user's name on no page"
  | "token that ends"
  | "published key";
